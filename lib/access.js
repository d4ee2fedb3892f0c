'use strict';
// The store's operations as Promises.

const enumeration = require('./enumeration');
const { PromiseTarget } = require('./target');

/** @typedef {InstanceType<typeof import('./operations').Operations>} Operations */

/** @param {any} result */
const isOk = (result) => result === 'OK';
/** @param {number} count */
const isSome = (count) => count > 0;

class Access {
  #operations;
  #close;

  /**
   * @param {Operations} operations
   * @param {() => Promise<void>} close
   */
  constructor(operations, close) {
    this.#operations = operations;
    this.#close = close;
  }

  /**
   * @param {string} sid
   * @returns {Promise<any>} the session, or null
   */
  get(sid) {
    const target = new PromiseTarget();
    this.#operations.get(target, sid);
    return target.promise;
  }

  /**
   * @param {string} sid
   * @param {any} session
   * @returns {Promise<boolean>} false if it had expired, or was destroyed since it was loaded
   */
  set(sid, session) {
    const target = new PromiseTarget(isOk);
    this.#operations.set(target, sid, session);
    return target.promise;
  }

  /**
   * @param {string} sid
   * @param {any} session
   * @returns {Promise<boolean>} false if it is gone
   */
  touch(sid, session) {
    const target = new PromiseTarget(isOk);
    this.#operations.touch(target, sid, session);
    return target.promise;
  }

  /**
   * @param {string} sid
   * @returns {Promise<boolean>} false if there was none
   */
  destroy(sid) {
    const target = new PromiseTarget(isSome);
    this.#operations.destroy(target, sid);
    return target.promise;
  }

  /** @returns {Promise<number>} how many were removed */
  clear() {
    const target = new PromiseTarget();
    this.#operations.throttle.clear();
    this.#operations.run(target, (slot) => this.#operations.native.clear(slot));
    return target.promise;
  }

  /** @returns {Promise<number>} */
  length() {
    const target = new PromiseTarget();
    this.#operations.run(target, (slot) => this.#operations.native.count(slot));
    return target.promise;
  }

  /** @returns {Promise<string[]>} */
  ids() {
    return enumeration.ids(this.#operations);
  }

  /** @returns {Promise<any[]>} sessions, each with its id */
  all() {
    return enumeration.sessions(this.#operations);
  }

  /** @returns {Promise<void>} resolves when the last handle is closed */
  close() {
    return this.#close();
  }
}

module.exports = { Access };
