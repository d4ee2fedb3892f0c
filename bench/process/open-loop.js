'use strict';

// Operations when they are due, whether or not those before them have ended. A latency begins when
// its operation was due: whatever holds up the process is part of it.

const { spawn } = require('node:child_process');
const path = require('node:path');

const { drawArrivals } = require('./arrivals');
const { quantile } = require('../report/statistics');

const PACER = path.join(__dirname, 'pacer.js');

/**
 * @typedef {object} Latencies milliseconds
 * @property {number} operations
 * @property {number} seconds
 * @property {number} cpu microseconds per operation, with those of being told that it is due
 * @property {number} throughput operations per second
 * @property {number} p50
 * @property {number} p99
 * @property {number} p999
 */

/**
 * @param {import('./loop').Operation} operation
 * @param {import('./arrivals').Schedule} schedule
 * @returns {Promise<Latencies>}
 */
function openLoop(operation, schedule) {
  return new Promise((resolve, reject) => {
    const arrivals = drawArrivals(schedule);
    const count = arrivals.length;
    const latencies = new Float64Array(count);
    const pacer = spawn(process.execPath, [PACER, JSON.stringify(schedule)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let cpuBefore = process.cpuUsage();
    /** In the time of performance.now(); NaN until the pacer has said it. */
    let started = NaN;
    let begun = 0;
    let ended = 0;

    const begin = (/** @type {number} */ index) => {
      operation(index, (error) => {
        if (error) return fail(error);
        latencies[index] = performance.now() - started - arrivals[index];
        if (++ended === count) finish();
      });
    };
    const fail = (/** @type {unknown} */ error) => {
      pacer.kill();
      reject(error);
    };
    const finish = () => {
      const { user, system } = process.cpuUsage(cpuBefore);
      const seconds = (performance.now() - started) / 1000;
      resolve({
        operations: count,
        seconds,
        cpu: (user + system) / count,
        throughput: count / seconds,
        p50: quantile(latencies, 0.5),
        p99: quantile(latencies, 0.99),
        p999: quantile(latencies, 0.999),
      });
    };

    pacer.once('error', fail);
    pacer.stdout.on('data', (data) => {
      if (Number.isNaN(started)) {
        const start = BigInt(String(data).split('\n')[0]);
        started = performance.now() + Number(start - process.hrtime.bigint()) / 1e6;
        cpuBefore = process.cpuUsage();
      }
      // Many may be due at once. The clock decides, and not what has come through.
      const now = performance.now() - started;
      while (begun < count && arrivals[begun] <= now) begin(begun++);
    });
    // The clocks of two processes may differ by so little that the last byte came too early.
    pacer.stdout.once('end', () => {
      while (begun < count) begin(begun++);
    });
  });
}

module.exports = { openLoop };
