'use strict';
// The store's operations on one session: from session to bytes and back. Each settles its target
// exactly once, never before it has returned.

const { fromFailure, invalidArgument, orError } = require('./errors');
const { createCodec, isThenable } = require('./serializer');
const { settleFrom, settleLater } = require('./target');
const { TouchThrottle } = require('./touch-throttle');
const { showExpiry, timeToLive } = require('./ttl');

/** @typedef {import('./target').Target} Target */
/** @typedef {import('./target').Complete} Complete */
/** @typedef {import('./options').SessionOptions} SessionOptions */

/**
 * @typedef {object} Backend what a client gives to a store
 * @property {import('../binding').Sessions} native
 * @property {InstanceType<typeof import('./receiver').Receiver>} receiver
 * @property {typeof import('../binding').Result} Result
 */

const TTL_FUNCTION = 'The function given as "ttl"';

/**
 * What a set or a touch has to know when its result comes.
 *
 * @typedef {object} Write
 * @property {Operations} operations
 * @property {string} sid
 * @property {any} [session] of a set
 * @property {number} left milliseconds; Infinity: for ever
 */

/**
 * @param {unknown} sid
 * @returns {Error | undefined} why it cannot be the id of a session
 */
function checkSid(sid) {
  if (typeof sid !== 'string') return invalidArgument('The session id must be a string');
  if (sid === '') return invalidArgument('The session id must not be empty');
  // Each of them would become U+FFFD: two ids, one key.
  if (!sid.isWellFormed()) return invalidArgument('The session id must be well-formed Unicode');
  return undefined;
}

/**
 * @param {number} left
 * @returns {number} as the binding takes it: whole, and 0 for ever
 */
function toMilliseconds(left) {
  return left === Infinity ? 0 : Math.max(1, Math.round(left));
}

class Operations {
  /**
   * @param {Backend} backend
   * @param {SessionOptions} options
   */
  constructor(backend, options) {
    this.native = backend.native;
    this.receiver = backend.receiver;
    this.Result = backend.Result;
    this.codec = createCodec(options.serializer);
    this.ttl = options.disableTTL ? /** @type {const} */ (false) : options.ttl;
    this.disableTouch = options.disableTouch;
    this.throttle = new TouchThrottle(options.touchAfter * 1000);
    /** Sessions that are in the store as far as their requests know. */
    this.loaded = new WeakSet();
  }

  /**
   * The request of `session` got it from the store: saving it must not bring it back if it is
   * destroyed meanwhile.
   *
   * @param {object} session
   */
  markLoaded(session) {
    this.loaded.add(session);
  }

  /**
   * @param {Target} target gets the session, or null
   * @param {string} sid
   */
  get(target, sid) {
    if (this.#refuse(target, sid)) return;
    const slot = this.#reserve(target, completeGet, this);
    this.#sent(target, slot, this.native.get(slot, sid));
  }

  /**
   * @param {Target} target gets 'OK'; a count if the session has expired; null if it was
   *   destroyed since it was loaded
   * @param {string} sid
   * @param {any} session
   */
  set(target, sid, session) {
    if (this.#refuse(target, sid)) return;
    const since = Date.now();
    let left;
    try {
      left = timeToLive(this.ttl, session, sid, since);
    } catch (error) {
      settleLater(target, orError(error, TTL_FUNCTION));
      return;
    }
    if (typeof left === 'number') {
      this.#encode(target, sid, session, left, since);
      return;
    }
    left.then(
      (known) => this.#encode(target, sid, session, known, since),
      (error) => settleLater(target, orError(error, TTL_FUNCTION)),
    );
  }

  /**
   * @param {Target} target gets 'OK', or 'EXPIRED' if there is no such session
   * @param {string} sid
   * @param {any} session
   */
  touch(target, sid, session) {
    if (this.#refuse(target, sid)) return;
    const since = Date.now();
    let left;
    try {
      left = this.disableTouch ? Infinity : timeToLive(this.ttl, session, sid, since);
    } catch (error) {
      settleLater(target, orError(error, TTL_FUNCTION));
      return;
    }
    if (typeof left === 'number') {
      this.#renew(target, sid, left, since);
      return;
    }
    left.then(
      (known) => this.#renew(target, sid, known, since),
      (error) => settleLater(target, orError(error, TTL_FUNCTION)),
    );
  }

  /**
   * @param {Target} target gets the number of keys removed
   * @param {string} sid
   */
  destroy(target, sid) {
    if (this.#refuse(target, sid)) return;
    this.throttle.forget(sid);
    this.run(target, (slot) => this.native.destroy(slot, sid));
  }

  /**
   * An operation whose result is a count or a batch, given as it is.
   *
   * @param {Target} target
   * @param {(slot: number) => import('../binding').Failure | undefined} send
   */
  run(target, send) {
    const slot = this.#reserve(target, completePlain, this);
    this.#sent(target, slot, send(slot));
  }

  /**
   * @param {Target} target
   * @param {string} sid
   * @param {any} session
   * @param {number} left milliseconds, as of `since`
   * @param {number} since
   */
  #encode(target, sid, session, left, since) {
    if (left <= 0) {
      this.destroy(target, sid);
      return;
    }
    let data;
    try {
      data = this.codec.encode(session);
    } catch (error) {
      settleLater(target, error);
      return;
    }
    if (!isThenable(data)) {
      this.#store(target, sid, session, data, left);
      return;
    }
    data.then(
      // While it was turned into bytes, the session's time went on.
      (/** @type {any} */ encoded) =>
        this.#store(target, sid, session, encoded, left - (Date.now() - since)),
      (/** @type {unknown} */ error) => settleLater(target, error),
    );
  }

  /**
   * @param {Target} target
   * @param {string} sid
   * @param {any} session
   * @param {string | Uint8Array} data
   * @param {number} left
   */
  #store(target, sid, session, data, left) {
    if (left <= 0) {
      this.destroy(target, sid);
      return;
    }
    const slot = this.#reserve(target, completeSet, { operations: this, sid, session, left });
    const mustExist = this.loaded.has(session);
    this.#sent(target, slot, this.native.set(slot, sid, data, toMilliseconds(left), mustExist));
  }

  /**
   * @param {Target} target
   * @param {string} sid
   * @param {number} left
   * @param {number} since
   */
  #renew(target, sid, left, since) {
    if (left === Infinity || this.throttle.covers(sid, left, since)) {
      settleLater(target, null, 'OK');
    } else if (left <= 0) {
      this.throttle.forget(sid);
      const slot = this.#reserve(target, completeExpired, this);
      this.#sent(target, slot, this.native.destroy(slot, sid));
    } else {
      const slot = this.#reserve(target, completeTouch, { operations: this, sid, left });
      this.#sent(target, slot, this.native.touch(slot, sid, toMilliseconds(left)));
    }
  }

  /**
   * @param {Target} target
   * @param {unknown} sid
   */
  #refuse(target, sid) {
    const error = checkSid(sid);
    if (error) settleLater(target, error);
    return error !== undefined;
  }

  /**
   * @param {Target} target
   * @param {Complete} complete
   * @param {any} context
   */
  #reserve(target, complete, context) {
    target.complete = complete;
    target.context = context;
    return this.receiver.reserve(target);
  }

  /**
   * @param {Target} target
   * @param {number} slot
   * @param {import('../binding').Failure | undefined} failure
   */
  #sent(target, slot, failure) {
    if (failure === undefined) return;
    this.receiver.release(slot);
    settleLater(target, fromFailure(failure));
  }
}

// ---- What results of the binding mean ----

/** @type {Complete} */
function completeGet(target, kind, left, value) {
  const { Result, codec } = /** @type {Operations} */ (target.context);
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
    if (isThenable(session)) {
      settleFrom(
        target,
        session.then((/** @type {any} */ parsed) => show(parsed, left)),
      );
      return;
    }
    show(session, left);
  } catch (error) {
    target.settle(error);
    return;
  }
  target.settle(null, session);
}

/**
 * @param {any} session
 * @param {number} left
 */
function show(session, left) {
  if (session !== null) showExpiry(session, left, Date.now());
  return session;
}

/** @type {Complete} */
function completeSet(target, kind, stored, value) {
  const { operations, sid, session, left } = /** @type {Write} */ (target.context);
  if (kind === operations.Result.failure) {
    target.settle(fromFailure(value));
    return;
  }
  if (stored === 0) {
    operations.throttle.forget(sid);
    target.settle(null, null);
    return;
  }
  operations.throttle.renewed(sid, left, Date.now());
  // A request that stored a new session and saves it again later must not bring it back either.
  if (session.req?.session === session) operations.markLoaded(session);
  target.settle(null, 'OK');
}

/** @type {Complete} */
function completeTouch(target, kind, renewed, value) {
  const { operations, sid, left } = /** @type {Write} */ (target.context);
  if (kind === operations.Result.failure) {
    target.settle(fromFailure(value));
    return;
  }
  if (renewed === 0) operations.throttle.forget(sid);
  else operations.throttle.renewed(sid, left, Date.now());
  target.settle(null, renewed === 0 ? 'EXPIRED' : 'OK');
}

/** @type {Complete} */
function completeExpired(target, kind, removed, value) {
  const { Result } = /** @type {Operations} */ (target.context);
  if (kind === Result.failure) target.settle(fromFailure(value));
  else target.settle(null, 'EXPIRED');
}

/** @type {Complete} */
function completePlain(target, kind, count, value) {
  const { Result } = /** @type {Operations} */ (target.context);
  if (kind === Result.failure) target.settle(fromFailure(value));
  else target.settle(null, kind === Result.count ? count : value);
}

module.exports = { Operations };
