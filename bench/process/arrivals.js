'use strict';

// When operations are due: drawn beforehand, and the same for everybody with the same seed.

/**
 * Numbers from 0 to below 1 (mulberry32).
 * @param {number} seed
 * @returns {() => number}
 */
function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * @typedef {object} Schedule
 * @property {number} rate per second
 * @property {number} milliseconds
 * @property {number} seed
 */

/**
 * The arrivals of a Poisson process.
 * @param {Schedule} schedule
 * @returns {Float64Array} milliseconds from the beginning; at least one
 */
function drawArrivals({ rate, milliseconds, seed }) {
  const random = randomNumbers(seed);
  const next = () => (-Math.log(1 - random()) * 1000) / rate;
  const arrivals = [next()];
  for (let time = arrivals[0] + next(); time < milliseconds; time += next()) arrivals.push(time);
  return Float64Array.from(arrivals);
}

module.exports = { drawArrivals };
