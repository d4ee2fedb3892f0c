'use strict';
// Hands results to the operations that wait for them, those of one wake-up together.

/** @typedef {import('../target').Target} Target */

/** As in binding.d.ts, of which this package's own results are. */
const Result = Object.freeze({ none: 0, value: 1, count: 2, batch: 3, failure: 4 });

/**
 * Takes the place of Receiver, with the target itself for its slot. Clients call back from within
 * Promises, where what a callback throws would become a rejection of nobody's: it is called from a
 * tick of its own.
 */
class Results {
  /** When the results that are being told came in: milliseconds since the epoch. */
  arrived = 0;
  /** Of each result the target, the kind, the number and the value, one after the other. @type {any[]} */
  #told = [];
  #scheduled = false;

  /** @param {Target} target */
  reserve(target) {
    return target;
  }

  release() {}

  /**
   * @param {Target} target
   * @param {number} kind
   * @param {number} number
   * @param {any} [value]
   */
  tell(target, kind, number, value) {
    this.#told.push(target, kind, number, value);
    if (this.#scheduled) return;
    this.#scheduled = true;
    process.nextTick(deliver, this);
  }

  deliver() {
    this.#scheduled = false;
    const told = this.#told;
    this.#told = [];
    this.arrived = Date.now();
    let next = 0;
    try {
      while (next < told.length) {
        /** @type {Target} */
        const target = told[next];
        next += 4;
        target.complete(target, told[next - 3], told[next - 2], told[next - 1]);
      }
    } finally {
      // One threw: the rest is told all the same.
      if (next < told.length) {
        this.#told = told.slice(next).concat(this.#told);
        if (!this.#scheduled) process.nextTick(deliver, this);
        this.#scheduled = true;
      }
    }
  }
}

/** @param {Results} results */
function deliver(results) {
  results.deliver();
}

module.exports = { Result, Results };
