'use strict';
// Who is told how an operation ended: a callback, or a Promise. Exactly one settle each.

const { AsyncResource } = require('node:async_hooks');
const { debuglog } = require('node:util');
const { invalidArgument } = require('./errors');
const { nextTick } = require('./timers');

const debug = debuglog('connect-hiredis');

/**
 * How a result of the native binding becomes the result of an operation.
 *
 * @typedef {(target: Target, kind: number, number: number, value: any) => void} Complete
 */

/**
 * @typedef {object} Target
 * @property {Complete} complete set by the operation that takes a slot for the target
 * @property {any} context for `complete`
 * @property {string} sid of a get
 * @property {(error: unknown, result?: any) => void} settle
 * @property {Promise<any> | undefined} promise
 */

/** @type {Complete} */
function notStarted() {
  throw new Error('A result came for an operation that was never sent');
}

/**
 * Runs the callback in the async context of the call, as often as a batch of results has
 * callbacks: AsyncLocalStorage shows the caller's store.
 *
 * @implements {Target}
 */
class CallbackTarget extends AsyncResource {
  /** @param {(error: any, result?: any) => void} callback */
  constructor(callback) {
    super('CONNECT_HIREDIS');
    this.callback = callback;
    this.complete = notStarted;
    /** @type {any} */
    this.context = undefined;
    this.sid = '';
    /** @type {Promise<any> | undefined} */
    this.promise = undefined;
  }

  /**
   * @param {unknown} error
   * @param {any} [result]
   */
  settle(error, result) {
    if (error) this.runInAsyncScope(this.callback, undefined, error);
    else this.runInAsyncScope(this.callback, undefined, null, result);
  }
}

/** @implements {Target} */
class PromiseTarget {
  /** @param {(result: any) => any} [map] what the Promise gives for a result */
  constructor(map) {
    this.complete = notStarted;
    /** @type {any} */
    this.context = undefined;
    this.sid = '';
    this.map = map;
    /** @type {Promise<any>} */
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /**
   * @param {unknown} error
   * @param {any} [result]
   */
  settle(error, result) {
    if (error) /** @type {Function} */ (this.reject)(error);
    else /** @type {Function} */ (this.resolve)(this.map ? this.map(result) : result);
  }
}

/**
 * The target of a store's own method. Without a callback a Promise is returned that nobody has
 * to look at: express-session calls `destroy` without either, and a server that is away must
 * not end the process through an unhandled rejection.
 *
 * @param {unknown} callback
 * @returns {Target}
 */
function targetOf(callback) {
  if (typeof callback === 'function') return new CallbackTarget(/** @type {any} */ (callback));
  if (callback !== undefined && callback !== null) {
    throw invalidArgument('The callback must be a function');
  }
  const target = new PromiseTarget();
  target.promise.catch((error) => debug('an operation without a callback failed: %s', error));
  return target;
}

/**
 * For outcomes that are known before the call has returned: callbacks are always asynchronous.
 *
 * @param {Target} target
 * @param {unknown} error
 * @param {any} [result]
 */
function settleLater(target, error, result) {
  nextTick(settle, target, error, result);
}

/**
 * @param {Target} target
 * @param {unknown} error
 * @param {any} result
 */
function settle(target, error, result) {
  target.settle(error, result);
}

/**
 * A callback that throws must reach `uncaughtException`, not become the rejection of a Promise
 * that is none of the user's: so it is called outside of the Promise's reaction.
 *
 * @param {Target} target
 * @param {PromiseLike<any>} promise
 */
function settleFrom(target, promise) {
  promise.then(
    (result) => settleLater(target, null, result),
    (error) => settleLater(target, error),
  );
}

/**
 * For what a callback or a listener throws where it would become the rejection of a Promise that is
 * not the user's: it reaches `uncaughtException`, from a tick of its own.
 *
 * @param {unknown} error
 */
function throwLater(error) {
  nextTick(rethrow, error);
}

/** @param {unknown} error */
function rethrow(error) {
  throw error;
}

module.exports = { CallbackTarget, PromiseTarget, settleFrom, settleLater, targetOf, throwLater };
