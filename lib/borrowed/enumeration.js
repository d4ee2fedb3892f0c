'use strict';
// Batches of ids or sessions through a client of the application's: as Enumeration of binding.d.ts.

/** @typedef {import('../target').Target} Target */
/** @typedef {InstanceType<typeof import('./sessions').BorrowedSessions>} BorrowedSessions */

class BorrowedEnumeration {
  #sessions;
  #values;
  #batches;

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
    this.#sessions.tellBatch(target, this.#next(target));
  }

  /**
   * @param {Target} target
   * @returns {Promise<import('../../binding').Batch>}
   */
  async #next(target) {
    const ids = await this.#nextIds(target);
    if (ids && this.#values) return this.#sessions.fetchBatch(ids);
    return { ids: ids ?? [], values: [], timesToLive: [], last: !ids };
  }

  /**
   * @param {Target} target
   * @returns {Promise<string[] | undefined>} at least one; undefined: there are no more
   */
  async #nextIds(target) {
    for (;;) {
      const { value: ids } = await this.#batches.next();
      if (ids?.length !== 0) return ids ?? undefined;
      this.#sessions.renew(target);
    }
  }
}

module.exports = { BorrowedEnumeration };
