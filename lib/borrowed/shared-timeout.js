'use strict';
// node-redis from 6 on gives each command a timeout until it leaves, by an AbortSignal of its own,
// which costs as much as all else about a command. Here those of one second share one.

const { setMaxListeners } = require('node:events');
const { PatientTimeout } = require('./patient-timeout');
const { monotonic } = require('../timers');

/** How much longer than its timeout a command may wait. */
const WINDOW = 1000;

class SharedTimeout {
  #timeout;
  #clock;
  #begun = -Infinity;
  /** What the command is given in place of the client's own. */
  #options = { timeout: 0, abortSignal: /** @type {AbortSignal | undefined} */ (undefined) };

  /**
   * @param {number} timeout milliseconds
   * @param {() => number} [clock]
   */
  constructor(timeout, clock = monotonic) {
    this.#timeout = timeout;
    this.#clock = clock;
  }

  /** @returns {object} options of one command */
  get options() {
    const now = this.#clock();
    if (now - this.#begun >= WINDOW) {
      this.#begun = now;
      const controller = new AbortController();
      setMaxListeners(0, controller.signal);
      new PatientTimeout(() => controller.abort(), this.#timeout + WINDOW);
      this.#options = { timeout: 0, abortSignal: controller.signal };
    }
    return this.#options;
  }
}

module.exports = { SharedTimeout };
