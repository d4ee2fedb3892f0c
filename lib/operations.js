'use strict';
// The store's operations on one session: from session to bytes and back. Each settles its target
// exactly once, never before it has returned.

const { checkSession, checkSid } = require('./arguments');
const { storeCookie } = require('./cookie-change');
const {
  completeDestroy,
  completeExpired,
  completeGet,
  completeNow,
  completePlain,
  completeSet,
  completeTouch,
} = require('./completions');
const { commands, observe } = require('./diagnostics');
const { orError } = require('./errors');
const { KnownSessions } = require('./known-sessions');
const { saveMerged } = require('./merging');
const { createCodec, isThenable } = require('./serializer');
const { settleFrom, settleLater } = require('./target');
const { nextTick } = require('./timers');
const { TouchThrottle } = require('./touch-throttle');
const { timeToLive, toMilliseconds } = require('./ttl');

/** @typedef {import('./target').Target} Target */
/** @typedef {import('./target').Complete} Complete */
/** @typedef {import('./options').SessionOptions} SessionOptions */

/**
 * @typedef {object} Backend what a client gives to a store
 * @property {object} client
 * @property {boolean} outage whether the client has said so
 * @property {import('../binding').Sessions} native
 * @property {typeof import('../binding').Enumeration} Enumeration
 * @property {InstanceType<typeof import('./receiver').Receiver>} receiver
 * @property {typeof import('../binding').Result} Result
 * @property {number} commandTimeout milliseconds
 */

const TTL_FUNCTION = 'The function given as "ttl"';

class Operations {
  /**
   * @param {Backend} backend
   * @param {SessionOptions} options
   * @param {(error: Error) => void} report takes what no caller is told
   */
  constructor(backend, options, report) {
    this.report = report;
    this.client = backend.client;
    this.native = backend.native;
    this.Enumeration = backend.Enumeration;
    this.receiver = backend.receiver;
    this.Result = backend.Result;
    this.commandTimeout = backend.commandTimeout;
    this.codec = createCodec(options.serializer);
    this.scanCount = options.scanCount;
    this.ttl = options.disableTTL ? /** @type {const} */ (false) : options.ttl;
    this.disableTouch = options.disableTouch;
    this.throttle = new TouchThrottle(options.touchAfter * 1000);
    this.merges = options.concurrencyMerge;
    this.known = new KnownSessions(this.codec.isJson);
  }

  /**
   * @param {Target} target gets the session, or null
   * @param {string} sid
   */
  get(target, sid) {
    if (this.#refuse(target, sid)) return;
    target.sid = sid;
    const slot = this.#reserve('get', target, completeGet, this);
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
    this.#withTimeToLive(this.#encode, target, sid, session);
  }

  /**
   * @param {Target} target gets 'OK', or 'EXPIRED' if there is no such session
   * @param {string} sid
   * @param {any} session
   */
  touch(target, sid, session) {
    if (this.#refuse(target, sid)) return;
    if (this.disableTouch) {
      settleLater(target, checkSession(session), 'OK');
      return;
    }
    this.#withTimeToLive(this.#renew, target, sid, session);
  }

  /**
   * @param {Target} target gets the number of keys removed
   * @param {string} sid
   */
  destroy(target, sid) {
    if (this.#refuse(target, sid)) return;
    const slot = this.#reserve('destroy', target, completeDestroy, { operations: this, sid });
    this.#sent(target, slot, this.native.destroy(slot, sid));
  }

  /**
   * Anything else that the binding can do.
   *
   * @param {string} name
   * @param {Target} target
   * @param {Complete} complete
   * @param {(slot: number) => import('../binding').Failure | undefined} send
   */
  send(name, target, complete, send) {
    const slot = this.#reserve(name, target, complete, this);
    this.#sent(target, slot, send(slot));
  }

  /**
   * An operation whose result is a count or a batch, given as it is.
   *
   * @param {string} name
   * @param {Target} target
   * @param {(slot: number) => import('../binding').Failure | undefined} send
   */
  run(name, target, send) {
    this.send(name, target, completePlain, send);
  }

  /**
   * @param {unknown} sid
   * @throws {TypeError} if it cannot be the id of a session
   */
  checkSid(sid) {
    const error = checkSid(sid);
    if (error) throw error;
  }

  /**
   * @param {(target: Target, sid: string, session: any, left: number, since: number) => void} proceed
   *   a method of this: as such it costs the hot path no closure
   * @param {Target} target
   * @param {string} sid
   * @param {any} session
   */
  #withTimeToLive(proceed, target, sid, session) {
    const since = Date.now();
    let left;
    try {
      const refusal = checkSession(session);
      if (refusal) throw refusal;
      left = timeToLive(this.ttl, session, sid, since);
    } catch (error) {
      settleLater(target, orError(error, TTL_FUNCTION));
      return;
    }
    if (typeof left === 'number') {
      proceed.call(this, target, sid, session, left, since);
      return;
    }
    left.then(
      (known) => proceed.call(this, target, sid, session, known, since),
      (error) => settleLater(target, orError(error, TTL_FUNCTION)),
    );
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
    let data, known, cookie;
    try {
      data = this.codec.encode(session);
      known = this.known.obtain(session, sid);
      cookie = known?.newCookie(session.cookie);
    } catch (error) {
      settleLater(target, orError(error, 'Reading the session'));
      return;
    }
    /** @type {import('./completions').Write} */
    const write = { operations: this, sid, known, cookie, data: undefined, left, since };
    if (!isThenable(data)) {
      this.#store(target, write, data);
      return;
    }
    data.then(
      // While it was turned into bytes, the session's time went on.
      (/** @type {any} */ encoded) => {
        write.since = Date.now();
        write.left = left - (write.since - since);
        this.#store(target, write, encoded);
      },
      (/** @type {unknown} */ error) => settleLater(target, error),
    );
  }

  /**
   * @param {Target} target
   * @param {import('./completions').Write} write
   * @param {string | Buffer} data
   */
  #store(target, write, data) {
    const { sid, known, left } = write;
    if (left <= 0) {
      this.destroy(target, sid);
      return;
    }
    if (known?.merging !== undefined) {
      settleFrom(target, saveMerged(this, write, data));
      return;
    }
    // Bytes that nobody is going to compare need not outlive their way into the command.
    if (this.merges && known !== undefined) write.data = data;
    const slot = this.#reserve('set', target, completeSet, write);
    const mustExist = known !== undefined && known.exists;
    this.#sent(target, slot, this.native.set(slot, sid, data, toMilliseconds(left), mustExist));
  }

  /**
   * @param {Target} target
   * @param {string} sid
   * @param {any} session
   * @param {number} left
   * @param {number} since
   */
  #renew(target, sid, session, left, since) {
    const changed = this.known.withNewCookie(session, sid);
    if (changed !== undefined && left > 0) {
      settleFrom(target, storeCookie(this, changed, session, left, since));
    } else if (this.throttle.covers(sid, left, since)) {
      settleLater(target, null, 'OK');
    } else if (left <= 0) {
      this.throttle.forget(sid);
      const slot = this.#reserve('touch', target, completeExpired, this);
      this.#sent(target, slot, this.native.destroy(slot, sid));
    } else {
      const slot = this.#reserve('touch', target, completeTouch, {
        operations: this,
        sid,
        left,
        since,
      });
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
   * @param {string} name of the operation
   * @param {Target} target
   * @param {Complete} complete
   * @param {any} context
   */
  #reserve(name, target, complete, context) {
    target.complete = complete;
    target.context = context;
    if (commands.hasSubscribers) observe(target, name, this.client);
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
    nextTick(completeNow, target, this.Result.failure, failure);
  }
}

module.exports = { Operations };
