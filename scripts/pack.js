'use strict';

// `npm run pack`: lays out what is published in build/package, with the prebuilt binaries that are
// there, and packs it into build/. The repository itself is not what is published: hiredis' source
// is put in here.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const { binaryOf, faultsOf } = require('./binary');
const { publishedManifest } = require('./manifest');
const { reviveLinks } = require('./packed-pages');
const { sbom } = require('./sbom');
const { ROOT, SetupError, ensureNpmPackages, ensureTools, runMain } = require('./setup');
const { TARGETS } = require('./targets');
const { HIREDIS, NODE_ADDON_API, licenses } = require('./third-party');

const STAGE = path.join(ROOT, 'build', 'package');
/** Bytes, unpacked, of the package with the binaries of one set of platforms. */
const BUDGET = 3_000_000;

const OWN = [
  'CHANGELOG.md',
  'CMakeLists.txt',
  'LICENSE',
  'README.md',
  'SECURITY.md',
  'bin',
  'cmake',
  'docs',
  'index.d.mts',
  'index.d.ts',
  'lib',
  'src',
];
/** Of the charts that `npm run bench -- --publish` writes, what the README shows. */
const CHARTS = path.join(ROOT, 'docs', 'bench');
const SHOWN = ['operations.svg'];
/** The reader, which compiles, and what it includes. */
const HIREDIS_FILES = /^(COPYING|(alloc|read|sds)\.[ch]|(fmacros|hiredis|sdsalloc|win32)\.h)$/;
const NODE_ADDON_API_FILES = /^(LICENSE\.md|napi(-inl)?\.h)$/;
const VENDORED = [
  { from: HIREDIS, to: 'vendor/hiredis', files: HIREDIS_FILES },
  { from: NODE_ADDON_API, to: 'vendor/node-addon-api', files: NODE_ADDON_API_FILES },
];

/** @param {string} file below the stage @param {string} text */
function write(file, text) {
  fs.writeFileSync(path.join(STAGE, file), text);
}

/** @param {(typeof VENDORED)[number]} vendored @returns {string[]} names of files in its folder */
function filesOf({ from, files }) {
  return fs.readdirSync(from).filter((name) => files.test(name));
}

/** @param {(typeof VENDORED)[number]} vendored */
function copyVendored(vendored) {
  const folder = path.join(STAGE, vendored.to);
  fs.mkdirSync(folder, { recursive: true });
  for (const file of filesOf(vendored)) {
    fs.copyFileSync(path.join(vendored.from, file), path.join(folder, file));
  }
}

/** @returns {string[]} files and folders that are published, but for what packing makes */
function shipped() {
  const vendored = VENDORED.flatMap((each) =>
    filesOf(each).map((file) => path.join(each.from, file)),
  );
  return [...OWN.map((part) => path.join(ROOT, part)), ...vendored];
}

/** @returns {string[]} the binaries that are packed, relative to the package */
function copyBinaries() {
  return Object.keys(TARGETS)
    .filter((target) => fs.existsSync(binaryOf(target)))
    .map((target) => {
      const faults = faultsOf(target);
      if (faults.length > 0) {
        throw new SetupError(`The binary for ${target} ${faults.join(', ')}: build it anew.`);
      }
      const binary = path.posix.join('prebuilds', target, 'connect_hiredis.node');
      fs.cpSync(binaryOf(target), path.join(STAGE, binary));
      return binary;
    });
}

function stage() {
  const manifest = publishedManifest(
    JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')),
  );
  fs.rmSync(STAGE, { recursive: true, force: true });
  for (const part of OWN) {
    fs.cpSync(path.join(ROOT, part), path.join(STAGE, part), {
      recursive: true,
      filter: (file) => path.dirname(file) !== CHARTS || SHOWN.includes(path.basename(file)),
    });
  }
  for (const vendored of VENDORED) copyVendored(vendored);
  reviveLinks(STAGE, manifest);
  const binaries = copyBinaries();
  if (binaries.length === 0) {
    throw new SetupError('There is no prebuilt binary yet: `npm run prebuild` builds them.');
  }
  write('package.json', `${JSON.stringify(manifest, undefined, 2)}\n`);
  write('THIRD-PARTY-LICENSES', licenses());
  write('sbom.cdx.json', `${JSON.stringify(sbom(manifest, STAGE, binaries), undefined, 2)}\n`);
  return binaries;
}

/**
 * @typedef {object} Packed
 * @property {string} file the tarball
 * @property {number} size of it
 * @property {number} unpackedSize
 * @property {string[]} binaries
 */

/**
 * @param {number} unpackedSize
 * @param {string[]} binaries
 */
function checkBudget(unpackedSize, binaries) {
  /** @type {Record<string, number>} */
  const sizes = {};
  let all = 0;
  for (const binary of binaries) {
    const { set } = TARGETS[binary.split('/')[1]];
    const { size } = fs.statSync(path.join(STAGE, binary));
    sizes[set] = (sizes[set] ?? 0) + size;
    all += size;
  }
  for (const [set, size] of Object.entries(sizes)) {
    const whole = unpackedSize - all + size;
    if (whole < BUDGET) continue;
    throw new SetupError(
      `With the binaries of ${set} the package has ${whole} bytes, its budget is ${BUDGET}.`,
    );
  }
}

/** @returns {Packed} */
function pack() {
  ensureNpmPackages();
  ensureTools('readelf');
  const binaries = stage();
  const args = [
    'pack',
    '--json',
    '--ignore-scripts',
    '--pack-destination',
    path.join(ROOT, 'build'),
  ];
  const { status, stdout, stderr, error } = spawnSync('npm', args, {
    cwd: STAGE,
    encoding: 'utf8',
  });
  if (status !== 0) throw new SetupError(`npm pack failed: ${error?.message ?? stderr}`);
  const [{ filename, size, unpackedSize }] = JSON.parse(stdout);
  checkBudget(unpackedSize, binaries);
  return { file: path.join(ROOT, 'build', filename), size, unpackedSize, binaries };
}

module.exports = { pack, shipped };

if (require.main === module) {
  runMain(() => {
    const { file, size, unpackedSize, binaries } = pack();
    const kilobytes = (/** @type {number} */ bytes) => `${Math.round(bytes / 1000)} kB`;
    const lines = [
      ...binaries,
      `${path.relative(ROOT, file)}: ${kilobytes(size)}, unpacked ${kilobytes(unpackedSize)}`,
    ];
    for (const line of lines) process.stdout.write(`pack: ${line}\n`);
  });
}
