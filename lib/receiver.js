'use strict';
// Takes the results of the native binding, a batch in one call, and hands each to the operation
// that waits for it.

/** @typedef {import('./target').Target} Target */

/** Results in one call at most; more come in several. */
const BATCH = 256;
const NUMBERS_PER_RESULT = 3;
/** @type {any[]} */
const NONE = [];

/** See Receiver in binding.d.ts. */
class Receiver {
  /** @param {(name: string, failure?: import('../binding').Failure) => void} onEvent */
  constructor(onEvent) {
    this.results = new Float64Array(BATCH * NUMBERS_PER_RESULT);
    this.values = NONE;
    this.onEvent = onEvent;
    /** @type {(Target | undefined)[]} */
    this.slots = [];
    /** @type {number[]} */
    this.free = [];
    this.next = 0;
    this.count = 0;
    /** When the results that are being told came in: milliseconds since the epoch. */
    this.arrived = 0;
  }

  /**
   * @param {Target} target
   * @returns {number} the slot under which its result will come
   */
  reserve(target) {
    const slot = this.free.length > 0 ? /** @type {number} */ (this.free.pop()) : this.slots.length;
    this.slots[slot] = target;
    return slot;
  }

  /** @param {number} slot whose operation the binding did not take */
  release(slot) {
    this.slots[slot] = undefined;
    this.free.push(slot);
  }

  /**
   * Called by the binding, as a method. A callback that throws ends the call; the binding reports
   * the exception and calls again, with zero, for the rest of the batch.
   *
   * @param {number} count
   * @param {any[]} given
   */
  onResults(count, ...given) {
    if (count > 0) {
      this.arrived = Date.now();
      this.next = 0;
      this.count = count;
      this.values = given;
    }
    const { results, values, slots } = this;
    while (this.next < this.count) {
      const index = this.next++;
      const slot = results[index * NUMBERS_PER_RESULT];
      const kind = results[index * NUMBERS_PER_RESULT + 1];
      const number = results[index * NUMBERS_PER_RESULT + 2];
      const target = /** @type {Target} */ (slots[slot]);
      slots[slot] = undefined;
      this.free.push(slot);
      target.complete(target, kind, number, values[index]);
    }
    this.values = NONE;
  }
}

module.exports = { Receiver };
