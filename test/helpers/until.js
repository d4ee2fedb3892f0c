'use strict';

// Waits for something that announces itself by no event: asks again and again. The bound only ends
// what hangs.

const { setTimeout: pause } = require('node:timers/promises');
const { PATIENCE } = require('./patience');

/**
 * Resolves with the first truthy answer of `question`; rejects when there was none in time.
 * @template T
 * @param {() => T | Promise<T>} question
 * @param {{ what?: string, within?: number, every?: number }} [options]
 * @returns {Promise<T>}
 */
async function until(question, { what = 'it', within = PATIENCE, every = 10 } = {}) {
  const end = performance.now() + within;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    if (performance.now() > end) throw new Error(`${what} did not come true in ${within} ms`);
    await pause(every);
  }
}

/** A promise with its two ends in reach. */
function deferred() {
  let resolve, reject;
  const promise = new Promise((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

module.exports = { until, deferred };
