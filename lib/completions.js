'use strict';
// What the binding's results mean to those who wait for an operation.

const { fromFailure } = require('./errors');
const { isThenable } = require('./serializer');
const { settleFrom } = require('./target');
const { showExpiry, showJsonExpiry } = require('./ttl');

/** @typedef {import('./target').Complete} Complete */
/** @typedef {import('./target').Target} Target */
/** @typedef {InstanceType<typeof import('./operations').Operations>} Operations */

/**
 * What a set or a touch has to know when its result comes.
 *
 * @typedef {object} Write
 * @property {Operations} operations
 * @property {string} sid
 * @property {InstanceType<typeof import('./known-sessions').KnownSession>} [known] of a set: the
 *   session, unless it is plain data
 * @property {InstanceType<typeof import('./cookie').CookieSnapshot>} [cookie] of a set: the
 *   session's, if it is a new one
 * @property {string | Buffer} [data] of a set in a store that merges: what is stored
 * @property {number} left milliseconds as of `since`; Infinity: for ever
 * @property {number} since
 */

/** @type {Complete} */
function completeGet(target, kind, left, value) {
  const operations = /** @type {Operations} */ (target.context);
  const { Result, codec } = operations;
  if (kind === Result.failure) {
    target.settle(fromFailure(value));
    return;
  }
  if (kind === Result.none) {
    target.settle(null, null);
    return;
  }
  let session;
  try {
    session = codec.decode(value);
    // What is left was counted by the server just before it came.
    const { arrived } = operations.receiver;
    if (codec.isJson) {
      finishJsonGet(operations, target.sid, session, left, arrived, value);
    } else if (isThenable(session)) {
      const { sid } = target;
      settleFrom(
        target,
        session.then((/** @type {any} */ parsed) =>
          finishGet(operations, sid, parsed, left, arrived, value),
        ),
      );
      return;
    } else {
      finishGet(operations, target.sid, session, left, arrived, value);
    }
  } catch (error) {
    target.settle(error);
    return;
  }
  target.settle(null, session);
}

/**
 * @param {Operations} operations
 * @param {string} sid
 * @param {any} session
 * @param {number} left milliseconds, as of `arrived`
 * @param {number} arrived
 * @param {string | Buffer} data
 */
function finishGet({ known, merges }, sid, session, left, arrived, data) {
  if (session === null) return session;
  showExpiry(session, left, arrived);
  known.read(session, sid, merges ? data : undefined);
  return session;
}

/**
 * As finishGet, of what JSON.parse gave. The hot path: V8 inlines it into its caller as long as all
 * of it is small.
 *
 * @param {Operations} operations
 * @param {string} sid
 * @param {any} session
 * @param {number} left
 * @param {number} arrived
 * @param {string | Buffer} data
 */
function finishJsonGet({ known, merges }, sid, session, left, arrived, data) {
  if (session === null) return;
  showJsonExpiry(session, left, arrived);
  known.readNew(session, sid, merges ? data : undefined);
}

/** @type {Complete} */
function completeSet(target, kind, stored, value) {
  const { operations, sid, known, cookie, data, left, since } = /** @type {Write} */ (
    target.context
  );
  if (kind === operations.Result.failure) {
    // It may have been carried out all the same.
    operations.throttle.forget(sid);
    target.settle(fromFailure(value));
    return;
  }
  if (stored === 0) {
    operations.throttle.forget(sid);
    target.settle(null, null);
    return;
  }
  operations.throttle.renewed(sid, left, since);
  // A request that stored a new session and saves it again later must not bring it back either.
  if (known !== undefined) known.learn(cookie, data);
  target.settle(null, 'OK');
}

/** @type {Complete} */
function completeTouch(target, kind, renewed, value) {
  const { operations, sid, left, since } = /** @type {Write} */ (target.context);
  if (kind === operations.Result.failure) {
    operations.throttle.forget(sid);
    target.settle(fromFailure(value));
    return;
  }
  if (renewed === 0) operations.throttle.forget(sid);
  else operations.throttle.renewed(sid, left, since);
  target.settle(null, renewed === 0 ? 'EXPIRED' : 'OK');
}

/** @type {Complete} */
function completeExpired(target, kind, removed, value) {
  const { Result } = /** @type {Operations} */ (target.context);
  if (kind === Result.failure) target.settle(fromFailure(value));
  else target.settle(null, 'EXPIRED');
}

/** @type {Complete} */
function completeDestroy(target, kind, removed, value) {
  const { operations, sid } = /** @type {Write} */ (target.context);
  // Now, not when it was sent: writes sent before have been answered since.
  operations.throttle.forget(sid);
  if (kind === operations.Result.failure) target.settle(fromFailure(value));
  else target.settle(null, removed);
}

/** @type {Complete} */
function completePlain(target, kind, count, value) {
  const { Result } = /** @type {Operations} */ (target.context);
  if (kind === Result.failure) target.settle(fromFailure(value));
  else target.settle(null, kind === Result.count ? count : value);
}

/**
 * Of an operation that was not taken.
 *
 * @param {Target} target
 * @param {number} kind
 * @param {import('../binding').Failure} failure
 */
function completeNow(target, kind, failure) {
  target.complete(target, kind, 0, failure);
}

module.exports = {
  completeDestroy,
  completeExpired,
  completeGet,
  completeNow,
  completePlain,
  completeSet,
  completeTouch,
};
