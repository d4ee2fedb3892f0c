'use strict';

// A script: over each of the clients named, calls each method with a callback that throws, among
// others of the same tick, and tells what came of it. A line of JSON for each client.

const { setImmediate: turn } = require('node:timers/promises');
const { RedisStore } = require('../..');
const { clientNamed, openClient } = require('../helpers/borrowed-clients');
const { ownTime } = require('../helpers/patience');

const [where, ...names] = process.argv.slice(2);

let report;
process.on('uncaughtException', (error) => {
  if (error.message === 'thrown by the callback') report.uncaught++;
  else throw error;
});
process.on('unhandledRejection', () => report.rejections++);

const data = () => ({ cookie: { originalMaxAge: 60_000, expires: new Date(Date.now() + 60_000) } });
const METHODS = {
  get: () => ['a'],
  set: () => ['a', data()],
  touch: () => ['a', data()],
  destroy: () => ['a'],
};

/** @returns {Promise<{ calls: number, uncaught: number, rejections: number, others: number }>} */
async function tryMethod(store, method) {
  report = { calls: 0, uncaught: 0, rejections: 0, others: 0 };
  await store.set('a', data());
  const others = () => [1, 2, 3].map((n) => store.get(`other${n}`, () => report.others++));
  others();
  store[method](...METHODS[method](), () => {
    report.calls++;
    throw new Error('thrown by the callback');
  });
  others();
  // Servers of a cluster answer each in their time.
  const isOver = () => report.calls > 0 && report.others === 6;
  // Own time: on a busy machine each answer takes its time.
  await ownTime(5000, isOver);
  // A second call and a rejection come no later than the answers to later questions.
  for (let i = 0; i < 5; i++) {
    await store.get('a');
    await turn();
  }
  return report;
}

async function main() {
  for (const name of names) {
    const { client, close } = await openClient(clientNamed(name), JSON.parse(where));
    const store = new RedisStore({ client });
    const reports = {};
    for (const method of Object.keys(METHODS)) reports[method] = await tryMethod(store, method);
    await close();
    process.stdout.write(`${JSON.stringify({ name, reports })}\n`);
  }
}

main().then(() => process.stdout.write('', () => process.exit()));
