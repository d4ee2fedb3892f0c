'use strict';

// JavaScript that holds the event loop for longer than an operation may take, with several servers:
// none of them is late for it.

const { setImmediate: turn } = require('node:timers/promises');
const { outcome } = require('../helpers/outcome');
const { useRedundant } = require('../helpers/redundant');
const { fresh } = require('../helpers/requests');

/** For what has yet to be done when the loop is free again, on a machine that is busy. */
const DEADLINE = 1500;
const redundant = useRedundant(2);

/** Nothing else runs for `ms`. */
function hold(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

const OPERATIONS = [
  (store, callback) => store.set('a', fresh({ n: 1 }), callback),
  (store, callback) => store.get('a', callback),
  (store, callback) => store.touch('a', fresh({ n: 1 }), callback),
  (store, callback) => store.destroy('a', callback),
];

async function expectServed(store) {
  const asked = OPERATIONS.map((operation) => outcome((callback) => operation(store, callback)));
  await turn();
  hold(2 * DEADLINE);
  const got = await Promise.all(asked);
  expect(got.map(({ error }) => error)).toEqual([null, null, null, null]);
  expect(got.map(({ result }) => result)).toMatchObject(['OK', { n: 1 }, 'OK', 1]);
}

test('what was asked before is answered', async () => {
  const store = await redundant.trustedStore({ commandTimeout: DEADLINE });
  await expectServed(store);
});

test('a store made just before does what it was told', async () => {
  await expectServed(redundant.store({ commandTimeout: DEADLINE, connectTimeout: DEADLINE }));
});
