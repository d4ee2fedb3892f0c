'use strict';

const { median } = require('../report/statistics');

/** One operation in so many reads the clock: for its latency, and to end the round. */
const SAMPLE_EVERY = 16;

/** Synchronous work is done in blocks of so many between two looks at the clock. */
const BLOCK = 256;

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

/** Starts the clocks; gives a function that stops them. */
function measure() {
  const timeBefore = performance.now();
  const cpuBefore = process.cpuUsage();
  /**
   * @param {number} operations
   * @param {number} latency
   * @returns {Round}
   */
  return (operations, latency) => {
    const { user, system } = process.cpuUsage(cpuBefore);
    const seconds = (performance.now() - timeBefore) / 1000;
    return {
      operations,
      seconds,
      cpu: (user + system) / operations,
      throughput: operations / seconds,
      latency,
    };
  };
}

/**
 * Keeps `outstanding` operations under way, starting the next one whenever one ends, until the
 * time is over or `limit` of them have been started.
 * @param {Operation} operation
 * @param {{ outstanding: number, milliseconds?: number, limit?: number }} options
 * @returns {Promise<Round>}
 */
function closedLoop(operation, { outstanding, milliseconds = Infinity, limit = Infinity }) {
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
        else if (ended === begun) resolve(stop(ended, median(latencies)));
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

    const stop = measure();
    const deadline = performance.now() + milliseconds;
    for (let started = 0; started < outstanding && !over; started++) begin();
  });
}

/**
 * The same for work that is done at once.
 * @param {(index: number) => void} work
 * @param {{ milliseconds: number }} options
 * @returns {Round}
 */
function busyLoop(work, { milliseconds }) {
  const stop = measure();
  const deadline = performance.now() + milliseconds;
  let index = 0;
  while (performance.now() < deadline) {
    for (let count = 0; count < BLOCK; count++) work(index++);
  }
  return stop(index, 0);
}

module.exports = { closedLoop, busyLoop, SAMPLE_EVERY };
