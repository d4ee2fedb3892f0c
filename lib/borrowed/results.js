'use strict';
// Hands results to the operations that wait for them.

const { throwLater } = require('../target');

/** @typedef {import('../target').Target} Target */

/** As in binding.d.ts, of which this package's own results are. */
const Result = Object.freeze({ none: 0, value: 1, count: 2, batch: 3, failure: 4 });

/** Takes the place of Receiver, with the target itself for its slot. */
class Results {
  /** When the result that is being told came in: milliseconds since the epoch. */
  arrived = 0;

  /** @param {Target} target */
  reserve(target) {
    return target;
  }

  release() {}

  /**
   * Called from a Promise's reaction, where what a callback throws would become the rejection of
   * nobody's Promise: it is thrown again from a tick of its own.
   *
   * @param {Target} target
   * @param {number} kind
   * @param {number} number
   * @param {any} [value]
   */
  tell(target, kind, number, value) {
    this.arrived = Date.now();
    try {
      target.complete(target, kind, number, value);
    } catch (error) {
      throwLater(error);
    }
  }
}

module.exports = { Result, Results };
