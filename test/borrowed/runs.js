'use strict';

// Runs the cases over borrowed clients: for the tests, and for the page that tells of them.

const path = require('node:path');
const { RedisStore } = require('../..');
const { CLIENTS } = require('../helpers/borrowed-clients');
const { runScript } = require('../helpers/child');
const { runCase } = require('../helpers/lab');
const cases = require('./cases');
const { NOT_RUN } = require('./left-out');

const FEATURES = ['touch', 'all', 'length', 'clear'];

/** Those that are tested together, by the names of the test files. */
const FAMILIES = {
  'node-redis': CLIENTS.filter(({ name, place }) => place === 'server' && /^node-/.test(name)),
  ioredis: CLIENTS.filter(({ name, place }) => place === 'server' && /^io/.test(name)),
  others: CLIENTS.filter(({ name, place }) => place === 'server' && /alone$/.test(name)),
  mock: CLIENTS.filter(({ place }) => place === 'memory'),
  sentinel: CLIENTS.filter(({ place }) => place === 'sentinel'),
  cluster: CLIENTS.filter(({ place }) => place === 'cluster'),
};

/**
 * A store over a client that is open already, as something that cases can be run against.
 *
 * @param {import('../helpers/borrowed-clients').BorrowedClient} borrowed
 * @param {any} client
 * @param {Prepared} [prepared]
 * @param {object} [always] options of every store
 */
function subjectOf({ name, place, buffers }, client, prepared, always) {
  const features = [...FEATURES, buffers ? 'buffers' : 'text'];
  return {
    name,
    version: '',
    features: place === 'memory' ? features : [...features, 'redis'],
    async open(_server, options) {
      const store = new RedisStore({ client, ...always, ...options });
      return { store, close: () => store.close() };
    },
    async throwInCallback(method) {
      const { others: _, ...report } = prepared.throwing[name][method];
      return report;
    },
  };
}

/** Throws in callbacks, in one process for all clients. */
async function runThrowing(where, names) {
  const { code, lines, stderr } = await runScript(path.join(__dirname, 'throwing.js'), {
    args: [JSON.stringify(where), ...names],
  });
  if (code !== 0) throw new Error(stderr);
  return Object.fromEntries(
    lines.map((line) => JSON.parse(line)).map(({ name, reports }) => [name, reports]),
  );
}

/** The cases that wait, for all clients at once, each under a prefix of its own. */
async function runWaiting(place, opened) {
  const outcomes = new Map();
  for (const waiting of cases.all.filter(({ waits }) => waits)) {
    const concerned = [...opened].filter(([borrowed]) =>
      cases.groupsOf(borrowed).includes(waiting.group),
    );
    const running = concerned.map(async ([borrowed, client]) => {
      const subject = subjectOf(borrowed, client, undefined, { prefix: `${borrowed.name}:` });
      const admin = place.witness(borrowed.prefix);
      admin.flushAll = async () => {}; // the others are not at their end yet
      return [borrowed, await runCase(subject, waiting, { server: place.where, admin })];
    });
    outcomes.set(waiting, new Map(await Promise.all(running)));
  }
  await place.witness().flushAll();
  return outcomes;
}

/**
 * What is run for all clients of a place at once, before the rest.
 *
 * @typedef {object} Prepared
 * @property {Record<string, any>} throwing by client and method
 * @property {Map<any, Map<any, any>>} waiting outcomes, by case and client
 *
 * @param {import('../helpers/places').Place} place
 * @param {Map<any, any>} opened clients, by their rows of the table
 * @returns {Promise<Prepared>}
 */
async function prepare(place, opened) {
  const names = [...opened.keys()].map(({ name }) => name);
  const [throwing, waiting] = await Promise.all([
    runThrowing(place.where, names),
    runWaiting(place, opened),
  ]);
  await place.witness().flushAll();
  return { throwing, waiting };
}

/**
 * @param {any} borrowed
 * @param {any} client
 * @param {any} oneCase
 * @param {import('../helpers/places').Place} place
 * @param {Prepared} prepared
 */
async function runOne(borrowed, client, oneCase, place, prepared) {
  if (NOT_RUN[borrowed.name]?.[oneCase.title]) return { verdict: '-' };
  const early = prepared.waiting.get(oneCase)?.get(borrowed);
  if (early) return early;
  const where = { server: place.where, admin: place.witness(borrowed.prefix) };
  return runCase(subjectOf(borrowed, client, prepared), oneCase, where);
}

module.exports = { FAMILIES, prepare, runOne, subjectOf };
