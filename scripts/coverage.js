'use strict';

// `npm run coverage`: which lines and branches the tests reach, of the core by GoogleTest alone, and
// of lib by Jest. Fails unless every line of the core is reached, but for what UNTESTED says.
// `npm run coverage -- core` looks at the core alone, and `-- lib` at lib.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { readGcov } = require('./gcov');
const { countCTest, countJest, format, freshReport } = require('./reports');
const { buildPresets, run } = require('./run');
const {
  ROOT,
  SetupError,
  ensureNpmPackages,
  ensureTools,
  findCommand,
  npmCommand,
  runMain,
} = require('./setup');

/** @typedef {InstanceType<typeof import('./gcov').Lines>} Lines */
/** @typedef {import('./reports').Count} Count */

const BUILD = path.join(ROOT, 'build', 'coverage');
const CORE = path.join('src', 'core');
/** Where lines that no test of the core reaches are no failure, and why. */
const UNTESTED = {
  [path.join(CORE, 'session', 'redundant')]:
    'it is about to be rebuilt, and tested by Jest on real servers until then',
};
/** Of Jest: what uses lib in this process. */
const USES_LIB = '{unit,integration,borrowed,fault,redundant,middleware,conformance}/**/*';

/** @param {string} line */
const say = (line) => process.stdout.write(`${line}\n`);

/** @param {number} part @param {number} whole */
const percent = (part, whole) => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`);

/** Runs the core's tests where each line counts. @returns {Promise<Lines>} */
async function measureCore() {
  ensureTools('cmake', 'make', 'c++', 'libuv', 'gtest');
  if (!findCommand('gcov')) throw new SetupError('Missing: gcov, which comes with g++.');
  say('coverage: building the core');
  await buildPresets(['coverage']);
  for (const file of filesOf('.gcda')) fs.rmSync(file);
  const report = freshReport('coverage-core.xml');
  const jobs = String(2 * os.availableParallelism());
  const { ok, output } = await run('ctest', [
    ...['--preset', 'coverage', '--parallel', jobs, '--output-junit', report],
  ]);
  if (!ok) {
    process.stderr.write(output);
    throw new SetupError(`The core's tests: ${format(countCTest(report, ok))}.`);
  }
  // The tests' own objects, too: what headers define is counted where it is used.
  return readGcov(filesOf('.gcno'), CORE);
}

/** @param {string} ending of files that GCC writes beside its objects */
function filesOf(ending) {
  return fs
    .readdirSync(BUILD, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => path.join(BUILD, name));
}

/** @param {string} file */
const isUntested = (file) =>
  Object.keys(UNTESTED).some((folder) => file.startsWith(folder + path.sep));

/**
 * Tells what is reached of each folder, and what is not.
 * @param {Lines} lines
 * @returns {boolean} whether all is
 */
function tellCore(lines) {
  const folders = [...new Set(lines.files().map((file) => path.dirname(file)))].sort();
  say(`\n${'folder'.padEnd(32)} ${'lines'.padStart(18)} ${'branches'.padStart(18)}`);
  for (const folder of folders) tellRow(folder, lines, (file) => path.dirname(file) === folder);
  tellRow('all of the core', lines, () => true);
  tellRow('of it with tests', lines, (file) => !isUntested(file));
  for (const [folder, reason] of Object.entries(UNTESTED)) say(`${folder}: ${reason}`);

  const missing = lines.files().flatMap((file) => (isUntested(file) ? [] : lines.missing(file)));
  if (missing.length === 0) return true;
  say('\nNot reached by any test of the core:');
  for (const line of missing) say(`  ${line}`);
  return false;
}

/** @param {string} title @param {Lines} lines @param {(file: string) => boolean} filter */
function tellRow(title, lines, filter) {
  const sum = lines.sum(filter);
  const cell = (/** @type {{ reached: number, all: number }} */ { reached, all }) =>
    `${reached}/${all} ${percent(reached, all).padStart(8)}`.padStart(18);
  say(`${title.padEnd(32)} ${cell(sum.lines)} ${cell(sum.branches)}`);
}

/** Jest tells of lib itself. @returns {Promise<boolean>} whether its tests passed */
async function measureLib() {
  const { buildAddon } = require('./build');
  ensureTools('redis-server', 'openssl');
  buildAddon();
  const report = freshReport('coverage-lib.json');
  const { ok, output } = await run(npmCommand('jest'), [
    ...['--ci', '--silent', '--json', `--outputFile=${report}`],
    `--testMatch=**/test/${USES_LIB}.test.js`,
    `--maxWorkers=${2 * os.availableParallelism()}`,
    ...['--coverage', '--collectCoverageFrom=lib/**/*.{js,mjs}', '--coverageReporters=text'],
    `--coverageDirectory=${path.join(ROOT, 'build', 'coverage-lib')}`,
  ]);
  say(`\nlib, by ${format(countJest(report, ok))} of Jest's tests:`);
  const table = output.split('\n').filter((line) => /\|/.test(line) && !/^\{/.test(line));
  say(ok ? table.join('\n') : output.slice(-20_000));
  return ok;
}

/**
 * @param {string[]} [of] `core`, `lib`
 * @returns {Promise<Count>} each of them is one test
 */
async function runCoverage(of = ['core', 'lib']) {
  ensureNpmPackages();
  /** @type {Record<string, () => Promise<boolean>>} */
  const measures = { core: async () => tellCore(await measureCore()), lib: measureLib };
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const name of of) {
    if (await measures[name]()) count.passed++;
    else count.failed++;
  }
  return count;
}

module.exports = { runCoverage };

if (require.main === module) {
  runMain(async () => {
    const of = process.argv.slice(2);
    if (of.some((name) => !['core', 'lib'].includes(name))) {
      throw new SetupError('Usage: coverage [core] [lib]');
    }
    const count = await runCoverage(of.length > 0 ? of : undefined);
    if (count.failed > 0) process.exitCode = 1;
  });
}
