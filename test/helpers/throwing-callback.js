'use strict';

// A script: calls a method of a store with a callback that throws, and tells what came of it.

const { setImmediate: turn } = require('node:timers/promises');
const { loadSubject } = require('./subjects');

const [name, socket, method, folder] = process.argv.slice(2);
const report = { calls: 0, uncaught: 0, rejections: 0 };
process.on('uncaughtException', () => report.uncaught++);
process.on('unhandledRejection', () => report.rejections++);

const data = () => ({ cookie: { originalMaxAge: 60_000, expires: new Date(Date.now() + 60_000) } });
const ask = (store, operation, ...args) =>
  new Promise((resolve, reject) => {
    store[operation](...args, (error, result) => (error ? reject(error) : resolve(result)));
  });

async function main() {
  const { store, close } = await loadSubject(name, folder || undefined).open({ socket });
  await ask(store, 'set', 'a', data());
  const args = { get: ['a'], set: ['a', data()], touch: ['a', data()], destroy: ['a'] }[method];
  store[method](...args, () => {
    report.calls++;
    throw new Error('thrown by the callback');
  });
  // A second call and a rejection come no later than the answers to later questions.
  for (let i = 0; i < 5; i++) {
    await ask(store, 'get', 'other');
    await turn();
  }
  await close();
  process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit());
}

main();
