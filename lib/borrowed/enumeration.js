'use strict';
// Batches of ids or sessions through a client of the application's: as Enumeration of binding.d.ts.

/** @typedef {import('../target').Target} Target */
/** @typedef {InstanceType<typeof import('./sessions').BorrowedSessions>} BorrowedSessions */

class BorrowedEnumeration {
  #sessions;
  #values;
  #batches;
  /** @type {string[] | undefined} */
  #ahead;

  /**
   * @param {BorrowedSessions} sessions
   * @param {boolean} values whether the sessions are wanted, or their ids alone
   * @param {number} batchSize
   */
  constructor(sessions, values, batchSize) {
    this.#sessions = sessions;
    this.#values = values;
    this.#batches = sessions.walk(batchSize);
  }

  /** @param {Target} target */
  next(target) {
    this.#sessions.tellBatch(target, this.#next());
  }

  /** @returns {Promise<import('../../binding').Batch>} */
  async #next() {
    const ids = this.#ahead ?? (await this.#batches.next()).value ?? [];
    const following = await this.#batches.next();
    this.#ahead = following.value ?? undefined;
    const last = following.done === true;
    if (this.#values && ids.length > 0) return this.#sessions.fetchBatch(ids, last);
    return { ids, values: [], timesToLive: [], last };
  }
}

module.exports = { BorrowedEnumeration };
