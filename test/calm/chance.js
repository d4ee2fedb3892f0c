'use strict';

// Chance that can be had again from its seed.

const { randomInt } = require('node:crypto');

class Chance {
  #state;

  /** @param {number} seed */
  constructor(seed) {
    this.#state = seed;
  }

  /** A whole number from 0 up to, not including, `end`. (mulberry32) */
  below(end) {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end;
  }

  /** From `least` to `most`, both included. */
  between(least, most) {
    return least + this.below(most - least + 1);
  }

  pick(all) {
    return all[this.below(all.length)];
  }
}

/** The seed to repeat, or a new one. @param {string | undefined} given */
const seedFrom = (given) => Number(given ?? randomInt(2 ** 32));

module.exports = { Chance, seedFrom };
