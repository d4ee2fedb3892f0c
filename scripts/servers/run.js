'use strict';

// Runs the short version of the tests of behaviour on each server, in each deployment.

const os = require('node:os');

const { countJest, freshReport, sum } = require('../reports');
const { run } = require('../run');
const { SetupError, npmCommand } = require('../setup');
const { DEPLOYMENTS, versionOf } = require('./deployments');
const { obtain } = require('./obtain');
const { VERSIONS, isOf } = require('./versions');

/** @typedef {import('../reports').Count} Count */
/** @typedef {import('./deployments').Deployment} Deployment */
/** @typedef {import('./versions').Version} Version */

/**
 * @typedef {object} Result what came of one deployment of one server
 * @property {Version} version
 * @property {Deployment} [deployment] undefined: any of this server
 * @property {string} [number] the server's version, as it says itself
 * @property {Count} count
 * @property {string} [reason] why it could not run
 */

const NOTHING = { passed: 0, failed: 0, skipped: 0 };

/** Most tests wait for something. */
const AT_ONCE = String(2 * os.availableParallelism());

/** @param {unknown} error */
const reasonOf = (error) => (error instanceof Error ? error.message : String(error));

/** @param {string} line */
const say = (line) => process.stdout.write(`${line}\n`);

/**
 * Starts a deployment and stops it again; that it serves is a test, too.
 * @param {Version} version
 * @param {Deployment} deployment
 * @param {string} program
 * @returns {Promise<string>} the server's version, as it says itself
 */
async function tryOut(version, { start }, program) {
  const { server, stop } = await start(program);
  try {
    const number = await versionOf(server);
    if (!isOf(version, number)) throw new Error(`It says that it is ${number}.`);
    return number;
  } finally {
    await stop();
  }
}

/**
 * @param {Version} version
 * @param {Deployment} deployment
 * @param {string} program
 * @returns {Promise<Count>}
 */
async function runJest(version, { id, tests }, program) {
  const report = freshReport(`servers-${version.id}-${id}.json`);
  const { ok, output } = await run(
    npmCommand('jest'),
    [
      ...['--ci', '--json', `--outputFile=${report}`, `--maxWorkers=${AT_ONCE}`],
      ...tests.map((name) => `--testMatch=**/test/${name}.test.js`),
    ],
    {
      env: {
        ...process.env,
        CONNECT_HIREDIS_TEST_SERVER: program,
        CONNECT_HIREDIS_TEST_REPLICAS: '1',
        // The long version is for the server that is developed with.
        TEST_DEPTH: 'short',
      },
    },
  );
  if (!ok) process.stderr.write(output);
  return countJest(report, ok);
}

/**
 * @param {Version} version
 * @param {Deployment} deployment
 * @param {string} program
 * @returns {Promise<Result>}
 */
async function runOne(version, deployment, program) {
  say(`${version.name}, ${deployment.name}`);
  let number;
  try {
    number = await tryOut(version, deployment, program);
  } catch (error) {
    const reason = `does not start: ${reasonOf(error)}`;
    process.stderr.write(`${reason}\n`);
    return { version, deployment, count: { ...NOTHING, failed: 1 }, reason };
  }
  const counts = [{ ...NOTHING, passed: 1 }];
  if (deployment.tests.length > 0) counts.push(await runJest(version, deployment, program));
  return { version, deployment, number, count: sum(counts) };
}

/**
 * @typedef {object} Choice
 * @property {Version[]} [versions] default: all
 * @property {Deployment[]} [deployments] default: all
 * @property {boolean} [available] a server that cannot be had is no failure
 * @property {typeof obtain} [bring] says where a server's program is
 */

/**
 * @param {Version} version
 * @param {Required<Choice>} choice
 * @returns {Promise<Result[]>}
 */
async function runVersion(version, { deployments, available, bring }) {
  let program;
  try {
    program = await bring(version);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    const count = { ...NOTHING, [available ? 'skipped' : 'failed']: 1 };
    return [{ version, count, reason: `cannot be had: ${error.message}` }];
  }
  const results = [];
  for (const each of deployments) results.push(await runOne(version, each, program));
  return results;
}

/**
 * @param {Choice} [choice]
 * @returns {Promise<Result[]>}
 */
async function runServers({
  versions = VERSIONS,
  deployments = DEPLOYMENTS,
  available = false,
  bring = obtain,
} = {}) {
  const choice = { versions, deployments, available, bring };
  const results = [];
  for (const version of versions) results.push(...(await runVersion(version, choice)));
  return results;
}

module.exports = { runServers };
