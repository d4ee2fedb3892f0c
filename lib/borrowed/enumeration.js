'use strict';
// Batches of ids or sessions through a client of the application's: as Enumeration of binding.d.ts.

/** @typedef {import('../target').Target} Target */
/** @typedef {InstanceType<typeof import('./sessions').BorrowedSessions>} BorrowedSessions */

class BorrowedEnumeration {
  #sessions;
  #values;
  #batchSize;
  /** Those that are still to be fetched, where it is known from the beginning which. */
  #sids;
  #walk;
  /** Of these ids the sessions are fetched next; those of each by one command. @type {string[][]} */
  #groups = [];

  /**
   * @param {BorrowedSessions} sessions
   * @param {boolean} values whether the sessions are wanted, or their ids alone
   * @param {number} batchSize
   * @param {boolean} [ahead] of no concern here
   * @param {string[]} [sids] over these alone
   */
  constructor(sessions, values, batchSize, ahead, sids) {
    this.#sessions = sessions;
    this.#values = values;
    this.#batchSize = batchSize;
    this.#sids = sids?.slice();
    this.#walk = sessions.walk(batchSize);
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
    if (this.#groups.length === 0) {
      const ids = this.#sids?.splice(0, this.#batchSize) ?? (await this.#nextIds(target));
      if (!ids || !this.#values) {
        return { ids: ids ?? [], values: [], timesToLive: [], last: !ids };
      }
      this.#groups = await this.#sessions.group(ids);
    }
    const batch = await this.#sessions.fetchBatch(/** @type {string[]} */ (this.#groups.shift()));
    batch.last = this.#sids?.length === 0 && this.#groups.length === 0;
    return batch;
  }

  /**
   * @param {Target} target
   * @returns {Promise<string[] | undefined>} at least one; undefined: there are no more
   */
  async #nextIds(target) {
    for (;;) {
      const { value: ids } = await this.#walk.next();
      if (ids?.length !== 0) return ids ?? undefined;
      this.#sessions.renew(target);
    }
  }
}

module.exports = { BorrowedEnumeration };
