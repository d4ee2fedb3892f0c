'use strict';

// What excuses the processes of test/calm/redundant.test.js is a server that did not answer.

const { setTimeout: pause } = require('node:timers/promises');
const { now } = require('../calm/clock');
const { Stalls } = require('../calm/stalls');

/** Watches a server of which the first question is dealt with by `first`. */
async function watch(first) {
  let asked = 0;
  const begun = now();
  let second;
  const isAskedAgain = new Promise((resolve) => (second = resolve));
  const stalls = new Stalls([
    {
      ask: async () => {
        if (asked++ === 0) return first();
        second();
        throw new Error('Whatever else is asked is not answered');
      },
    },
  ]);
  await isAskedAgain;
  await stalls.end();
  return stalls.isDuring(begun, now());
}

test('a server that answers late has stalled', async () => {
  expect(await watch(() => pause(50))).toBe(true);
});

test('one that was killed has not', async () => {
  const killed = async () => {
    await pause(50);
    throw new Error('The connection is closed');
  };
  expect(await watch(killed)).toBe(false);
});

test('a time before it is none in which it stalled', async () => {
  const stalls = new Stalls([{ ask: () => pause(50) }]);
  const begun = now();
  await pause(60);
  await stalls.end();
  expect(stalls.isDuring(begun - 1000, begun - 500)).toBe(false);
  expect(stalls.isDuring(begun, now())).toBe(true);
});
