'use strict';

/** What waits for nobody ends by then; a deadline of the default, five seconds, comes later. */
const SOON = 1000;

/**
 * Resolves with what the work gives; fails if that took long.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function soon(work) {
  const began = performance.now();
  const got = await work();
  expect(performance.now() - began).toBeLessThan(SOON);
  return got;
}

module.exports = { soon };
