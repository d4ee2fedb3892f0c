'use strict';

// What is known about a key from the operations on it: what a read may give, and what may be
// stored at the end. Every write of a key has a number, counted up in the order of the calls.

/** @typedef {{ version: number, gone: boolean }} Write a set, or (`gone`) a destroy */

class Entry {
  #issued = 0;
  #lastDestroy = 0;
  /** The latest write that was acknowledged. */
  #acknowledged = { version: 0, gone: true };
  /** Later ones that failed in a way that does not tell whether they were carried out. */
  #unknown = [];
  /** Writes up to this one were acknowledged by a server that has lost its data since. */
  #lost = 0;

  /** @param {string} sid */
  constructor(sid) {
    this.sid = sid;
  }

  /** @param {boolean} gone @returns {Write} */
  begin(gone) {
    this.#issued++;
    if (gone) this.#lastDestroy = this.#issued;
    return { version: this.#issued, gone };
  }

  /** @param {Write} write */
  acknowledge(write) {
    if (write.version <= this.#acknowledged.version) return;
    this.#acknowledged = write;
    this.#unknown = this.#unknown.filter(({ version }) => version > write.version);
  }

  /** @param {Write} write that failed, and may have been carried out or not */
  doubt(write) {
    if (write.version > this.#acknowledged.version) this.#unknown.push(write);
  }

  /** The server may have lost whatever was called until now. */
  lose() {
    this.#lost = this.#issued;
  }

  /** What a read that is called now must at least see. */
  floor() {
    return this.#acknowledged;
  }

  /**
   * What is wrong with what a read gave; undefined: nothing.
   * @param {Write} floor as of the call
   * @param {any} session
   */
  judgeRead(floor, session) {
    if (session === null) {
      const isFine = floor.gone || this.#lastDestroy > floor.version || this.#lost > 0;
      return isFine ? undefined : `lost: read nothing, but ${floor.version} was stored`;
    }
    if (session?.key !== this.sid) return `stranger: read ${JSON.stringify(session?.key)}`;
    const { version } = session;
    if (!(version <= this.#issued)) return `stranger: read ${version}, which was never written`;
    if (version > floor.version || (version === floor.version && !floor.gone)) return undefined;
    return `stale: read ${version}, but ${nameOf(floor)} was acknowledged`;
  }

  /**
   * What is wrong with what another client finds when every operation has been called back.
   * @param {any} session or null
   */
  judgeEnd(session) {
    const possible = [this.#acknowledged, ...this.#unknown];
    const known = possible.map(nameOf).join(' or ');
    if (session === null) {
      if (possible.some(({ gone }) => gone) || this.#acknowledged.version <= this.#lost) return;
      return `lost: nothing is stored, but ${known} should be`;
    }
    if (session.key !== this.sid) return `stranger: ${JSON.stringify(session.key)} is stored`;
    if (possible.some(({ version, gone }) => !gone && version === session.version)) return;
    return `stale: ${session.version} is stored, but ${known} should be`;
  }
}

const LATEST = 100;

/** A session that is only counted up, by `access.update`: each update must count exactly once. */
class Counter {
  #acknowledged = 0;
  #doubtful = 0;
  /** The latest counts that were acknowledged: not all, a soak would grow by them. */
  #latest = new Set();

  /** @param {string} sid */
  constructor(sid) {
    this.sid = sid;
  }

  /** What is wrong with what an update gave. @param {any} session */
  acknowledge(session) {
    if (session === null) return 'lost: the counter is gone';
    if (session.key !== this.sid) return `stranger: updated ${JSON.stringify(session.key)}`;
    if (this.#latest.has(session.n)) return `stale: two updates counted to ${session.n}`;
    this.#acknowledged++;
    this.#latest.add(session.n);
    if (this.#latest.size > LATEST) this.#latest.delete(this.#latest.values().next().value);
    return undefined;
  }

  doubt() {
    this.#doubtful++;
  }

  /** @param {any} session or null */
  judgeEnd(session) {
    if (session?.key !== this.sid) return `lost: ${JSON.stringify(session?.key)} is the counter`;
    const least = this.#acknowledged;
    const most = least + this.#doubtful;
    if (session.n >= least && session.n <= most) return undefined;
    return `stale: counted to ${session.n}, should be ${least} to ${most}`;
  }
}

/** @param {Write} write */
const nameOf = ({ version, gone }) => (gone ? `destroy ${version}` : `set ${version}`);

module.exports = { Counter, Entry };
