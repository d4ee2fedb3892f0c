'use strict';

// How much of something the tests do. `npm test` is for every change, and does enough of everything
// to notice most faults; `npm run test:full` sets TEST_DEPTH=full and does more of the same.

const isFull = () => process.env.TEST_DEPTH === 'full';

/**
 * How often, or how long.
 * @param {number} short in `npm test`
 * @param {number} long in `npm run test:full`
 */
const rounds = (short, long) => (isFull() ? long : short);

module.exports = { isFull, rounds };
