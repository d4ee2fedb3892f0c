'use strict';
// What the binding's results mean to those who wait for an operation.

const { fromFailure } = require('./errors');
const { isThenable } = require('./serializer');
const { settleFrom } = require('./target');
const { showExpiry } = require('./ttl');

/** @typedef {import('./target').Complete} Complete */
/** @typedef {InstanceType<typeof import('./operations').Operations>} Operations */
/** @typedef {InstanceType<typeof import('./compare-and-set').Merging>} Merging */

/**
 * What a set or a touch has to know when its result comes.
 *
 * @typedef {object} Write
 * @property {Operations} operations
 * @property {string} sid
 * @property {any} [session] of a set
 * @property {string | Buffer} [data] of a set in a store that merges: what is stored
 * @property {number} left milliseconds as of `since`; Infinity: for ever
 * @property {number} since
 */

/** @type {Complete} */
function completeGet(target, kind, left, value) {
  const { Result, codec, merging, receiver } = /** @type {Operations} */ (target.context);
  if (kind === Result.failure) {
    target.settle(fromFailure(value));
    return;
  }
  if (kind === Result.none) {
    target.settle(null, null);
    return;
  }
  // What is left was counted by the server just before it came.
  const { arrived } = receiver;
  let session;
  try {
    session = codec.decode(value);
    if (!codec.isJson && isThenable(session)) {
      settleFrom(
        target,
        session.then((/** @type {any} */ parsed) =>
          finishGet(parsed, left, arrived, merging, value, false),
        ),
      );
      return;
    }
    finishGet(session, left, arrived, merging, value, codec.isJson);
  } catch (error) {
    target.settle(error);
    return;
  }
  target.settle(null, session);
}

/**
 * @param {any} session
 * @param {number} left milliseconds, as of `arrived`
 * @param {number} arrived
 * @param {Merging | undefined} merging
 * @param {string | Buffer} data
 * @param {boolean} isJson
 */
function finishGet(session, left, arrived, merging, data, isJson) {
  if (session !== null) showExpiry(session, left, arrived, isJson);
  merging?.remember(session, data);
  return session;
}

/** @type {Complete} */
function completeSet(target, kind, stored, value) {
  const { operations, sid, session, left, since, data } = /** @type {Write} */ (target.context);
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
  if (session?.req?.session === session) {
    operations.loaded.add(session);
    operations.merging?.know(session, /** @type {string | Buffer} */ (data));
  }
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

module.exports = {
  completeDestroy,
  completeExpired,
  completeGet,
  completePlain,
  completeSet,
  completeTouch,
};
