'use strict';

const { median } = require('./statistics');

/** One operation in so many reads the clock: for its latency, and to end the round. */
const SAMPLE_EVERY = 16;

/**
 * @typedef {(index: number, done: (error?: unknown) => void) => void} Operation
 *
 * @typedef {object} Round
 * @property {number} operations
 * @property {number} seconds
 * @property {number} cpu microseconds per operation, of all threads of this process
 * @property {number} throughput operations per second
 * @property {number} latency median, milliseconds
 */

/**
 * Keeps `outstanding` operations under way, starting the next one whenever one ends, until the
 * time is over or `limit` of them have been started.
 * @param {Operation} operation
 * @param {{ outstanding: number, milliseconds: number, limit?: number }} options
 * @returns {Promise<Round>}
 */
function closedLoop(operation, { outstanding, milliseconds, limit = Infinity }) {
  return new Promise((resolve, reject) => {
    /** @type {number[]} */
    const latencies = [];
    let begun = 0;
    let ended = 0;
    let over = false;

    /** @param {unknown} [error] */
    const done = (error) => {
      if (error) {
        over = true;
        reject(error);
      } else {
        ended++;
        if (!over) begin();
        else if (ended === begun) finish();
      }
    };

    const begin = () => {
      const index = begun++;
      if (begun === limit) over = true;
      if (index % SAMPLE_EVERY !== 0) return operation(index, done);
      const start = performance.now();
      if (start >= deadline) over = true;
      operation(index, (error) => {
        latencies.push(performance.now() - start);
        done(error);
      });
    };

    const finish = () => {
      const { user, system } = process.cpuUsage(cpuBefore);
      const seconds = (performance.now() - timeBefore) / 1000;
      resolve({
        operations: ended,
        seconds,
        cpu: (user + system) / ended,
        throughput: ended / seconds,
        latency: median(latencies),
      });
    };

    const timeBefore = performance.now();
    const deadline = timeBefore + milliseconds;
    const cpuBefore = process.cpuUsage();
    for (let started = 0; started < outstanding && !over; started++) begin();
  });
}

module.exports = { closedLoop };
