'use strict';
// A touch of a session of which the request has changed nothing but the cookie: the stored cookie
// is replaced, and nothing else.

const { DONE, checkPatience, encode, readStored, remove, replace } = require('./compare-and-set');
const { monotonic } = require('./timers');

/** @typedef {import('./serializer').Stored} Stored */
/** @typedef {InstanceType<typeof import('./operations').Operations>} Operations */
/** @typedef {InstanceType<typeof import('./known-sessions').KnownSession>} KnownSession */

/**
 * @param {Operations} operations
 * @param {KnownSession} known
 * @param {any} session whose cookie is to be stored, as it is at the call
 * @param {number} left milliseconds, as of `since`
 * @param {number} since milliseconds since the epoch
 * @returns {Promise<'OK' | 'EXPIRED'>} 'EXPIRED': there is no such session any more
 */
async function storeCookie(operations, known, session, left, since) {
  const { sid, merging } = known;
  const begun = monotonic();
  const changed = known.newCookie(session.cookie);
  // As a save would store it, and a get read it.
  const mine = await operations.codec.decode(await encode(operations, session));
  /** @type {{ data: Stored } | null} */
  let found = merging ? { data: merging.stored } : await readStored(operations, sid);
  while (found !== null) {
    const data = await withCookie(operations, found.data, mine.cookie);
    if (data === null) break;
    const now = Date.now();
    const rest = left - (now - since);
    if (rest <= 0) {
      await remove(operations, sid);
      break;
    }
    const outcome = await replace(operations, sid, found.data, data, rest, false, now);
    if (outcome === DONE) {
      if (merging) {
        const isAll = merging.base === found.data;
        const base = isAll ? data : await withCookie(operations, merging.base, mine.cookie);
        Object.assign(merging, { base: base ?? merging.base, stored: data });
      }
      known.learn(changed);
      return 'OK';
    }
    checkPatience(operations, begun);
    found = outcome;
  }
  operations.throttle.forget(sid);
  return 'EXPIRED';
}

/**
 * @param {Operations} operations
 * @param {Stored} data of a session
 * @param {unknown} cookie
 * @returns {Promise<Stored | null>} of the same with that cookie; null: it is of no session
 */
async function withCookie(operations, data, cookie) {
  const session = await operations.codec.decode(data);
  if (session === null) return null;
  // A serializer may have frozen it.
  const isSet = Reflect.set(session, 'cookie', cookie);
  return encode(operations, isSet ? session : { ...session, cookie });
}

module.exports = { storeCookie };
