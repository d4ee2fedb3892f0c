'use strict';

// `npm test`: runs everything and sums up what the runners counted. `npm test -- core demo` runs
// only those; the names are the keys of RUNNERS, and of NIGHTLY.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { buildAddon } = require('./build');
const { runFuzzers } = require('./fuzz');
const { pack } = require('./pack');
const { prebuild } = require('./prebuild');
const { countCTest, countJest, format, freshReport, sum, withRunner } = require('./reports');
const { runSanitized } = require('./sanitized');
const {
  ROOT,
  SetupError,
  ensureNpmPackages,
  ensureTools,
  npmCommand,
  runMain,
  tryTools,
} = require('./setup');
const { buildableTargets } = require('./targets');
const { platform } = require('../lib/platform');

/** The last line of the output once more, for .ci/run. */
const SUMMARY = path.join(ROOT, 'build', 'test-summary.txt');
const TIMEOUT = 20 * 60 * 1000;

/** @typedef {import('./reports').Count} Count */

/**
 * Runs a command with its output on the terminal.
 * @param {string} command
 * @param {string[]} args
 * @returns {boolean} whether it succeeded
 */
function run(command, ...args) {
  const { status, error } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: TIMEOUT,
    killSignal: 'SIGKILL',
  });
  if (error) process.stderr.write(`${command}: ${error.message}\n`);
  return status === 0;
}

/**
 * Runs a command silently; its output is shown only if it fails.
 * @param {string} command
 * @param {string[]} args
 */
function runQuietly(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 256 * 1024 * 1024,
  });
  const output = `${stdout ?? ''}${stderr ?? ''}`;
  if (status !== 0) process.stderr.write(`${output}${error ? `${error.message}\n` : ''}`);
  return { ok: status === 0, output };
}

/** GoogleTest for the core, through CTest. @returns {Count} */
function core() {
  ensureTools('cmake', 'make', 'c++', 'libuv', 'gtest');
  const parallel = String(os.availableParallelism());
  const built =
    runQuietly('cmake', '--preset', 'core-tests').ok &&
    runQuietly('cmake', '--build', '--preset', 'core-tests', '--parallel', parallel).ok;
  if (!built) return { passed: 0, failed: 1, skipped: 0 };
  const report = freshReport('core.xml');
  const ok = run('ctest', '--preset', 'core-tests', '--output-junit', report);
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
 * @returns {Count}
 */
function runJestAlone(name, ...args) {
  ensureTools('redis-server');
  const report = freshReport(`${name}.json`);
  const ok = run(npmCommand('jest'), '--ci', '--json', `--outputFile=${report}`, ...args);
  return countJest(report, ok);
}

/** All of Jest but the browser and what has to be alone. */
const jest = () =>
  runJest(
    'jest',
    '--testMatch=**/test/**/*.test.js',
    // Most tests wait for something.
    `--maxWorkers=${Math.ceil(1.5 * os.availableParallelism())}`,
    '--testPathIgnorePatterns=/test/browser/',
    '--testPathIgnorePatterns=/test/calm/',
    '--testPathIgnorePatterns=/test/packed/',
  );

/** Servers broken under load: one file after the other, since they look at clocks. */
const calm = () => runJest('calm', '--runInBand', '--testMatch=**/test/calm/**/*.test.js');

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

/** Real uses of the types; each file that compiles is a test. @returns {Count} */
function types() {
  const folder = path.join(ROOT, 'test', 'types');
  const config = path.join(folder, 'tsconfig.json');
  const list = runQuietly(npmCommand('tsc'), '-p', config, '--listFilesOnly');
  if (!list.ok) return { passed: 0, failed: 1, skipped: 0 };
  const files = list.output
    .split(/\r?\n/)
    .map((line) => path.resolve(ROOT, line))
    .filter((file) => file.startsWith(folder + path.sep));
  const { ok, output } = runQuietly(npmCommand('tsc'), '-p', config, '--pretty', 'false');
  const wrong = new Set(
    [...output.matchAll(/^(.+?)\(\d+,\d+\): error /gm)].map(([, file]) => path.resolve(ROOT, file)),
  );
  const failed = files.filter((file) => wrong.has(file)).length;
  return withRunner({ passed: files.length - failed, failed, skipped: 0 }, ok);
}

/** @returns {Count} */
function demo() {
  builtAddon();
  const ok = run(process.execPath, path.join(__dirname, 'demo.js'), '--check');
  return { passed: Number(ok), failed: Number(!ok), skipped: 0 };
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

/** @type {Record<string, () => Count | Promise<Count>>} */
const RUNNERS = {
  core,
  jest,
  types,
  browser,
  demo,
  packed,
  calm,
  asan: () => runSanitized('asan'),
  tsan: () => runSanitized('tsan'),
  // Each fuzzer that finds nothing for a minute is one that passed.
  fuzz: () => runFuzzers({ seconds: 60 }),
};

/** Only where they are named. @type {Record<string, () => Count | Promise<Count>>} */
const NIGHTLY = { 'packed-nightly': packedNightly };

/** @param {number} since */
const minutes = (since) => `${((performance.now() - since) / 60_000).toFixed(1)} min`;

/**
 * @param {string} name
 * @returns {Promise<Count>}
 */
async function count(name) {
  process.stdout.write(`\n== ${name}\n`);
  try {
    const result = await (RUNNERS[name] ?? NIGHTLY[name])();
    if (result.passed + result.failed + result.skipped > 0) return result;
    process.stderr.write(`${name}: the runner counted nothing\n`);
  } catch (error) {
    const text = error instanceof SetupError ? error.message : /** @type {any} */ (error)?.stack;
    process.stderr.write(`${name}: ${text ?? error}\n`);
  }
  return { passed: 0, failed: 1, skipped: 0 };
}

async function main() {
  const names = process.argv.slice(2);
  const known = Object.keys({ ...RUNNERS, ...NIGHTLY });
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new SetupError(`Unknown: ${unknown.join(', ')}. Known: ${known.join(', ')}.`);
  }
  fs.rmSync(SUMMARY, { force: true });
  ensureNpmPackages();
  const chosen = names.length > 0 ? names : Object.keys(RUNNERS);
  const counts = [];
  const times = [];
  for (const name of chosen) {
    const since = performance.now();
    counts.push(await count(name));
    times.push(minutes(since));
  }

  const total = sum(counts);
  process.stdout.write('\n');
  for (const [index, name] of chosen.entries()) {
    process.stdout.write(`${name.padEnd(8)} ${format(counts[index])} (${times[index]})\n`);
  }
  const line = format(total);
  fs.mkdirSync(path.dirname(SUMMARY), { recursive: true });
  fs.writeFileSync(SUMMARY, `${line}\n`);
  process.stdout.write(`\n${line}\n`);
  if (total.failed > 0) process.exitCode = 1;
}

runMain(main);
