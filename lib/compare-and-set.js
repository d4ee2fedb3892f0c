'use strict';
// Writes that depend on what is stored: what they have in common, and `access.update`.

const { fromFailure, invalidArgument } = require('./errors');
const { copyOf, isSession, isThenable } = require('./serializer');
const { PromiseTarget } = require('./target');
const { monotonic } = require('./timers');
const { showExpiry, timeToLive, toMilliseconds } = require('./ttl');

/** @typedef {InstanceType<typeof import('./operations').Operations>} Operations */
/** @typedef {import('./serializer').Stored} Stored */

/**
 * What is stored instead of what was expected; null: nothing any more.
 *
 * @typedef {{ data: Stored, left: number } | null} Found
 */

/** A write that was done. */
const DONE = /** @type {const} */ ('done');

/**
 * @param {Operations} operations
 * @param {any} session
 * @returns {Promise<Stored>}
 */
async function encode({ codec }, session) {
  const encoded = codec.encode(session);
  return copyOf(isThenable(encoded) ? await encoded : encoded);
}

/**
 * @param {Operations} operations
 * @param {string} sid
 * @param {Stored} expected
 * @param {Stored} data
 * @param {number} left milliseconds, as of `since`
 * @param {boolean} once fail rather than do it twice
 * @param {number} [since] now, unless `left` was counted a moment before
 * @returns {Promise<typeof DONE | Found>}
 */
function replace(operations, sid, expected, data, left, once, since = Date.now()) {
  const target = new PromiseTarget();
  const { Result, throttle } = operations;
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
 * @param {Operations} operations
 * @param {string} sid of a session that has expired
 * @returns {Promise<unknown>}
 */
function remove(operations, sid) {
  const target = new PromiseTarget();
  operations.destroy(target, sid);
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
    showExpiry(session, found.left, Date.now());
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
      await remove(operations, sid);
      return null;
    }
    const outcome = await replace(operations, sid, found.data, data, rest, true);
    if (outcome === DONE) {
      if (changed === session) operations.known.read(changed, sid);
      return changed;
    }
    checkPatience(operations, since);
    found = outcome;
  }
  return null;
}

module.exports = { DONE, checkPatience, encode, readStored, remove, replace, update };
