'use strict';
// The store's operations as Promises.

const { update } = require('./compare-and-set');
const enumeration = require('./enumeration');
const { kInside, keepInside } = require('./inside');
const { readCount } = require('./options');
const { PromiseTarget } = require('./target');

/** @typedef {InstanceType<typeof import('./operations').Operations>} Operations */

/** @param {any} result */
const isOk = (result) => result === 'OK';
/** @param {number} count */
const isSome = (count) => count > 0;
/** @param {number} left milliseconds, or below 0 what Redis means by it */
const toSeconds = (left) => (left < 0 ? left : Math.ceil(left / 1000));

/**
 * @param {Operations} operations
 * @param {string} name
 * @param {string} sid
 * @param {(count: number) => any} map
 * @param {(slot: number) => import('../binding').Failure | undefined} send
 */
async function ask(operations, name, sid, map, send) {
  operations.checkSid(sid);
  const target = new PromiseTarget(map);
  operations.run(name, target, send);
  return target.promise;
}

/** @param {any} access @returns {{ operations: Operations, close: () => Promise<void> }} */
const inside = (access) => access[kInside]();

class Access {
  /**
   * @param {Operations} operations
   * @param {() => Promise<void>} close
   */
  constructor(operations, close) {
    keepInside(this, { operations, close });
  }

  /**
   * @param {string} sid
   * @returns {Promise<any>} the session, or null
   */
  get(sid) {
    const target = new PromiseTarget();
    inside(this).operations.get(target, sid);
    return target.promise;
  }

  /**
   * @param {string} sid
   * @param {any} session
   * @returns {Promise<boolean>} false if it had expired, or was destroyed since it was loaded
   */
  set(sid, session) {
    const target = new PromiseTarget(isOk);
    inside(this).operations.set(target, sid, session);
    return target.promise;
  }

  /**
   * @param {string} sid
   * @param {any} session
   * @returns {Promise<boolean>} false if it is gone
   */
  touch(sid, session) {
    const target = new PromiseTarget(isOk);
    inside(this).operations.touch(target, sid, session);
    return target.promise;
  }

  /**
   * @param {string} sid
   * @returns {Promise<boolean>} false if there was none
   */
  destroy(sid) {
    const target = new PromiseTarget(isSome);
    inside(this).operations.destroy(target, sid);
    return target.promise;
  }

  /**
   * Changes a session atomically: when somebody else wrote it meanwhile, `change` is called
   * again with what is stored now.
   *
   * @param {string} sid
   * @param {(session: any) => any} change gets the session; gives the one to store, a Promise
   *   of it, or undefined if it changed the one it got
   * @returns {Promise<any>} the session as stored; null if there is none
   */
  update(sid, change) {
    return update(inside(this).operations, sid, change);
  }

  /**
   * Reads several sessions: in two round trips, the first of which asks for their lengths; in more
   * if they are long, or there are thousands.
   *
   * @param {string[]} sids
   * @returns {Promise<any[]>} for each id its session, or null
   */
  getMany(sids) {
    return enumeration.getMany(inside(this).operations, sids);
  }

  /**
   * @param {string} sid
   * @returns {Promise<boolean>}
   */
  exists(sid) {
    const { operations } = inside(this);
    return ask(operations, 'exists', sid, isSome, (slot) => operations.native.exists(slot, sid));
  }

  /**
   * @param {string} sid
   * @returns {Promise<number>} seconds; -1: it never expires, -2: there is no such session
   */
  ttl(sid) {
    const { operations } = inside(this);
    return ask(operations, 'ttl', sid, toSeconds, (slot) => operations.native.timeLeft(slot, sid));
  }

  /**
   * Walks over all sessions, each with its id; never holds more than one batch.
   *
   * @param {{ count?: number }} [options] `count`: the most keys of a batch; default: scanCount
   * @returns {AsyncGenerator<any, void>}
   */
  scan({ count } = {}) {
    return enumeration.scan(
      inside(this).operations,
      count === undefined ? count : readCount(count),
    );
  }

  /** @returns {Promise<number>} how many were removed */
  clear() {
    const { operations } = inside(this);
    const target = new PromiseTarget((removed) => {
      operations.throttle.clear();
      return removed;
    });
    operations.run('clear', target, (slot) => operations.native.clear(slot));
    return target.promise;
  }

  /** @returns {Promise<number>} */
  length() {
    const { operations } = inside(this);
    const target = new PromiseTarget();
    operations.run('length', target, (slot) => operations.native.count(slot));
    return target.promise;
  }

  /** @returns {Promise<string[]>} */
  ids() {
    return enumeration.ids(inside(this).operations);
  }

  /** @returns {Promise<any[]>} sessions, each with its id */
  all() {
    return enumeration.sessions(inside(this).operations);
  }

  /** @returns {Promise<void>} resolves when the last handle is closed */
  close() {
    return inside(this).close();
  }
}

module.exports = { Access };
