'use strict';

// Measures how long the event loop of this thread is held up, and how much of that was no fault of
// this process: the kernel tells how long the thread ran, and was ready to run but had no processor.

const fs = require('node:fs');
const { now } = require('./clock');

const INTERVAL = 5;
const WORTH_KEEPING = 5;
const KEPT = 1000;

class Heartbeat {
  #file = openStatistics();
  #buffer = Buffer.alloc(64);
  #timer;
  #last = now();
  /** Of the thread, in milliseconds since it began. */
  #times;
  /** When the loop was held up, for how long, and how long of it without a processor: the latest. */
  #delays = [];
  /**
   * The longest delay since the last reset; and the longest for which this thread was busy all the
   * time. (What else there is, such as a page of memory or a virtual machine that had to wait, is
   * another's, too.)
   */
  longest = 0;
  longestOwn = 0;

  constructor() {
    this.#times = this.#readTimes();
    this.#timer = setInterval(() => this.#beat(), INTERVAL);
  }

  reset() {
    this.longest = 0;
    this.longestOwn = 0;
  }

  stop() {
    clearInterval(this.#timer);
    if (this.#file !== undefined) fs.closeSync(this.#file);
    this.#file = undefined;
  }

  /** How long the thread had to wait for a processor since `time`. */
  stolenSince(time) {
    return this.#sumSince(time, 'waited');
  }

  /** How long the loop was held up since `time`, by whomever. */
  delayedSince(time) {
    return this.#sumSince(time, 'delay');
  }

  #sumSince(time, what) {
    this.#beat(); // the one that is under way
    return this.#delays.reduce((sum, each) => (each.at >= time ? sum + each[what] : sum), 0);
  }

  #beat() {
    const at = now();
    const delay = Math.max(0, at - this.#last - INTERVAL);
    this.#last = at;
    const before = this.#times;
    this.#times = this.#readTimes();
    const waited = this.#times.waited - before.waited;
    const busy = this.#times.busy - before.busy;
    if (delay > WORTH_KEEPING) {
      this.#delays.push({ at, delay, waited });
      if (this.#delays.length > KEPT) this.#delays.shift();
    }
    this.longest = Math.max(this.longest, delay);
    this.longestOwn = Math.max(this.longestOwn, Math.min(delay - waited, busy));
  }

  #readTimes() {
    if (this.#file === undefined) return { busy: now(), waited: 0 };
    const length = fs.readSync(this.#file, this.#buffer, 0, this.#buffer.length, 0);
    // https://docs.kernel.org/scheduler/sched-stats.html, in nanoseconds
    const [busy, waited] = this.#buffer.toString('latin1', 0, length).split(' ');
    return { busy: Number(busy) / 1e6, waited: Number(waited) / 1e6 };
  }
}

/** Only Linux has them; elsewhere every delay is one's own. */
function openStatistics() {
  try {
    return fs.openSync('/proc/thread-self/schedstat');
  } catch {
    return undefined;
  }
}

module.exports = { Heartbeat };
