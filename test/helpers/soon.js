'use strict';

const { PATIENCE, ownWatch } = require('./patience');

/** Of the time that this process gets. What waits for nobody ends by then; a deadline does not. */
const SOON = PATIENCE / 4;

/**
 * Resolves with what the work gives; fails if that took so long that a deadline of PATIENCE can
 * have been waited for.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function soon(work) {
  const own = ownWatch();
  const got = await work();
  expect(own()).toBeLessThan(SOON);
  return got;
}

module.exports = { soon };
