'use strict';
// Writes that depend on what is stored: `access.update`, and saving with `concurrencyMerge`.

const { fromFailure, invalidArgument } = require('./errors');
const { mergeSessions } = require('./merge');
const { isSession, isThenable } = require('./serializer');
const { PromiseTarget } = require('./target');
const { monotonic } = require('./timers');
const { showExpiry, timeToLive, toMilliseconds } = require('./ttl');

/** @typedef {InstanceType<typeof import('./operations').Operations>} Operations */
/** @typedef {string | Buffer} Stored the bytes of a session, as the binding gives them */

/**
 * What is stored instead of what was expected; null: nothing any more.
 *
 * @typedef {{ data: Stored, left: number } | null} Found
 */

/**
 * What a request knows of its session.
 *
 * @typedef {object} Knowledge
 * @property {Stored} base the session as the request has seen it: loaded, or saved by itself
 * @property {Stored} stored what was stored then: more than base, if another's changes were
 *   merged in when the request saved
 */

/** A write that was done. */
const DONE = Symbol('done');

/**
 * Serializers may use the same Buffer again: what is kept for later has to be a copy.
 *
 * @param {string | Uint8Array} data
 * @returns {Stored}
 */
function copy(data) {
  return typeof data === 'string' ? data : Buffer.from(data);
}

/**
 * @param {Operations} operations
 * @param {any} session
 * @returns {Promise<Stored>}
 */
async function encode({ codec }, session) {
  const encoded = codec.encode(session);
  return copy(isThenable(encoded) ? await encoded : encoded);
}

/**
 * @param {Operations} operations
 * @param {string} sid
 * @param {Stored} expected
 * @param {Stored} data
 * @param {number} left milliseconds
 * @param {boolean} once fail rather than do it twice
 * @returns {Promise<typeof DONE | Found>}
 */
function replace(operations, sid, expected, data, left, once) {
  const target = new PromiseTarget();
  const { Result, throttle } = operations;
  const since = Date.now();
  throttle.forget(sid);
  operations.send(
    'replace',
    target,
    (_, kind, number, value) => {
      if (kind === Result.failure) target.settle(fromFailure(value));
      else if (kind === Result.value) target.settle(null, { data: value, left: number });
      else if (number === 0) target.settle(null, null);
      else {
        throttle.renewed(sid, left, since);
        target.settle(null, DONE);
      }
    },
    (slot) => operations.native.replace(slot, sid, expected, data, toMilliseconds(left), once),
  );
  return target.promise;
}

/**
 * @param {Operations} operations
 * @param {string} sid
 * @returns {Promise<Found>}
 */
function readStored(operations, sid) {
  const target = new PromiseTarget();
  const { Result } = operations;
  operations.send(
    'get',
    target,
    (_, kind, left, value) => {
      if (kind === Result.failure) target.settle(fromFailure(value));
      else target.settle(null, kind === Result.none ? null : { data: value, left });
    },
    (slot) => operations.native.get(slot, sid),
  );
  return target.promise;
}

/**
 * Others changed the session between each reading and writing, for as long as one command may
 * take: no answer in time, like any other.
 *
 * @param {Operations} operations
 * @param {number} since by monotonic()
 */
function checkPatience(operations, since) {
  if (monotonic() - since < operations.commandTimeout) return;
  throw fromFailure({
    code: 'ERR_REDIS_TIMEOUT',
    message: `Others changed the session faster than it could be written, for ${operations.commandTimeout} ms`,
  });
}

/**
 * Reads, changes and writes a session, again if somebody else wrote it meanwhile.
 *
 * @param {Operations} operations
 * @param {string} sid
 * @param {(session: any) => any} change gets the session; gives the one to store, a Promise of
 *   it, or undefined if it changed the one it got
 * @returns {Promise<any>} the session as stored, or null if there is none
 */
async function update(operations, sid, change) {
  if (typeof change !== 'function') {
    throw invalidArgument('update() must be given a function that changes the session');
  }
  operations.checkSid(sid);
  const since = monotonic();
  let found = await readStored(operations, sid);
  while (found !== null) {
    const session = await operations.codec.decode(found.data);
    if (session === null) return null;
    showExpiry(session, found.left, Date.now(), operations.codec.isJson);
    const given = await change(session);
    const changed = given === undefined ? session : given;
    if (!isSession(changed)) {
      throw invalidArgument(
        'What the function given to update() gives must be an object, or undefined',
      );
    }
    const now = Date.now();
    const left = await timeToLive(operations.ttl, changed, sid, now);
    const data = await encode(operations, changed);
    const rest = left - (Date.now() - now);
    if (rest <= 0) {
      const target = new PromiseTarget();
      operations.destroy(target, sid);
      await target.promise;
      return null;
    }
    const outcome = await replace(operations, sid, found.data, data, rest, true);
    if (outcome === DONE) return changed;
    checkPatience(operations, since);
    found = outcome;
  }
  return null;
}

/** Saves what requests changed, not what they have. */
class Merging {
  /** @type {WeakMap<object, Stored>} what each session was read from */
  #read = new WeakMap();
  /** @type {WeakMap<object, Knowledge>} of each session that belongs to a request */
  #known = new WeakMap();

  /**
   * @param {any} session as read
   * @param {Stored} data
   */
  remember(session, data) {
    if (typeof session === 'object' && session !== null) this.#read.set(session, data);
  }

  /**
   * `session` is the request's, made from what was read.
   *
   * @param {object} session
   * @param {object} data what was read
   */
  adopt(session, data) {
    const bytes = this.#read.get(data);
    if (bytes !== undefined) this.know(session, bytes);
  }

  /**
   * `data` is what is stored, and all that the request of `session` knows.
   *
   * @param {object} session
   * @param {Stored} data
   */
  know(session, data) {
    const known = copy(data);
    this.#known.set(session, { base: known, stored: known });
  }

  /** @param {object} session */
  knows(session) {
    return this.#known.has(session);
  }

  /**
   * @param {Operations} operations
   * @param {string} sid
   * @param {any} session that this knows
   * @param {string | Uint8Array} saved what the request would store
   * @param {number} left milliseconds
   * @returns {Promise<'OK' | null>} null: it was destroyed meanwhile
   */
  async save(operations, sid, session, saved, left) {
    const since = monotonic();
    const mine = copy(saved);
    const known = /** @type {Knowledge} */ (this.#known.get(session));
    let expected = known.stored;
    // Nobody interfered so far: what the request has is all there is.
    let data = known.base === known.stored ? mine : await merged(operations, known, mine, expected);
    for (;;) {
      const rest = Math.max(1, left - Math.floor(monotonic() - since));
      const outcome = await replace(operations, sid, expected, data, rest, false);
      if (outcome === null) return null;
      if (outcome === DONE) {
        this.#known.set(session, { base: mine, stored: data });
        return 'OK';
      }
      checkPatience(operations, since);
      expected = outcome.data;
      data = await merged(operations, known, mine, expected);
    }
  }
}

/**
 * @param {Operations} operations
 * @param {Knowledge} known
 * @param {Stored} mine
 * @param {Stored} theirs
 * @returns {Promise<Stored>}
 */
async function merged(operations, known, mine, theirs) {
  // Read back from bytes, all three have the same form: what a Date became when it was stored
  // is no change.
  const [base, changed, current] = await Promise.all(
    [known.base, mine, theirs].map(async (data) => operations.codec.decode(data)),
  );
  return encode(operations, mergeSessions(base ?? {}, changed ?? {}, current ?? {}));
}

module.exports = { update, Merging };
