'use strict';

// When servers that run did not answer: a busy machine had no processor for them, or no time to
// write to its disk. A store waits for 50 ms, and then goes on without the server: what several
// processes see in that time, or of what was written in it, is no fault of theirs.

const { setTimeout: pause } = require('node:timers/promises');
const { now } = require('./clock');

const INTERVAL = 10;
/** A server needs next to none of the 50 ms: half of them is more than enough to note. */
const WORTH_NOTING = 25;

class Stalls {
  /** @type {[from: number, to: number][]} */
  #noted = [];
  #isOver = false;
  #watching;

  /** @param {{ ask: () => Promise<unknown> }[]} servers `ask` rejects while there is none */
  constructor(servers) {
    this.#watching = Promise.all(servers.map((server) => this.#watch(server)));
  }

  /** Resolves when nothing is asked any more. */
  async end() {
    this.#isOver = true;
    await this.#watching;
  }

  /** @param {number} from @param {number} to @returns {boolean} whether one was silent between */
  isDuring(from, to) {
    return this.#noted.some(([begin, end]) => begin <= to && from <= end);
  }

  async #watch({ ask }) {
    for (; !this.#isOver; await pause(INTERVAL)) {
      const begun = now();
      const answered = await ask().then(
        () => true,
        () => false, // killed meanwhile: that is seen by everybody
      );
      if (answered && now() - begun >= WORTH_NOTING) this.#noted.push([begun, now()]);
    }
  }
}

module.exports = { Stalls };
