'use strict';
// A timeout for what must not be concluded because the event loop was blocked: timers run before
// the sockets are looked at, and before what waits to be written leaves.

const { clearTimeout, monotonic, setImmediate, setTimeout } = require('../timers');

/** How late a timer may be before the loop counts as blocked; src/core/loop/blocked_time.h. */
const TURN = 10;

class PatientTimeout {
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #isCancelled = false;
  #callback;

  /**
   * Does not keep the process alive.
   *
   * @param {() => void} callback
   * @param {number} delay milliseconds
   */
  constructor(callback, delay) {
    this.#callback = callback;
    this.#start(delay);
  }

  /** @param {number} delay */
  #start(delay) {
    const due = monotonic() + delay;
    this.#timer = setTimeout(() => {
      const blocked = monotonic() - due - TURN;
      if (blocked > 0) this.#start(blocked);
      else setImmediate(() => this.#isCancelled || this.#callback());
    }, delay).unref();
  }

  cancel() {
    clearTimeout(this.#timer);
    this.#isCancelled = true;
  }
}

module.exports = { PatientTimeout };
