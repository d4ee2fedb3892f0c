'use strict';

// One operation over all sessions, with what it does to its process: the event loop's longest
// delay and the most memory that it held.

const fs = require('node:fs');
const { monitorEventLoopDelay } = require('node:perf_hooks');

/** How often the event loop is looked at, milliseconds; a delay is what comes on top. */
const RESOLUTION = 1;

/** Forgets the most memory that this process held so far; Linux only. */
function forgetPeak() {
  try {
    fs.writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Then there is no peak to be had.
  }
}

/** @returns {number} bytes of memory, at most, since forgetPeak; NaN if unknown */
function peak() {
  try {
    const [, kilobytes] =
      /^VmHWM:\s*(\d+) kB$/m.exec(fs.readFileSync('/proc/self/status', 'utf8')) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    return NaN;
  }
}

/** @type {Record<string, (store: any, access: any) => Promise<number>>} how many sessions it met */
const METHODS = {
  all: async (store) => (await store.all()).length,
  ids: async (store) => (await store.ids()).length,
  length: (store) => store.length(),
  clear: async (store) => {
    // connect-redis gives no count.
    const cleared = await store.clear();
    return cleared ?? NaN;
  },
  scan: async (_store, access) => {
    let count = 0;
    for await (const session of access.scan()) count += session.id.length > 0 ? 1 : 0;
    return count;
  },
};

/**
 * @param {{ sessionStore: any }} state
 * @param {string} method
 */
async function enumerate({ sessionStore }, method) {
  globalThis.gc?.();
  forgetPeak();
  const rssBefore = process.memoryUsage.rss();
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  delay.enable();
  // Two turns of the timer, so that the histogram has begun.
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.reset();
  const cpuBefore = process.cpuUsage();
  const timeBefore = performance.now();
  const count = await METHODS[method](sessionStore, sessionStore.access);
  const seconds = (performance.now() - timeBefore) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  // What blocked the loop last is counted when the timer comes to run again.
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.disable();
  return {
    count,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    delay: Math.max(0, delay.max / 1e6 - RESOLUTION),
    delayHigh: Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION),
    memory: peak() - rssBefore,
  };
}

module.exports = { enumerate };
