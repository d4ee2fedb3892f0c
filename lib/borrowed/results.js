'use strict';
// Hands results to the operations that wait for them.

const { throwLater } = require('../target');
const { Deadlines } = require('./deadlines');

/** @typedef {import('../target').Target} Target */

/** As in binding.d.ts, of which this package's own results are. */
const Result = Object.freeze({ none: 0, value: 1, count: 2, batch: 3, failure: 4 });

/**
 * Takes the place of Receiver, with the target itself for its slot. A client may never answer: the
 * store's own deadline holds all the same.
 */
class Results {
  /** When the result that is being told came in: milliseconds since the epoch. */
  arrived = 0;
  #deadlines;
  #explain;

  /**
   * @param {number} commandTimeout milliseconds
   * @param {(error: any) => any} explain says more of a client's error, where more is known
   */
  constructor(commandTimeout, explain) {
    this.#explain = explain;
    this.#deadlines = new Deadlines(commandTimeout, (/** @type {Target} */ target) => {
      this.#complete(target, Result.failure, 0, explain(timeoutError(commandTimeout)));
    });
  }

  /** @param {Target} target */
  reserve(target) {
    this.#deadlines.add(target);
    return target;
  }

  release() {}

  /**
   * A command of a longer operation was answered: its deadline begins anew.
   *
   * @param {Target} target
   */
  renew(target) {
    if (this.#deadlines.remove(target)) this.#deadlines.add(target);
  }

  /**
   * Does nothing if the target's deadline has run out.
   *
   * @param {Target} target
   * @param {number} kind
   * @param {number} number
   * @param {any} [value]
   */
  tell(target, kind, number, value) {
    if (!this.#deadlines.remove(target)) return;
    this.#complete(target, kind, number, kind === Result.failure ? this.#explain(value) : value);
  }

  /**
   * Called from a Promise's reaction, where what a callback throws would become the rejection of
   * nobody's Promise: it is thrown again from a tick of its own.
   *
   * @param {Target} target
   * @param {number} kind
   * @param {number} number
   * @param {any} value
   */
  #complete(target, kind, number, value) {
    this.arrived = Date.now();
    try {
      target.complete(target, kind, number, value);
    } catch (error) {
      throwLater(error);
    }
  }
}

/** @param {number} milliseconds */
function timeoutError(milliseconds) {
  return Object.assign(new Error(`The client gave no answer within ${milliseconds} ms`), {
    code: 'ERR_REDIS_TIMEOUT',
  });
}

module.exports = { Result, Results };
