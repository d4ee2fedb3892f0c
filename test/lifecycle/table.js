'use strict';

// The lifecycle table: every step of a store's life, and a row of tests for each way to end it
// there. Each cell runs in a process of its own, LIFECYCLE_ROUNDS times.

const path = require('node:path');
const { runScript } = require('../helpers/child');
const { rounds } = require('../helpers/depth');
const { PATIENCE } = require('../helpers/patience');
const { STEPS } = require('./fixtures/steps');
const { startServers } = require('./servers');

const ROUNDS = Number(process.env.LIFECYCLE_ROUNDS ?? rounds(1, 3));
const AT_ONCE = 2;

/** @param {string} name */
const fixture = (name) => path.resolve(__dirname, 'fixtures', name);

/**
 * Runs `round` as often as wanted; fails if one of them failed.
 * @param {(number: number) => Promise<void>} round
 */
async function repeat(round) {
  const failures = [];
  let next = 0;
  const lane = async () => {
    while (next < ROUNDS) await round(next++).catch((failure) => failures.push(failure));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  if (failures.length === 0) return;
  throw new Error(`${failures.length} of ${ROUNDS} rounds failed`, { cause: failures[0] });
}

/** Call at the top of a file: its cells share the servers. */
function useTable() {
  const table = {
    /** Of the servers, as the fixtures take it. */
    ports: '',
    /** @type {any} */ healthy: undefined,

    /**
     * Runs a fixture to its end.
     * @param {string} name or the path of another script
     * @param {string[]} args
     * @param {object} [options] as of runScript
     * @returns {Promise<{ code: number | null, signal: string | null, reports: any[], stderr: string }>}
     */
    async run(name, args, { env, ...options } = {}) {
      const { lines, ...end } = await runScript(fixture(name), {
        args,
        // glibc overwrites what is freed: who reads it does not read what was there.
        env: { MALLOC_PERTURB_: '165', ...env },
        ...options,
      });
      return { ...end, reports: lines.map((line) => JSON.parse(line)) };
    },

    /**
     * A row: one test for every step. The title speaks of a store.
     * @param {string} title
     * @param {(step: string, round: number) => Promise<void>} check
     * @param {string[]} [steps] those that count
     */
    row(title, check, steps = Object.keys(STEPS)) {
      test.each(steps)(
        `${title}: %s`,
        (step) => repeat((round) => check(step, round)),
        ROUNDS * 2 * PATIENCE,
      );
    },
  };

  let servers;
  beforeAll(async () => {
    servers = await startServers();
    table.healthy = servers.healthy;
    table.ports = JSON.stringify(servers.ports);
  });
  afterAll(() => servers?.close());
  return table;
}

/** Ended by itself, having told this and nothing else. @param {any[]} reports */
const ended = (...reports) => ({ code: 0, signal: null, reports, stderr: '' });

/** What operations are given that are under way at the step. @type {Record<string, string[]>} */
const UNDER_WAY = {
  idle: ['OK'],
  'with commands in flight': ['ERR_REDIS_TIMEOUT'],
  // When a connection has been silent for too long, what is left goes down with it.
  closing: ['ERR_REDIS_TIMEOUT', 'ERR_REDIS_CLOSED'],
};

/**
 * Matches the outcomes of operations: of those under way at the step, and of later ones.
 * @param {string} step
 * @param {...string} later
 */
function outcomes(step, ...later) {
  const allowed = [...(UNDER_WAY[step] ?? []), ...later];
  return {
    asymmetricMatch: (given) =>
      given.length > 0 === allowed.length > 0 && given.every((one) => allowed.includes(one)),
    toAsymmetricMatcher: () => `OutcomesAmong<${allowed}>`,
  };
}

/** The outcomes of closing, if only the step itself closes. @param {string} step */
const closes = (step) => (['closing', 'closed'].includes(step) ? ['OK'] : []);

module.exports = { ROUNDS, STEPS, closes, ended, fixture, outcomes, useTable };
