'use strict';
// Deadlines of operations that all have the same time: the first to begin is the first to run out,
// so one timer serves them all.

const { monotonic, setImmediate, setTimeout } = require('../timers');

/** A timer that is later than this says that the loop was blocked. Milliseconds. */
const LATE = 50;

/** @template T */
class Deadlines {
  /** @type {Map<T, number>} when each runs out, by monotonic(); the earliest first */
  #due = new Map();
  #milliseconds;
  #onOverdue;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  /** When the timer is to fire. */
  #expected = 0;

  /**
   * @param {number} milliseconds
   * @param {(item: T) => void} onOverdue is told each item whose time ran out, once
   */
  constructor(milliseconds, onOverdue) {
    this.#milliseconds = milliseconds;
    this.#onOverdue = onOverdue;
  }

  /** @param {T} item */
  add(item) {
    const due = monotonic() + this.#milliseconds;
    this.#due.set(item, due);
    if (!this.#timer) this.#arm(due);
  }

  /**
   * @param {T} item
   * @returns {boolean} false: it is not waited for, or its time has run out
   */
  remove(item) {
    // The timer stays: one that finds nothing costs less than one for each item.
    return this.#due.delete(item);
  }

  /** @param {number} due */
  #arm(due) {
    this.#expected = due;
    // Whoever waits keeps the process alive by a connection of its own.
    this.#timer = setTimeout(
      () => this.#onTimer(),
      Math.max(1, Math.ceil(due - monotonic())),
    ).unref();
  }

  // What came while the loop was blocked is read after the timers: it is looked at first, and the
  // time of the block counts against nobody.
  #onTimer() {
    const blocked = monotonic() - this.#expected;
    if (blocked > LATE) for (const [item, due] of this.#due) this.#due.set(item, due + blocked);
    setImmediate(() => this.#expire());
  }

  #expire() {
    this.#timer = undefined;
    const now = monotonic();
    for (const [item, due] of this.#due) {
      if (due > now) {
        this.#arm(due);
        return;
      }
      this.#due.delete(item);
      this.#onOverdue(item);
    }
  }
}

module.exports = { Deadlines };
