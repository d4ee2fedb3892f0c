'use strict';

// What `npm test` runs, one after the other. Each gives what it has counted.

const os = require('node:os');
const path = require('node:path');

const { buildAddon } = require('./build');
const { runCoverage } = require('./coverage');
const { prepareFuzzers, runFuzzers } = require('./fuzz');
const { pack } = require('./pack');
const { prebuild } = require('./prebuild');
const { countCTest, countJest, freshReport, withRunner } = require('./reports');
const { unpackDebian } = require('./debian');
const { buildPresets, must, run, show } = require('./run');
const { prepareSanitized, runSanitized } = require('./sanitized');
const { ROOT, ensureTools, npmCommand, tryTools } = require('./setup');
const { runServers } = require('./servers/run');
const { summarize } = require('./servers/summary');
const { runSoak } = require('./soak');
const { buildableTargets } = require('./targets');
const { isFull, rounds } = require('../test/helpers/depth');
const { platform } = require('../lib/platform');

/** @typedef {import('./reports').Count} Count */

/**
 * @typedef {object} Runner
 * @property {(options: { later: string[] }) => Count | Promise<Count>} run `later`: the names of
 *   those that are still to be run
 * @property {() => Promise<void>} [prepare] does in advance what takes the processors, not the time
 * @property {boolean} [onlyFull] only in `npm run test:full`, and where it is named
 */

/** A runner that is one test. @param {boolean} ok @returns {Count} */
const single = (ok) => ({ passed: Number(ok), failed: Number(!ok), skipped: 0 });

/** Most tests wait for something. */
const AT_ONCE = String(2 * os.availableParallelism());

/** GoogleTest for the core, through CTest. @returns {Promise<Count>} */
async function core() {
  ensureTools('cmake', 'make', 'c++', 'libuv', 'gtest');
  await buildPresets(['core-tests']);
  const report = freshReport('core.xml');
  const ok = await show('ctest', [
    ...['--preset', 'core-tests', '--parallel', AT_ONCE],
    ...['--output-junit', report],
  ]);
  return countCTest(report, ok);
}

/**
 * Jest, with the addon that is built here.
 * @param {string} name of the report
 * @param {string[]} args
 */
function runJest(name, ...args) {
  builtAddon();
  return runJestAlone(name, ...args);
}

/**
 * @param {string} name of the report
 * @param {string[]} args
 * @returns {Promise<Count>}
 */
async function runJestAlone(name, ...args) {
  ensureTools('redis-server', 'openssl');
  const report = freshReport(`${name}.json`);
  const ok = await show(npmCommand('jest'), ['--ci', '--json', `--outputFile=${report}`, ...args]);
  return countJest(report, ok);
}

/** All of Jest but the browser and what has to be alone. */
const jest = () =>
  runJest(
    'jest',
    '--testMatch=**/test/**/*.test.js',
    `--maxWorkers=${AT_ONCE}`,
    '--testPathIgnorePatterns=/test/browser/',
    '--testPathIgnorePatterns=/test/calm/',
    '--testPathIgnorePatterns=/test/packed/',
  );

/**
 * Servers broken under load. Most of its time passes in waiting: meanwhile the processors do what
 * is to be compiled for those that come later.
 * @param {{ later: string[] }} options
 */
async function calm({ later }) {
  builtAddon();
  // What fails there fails again, and is told, where it is needed.
  const ahead = prepareAll(later).catch(() => {});
  const count = await runJest('calm', '--runInBand', '--testMatch=**/test/calm/**/*.test.js');
  await ahead;
  return count;
}

/** @param {string[]} names */
async function prepareAll(names) {
  for (const name of names) await RUNNERS[name].prepare?.();
}

/**
 * The package as it is published: packed with these binaries, and installed as users do it.
 * @param {string} name of the report
 * @param {string} files
 * @param {string[]} targets
 */
async function runPacked(name, files, targets) {
  for (const target of targets) await prebuild(target);
  pack();
  return runJestAlone(name, '--runInBand', `--testMatch=${files}`);
}

/** As far as it is quick. */
const packed = () => runPacked('packed', '**/test/packed/*.test.js', [platform()]);

/** Compiles for it in advance, when nothing else wants the processors. */
async function preparePackage() {
  await prebuild(platform(), { isNice: true });
}

/** GoogleTest for the core, with the hiredis that Debian 13 installs. @returns {Promise<Count>} */
async function systemHiredis() {
  ensureTools('cmake', 'make', 'c++', 'libuv', 'gtest');
  const root = await unpackDebian('trixie', ['libhiredis-dev', 'libhiredis1.1.0']);
  const preset = 'system-hiredis';
  await must('cmake', ['--preset', preset, `-DCMAKE_PREFIX_PATH=${path.join(root, 'usr')}`]);
  await buildPresets([preset]);
  const report = freshReport('system-hiredis.xml');
  const ok = await show('ctest', [
    ...['--preset', preset, '--parallel', AT_ONCE, '--output-junit', report],
  ]);
  return countCTest(report, ok);
}

/** What takes compilations, and tools and binaries of Node of a hundred megabytes each. */
function packedNightly() {
  ensureTools('qemu for arm64', 'musl-gcc');
  const targets = buildableTargets();
  return runPacked('packed-nightly', '**/test/packed/nightly/*.test.js', targets);
}

function browser() {
  // Where it cannot be had the test skips itself, and says so.
  tryTools('chromium');
  return runJest('browser', '--testMatch=**/test/browser/**/*.test.js');
}

/** Real uses of the types; each file that compiles is a test. @returns {Promise<Count>} */
async function types() {
  const folder = path.join(ROOT, 'test', 'types');
  const config = path.join(folder, 'tsconfig.json');
  const list = await run(npmCommand('tsc'), ['-p', config, '--listFilesOnly']);
  if (!list.ok) {
    process.stderr.write(list.output);
    return single(false);
  }
  const files = list.output
    .split(/\r?\n/)
    .map((line) => path.resolve(ROOT, line))
    .filter((file) => file.startsWith(folder + path.sep));
  const { ok, output } = await run(npmCommand('tsc'), ['-p', config, '--pretty', 'false']);
  if (!ok) process.stderr.write(output);
  const wrong = new Set(
    [...output.matchAll(/^(.+?)\(\d+,\d+\): error /gm)].map(([, file]) => path.resolve(ROOT, file)),
  );
  const failed = files.filter((file) => wrong.has(file)).length;
  return withRunner({ passed: files.length - failed, failed, skipped: 0 }, ok);
}

/** @returns {Promise<Count>} */
async function demo() {
  builtAddon();
  return single(await show(process.execPath, [path.join(__dirname, 'demo.js'), '--check']));
}

/** The store on each server that it supports; prints a table of what ran. */
async function servers() {
  ensureTools('openssl');
  builtAddon();
  return summarize(await runServers());
}

/** @type {{ failure?: unknown } | undefined} */
let build;

/** Builds the addon once, and fails each runner that needs it if that fails. */
function builtAddon() {
  if (!build) {
    build = {};
    try {
      buildAddon();
    } catch (failure) {
      build = { failure };
    }
  }
  if (build.failure) throw build.failure;
}

/** @param {string} name of scripts/sanitized.js @returns {Runner} */
const sanitized = (name) => ({
  run: () => runSanitized(name, { all: isFull() }),
  prepare: () => prepareSanitized(name),
});

/** @type {Record<string, Runner>} */
const RUNNERS = {
  core: { run: core },
  jest: { run: jest },
  types: { run: types },
  browser: { run: browser },
  demo: { run: demo },
  calm: { run: calm },
  packed: { run: packed, prepare: preparePackage },
  asan: sanitized('asan'),
  tsan: sanitized('tsan'),
  // Each fuzzer that finds nothing for so long is one that passed.
  fuzz: { run: () => runFuzzers({ seconds: rounds(10, 300) }), prepare: prepareFuzzers },
  ubsan: { ...sanitized('ubsan'), onlyFull: true },
  coverage: { run: () => runCoverage(), onlyFull: true },
  'system-hiredis': { run: systemHiredis, onlyFull: true },
  servers: { run: servers, onlyFull: true },
  soak: { run: async () => single(await runSoak('--minutes', '5')), onlyFull: true },
  'packed-nightly': { run: packedNightly, onlyFull: true },
};

module.exports = { RUNNERS };
