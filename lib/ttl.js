'use strict';
// How long a session is to live: pure, without a clock of its own.

const { invalidArgument } = require('./errors');
const { readJsonDate } = require('./json-date');
const { isThenable } = require('./serializer');

/** The longest that Redis and JavaScript's Date both can take, in milliseconds. */
const MAX_TIME_TO_LIVE = 8.64e15;

/**
 * @typedef {number | false | PromiseLike<number | false>} Seconds
 * @typedef {number | false | ((session: any, sid: string) => Seconds)} Ttl
 */

/**
 * Milliseconds that a session has left to live, as a whole number.
 *
 * @param {Ttl} ttl the store's option: seconds, a function that decides alone, or false
 * @param {any} session
 * @param {string} sid
 * @param {number} now milliseconds since the epoch
 * @returns {number | Promise<number>} 0 or less: it has expired; Infinity: it never does; a
 *   Promise if the function gave one
 * @throws {TypeError} if what the function returned is no time
 */
function timeToLive(ttl, session, sid, now) {
  if (typeof ttl === 'function') {
    const seconds = ttl(session, sid);
    return isThenable(seconds)
      ? Promise.resolve(seconds).then(fromFunction)
      : fromFunction(/** @type {number | false} */ (seconds));
  }
  if (ttl === false) return Infinity;
  const cookie = session?.cookie;
  const expires = cookie?.[expiryOf(cookie)];
  if (expires === undefined || expires === null || expires === false) return fromSeconds(ttl);
  const left = timeOf(expires) - now;
  // JSON makes null of an invalid Date: the cookie has no expiry. express-session has reported it.
  return Number.isNaN(left) ? fromSeconds(ttl) : left;
}

/**
 * @param {any} expires a Date, or what one can be made of
 * @returns {number} milliseconds since the epoch; NaN if it is no time
 */
function timeOf(expires) {
  if (expires instanceof Date) return expires.getTime();
  const time = typeof expires === 'string' ? readJsonDate(expires) : NaN;
  return Number.isNaN(time) ? new Date(expires).getTime() : time;
}

/**
 * The name under which a cookie has its expiry. express-session's Cookie keeps it under another
 * than it shows; serializers that do not go by toJSON store that one.
 *
 * @param {any} cookie
 */
function expiryOf(cookie) {
  return cookie?.expires === undefined && cookie?._expires !== undefined ? '_expires' : 'expires';
}

/** @param {number | false} seconds */
function fromFunction(seconds) {
  if (seconds === false || seconds === Infinity) return Infinity;
  if (typeof seconds !== 'number' || Number.isNaN(seconds)) {
    throw invalidArgument('The function given as "ttl" must return seconds or false');
  }
  return fromSeconds(Math.min(seconds, MAX_TIME_TO_LIVE / 1000));
}

/** @param {number} seconds */
function fromSeconds(seconds) {
  const milliseconds = Math.round(seconds * 1000);
  return seconds > 0 ? Math.max(1, milliseconds) : milliseconds;
}

/**
 * @param {number} left above 0
 * @returns {number} as the binding takes it: whole, and 0 for ever
 */
function toMilliseconds(left) {
  return left === Infinity ? 0 : Math.max(1, left);
}

/**
 * Gives a session that was read the expiry which its key really has: touches renew the key, but
 * not what is stored in it.
 *
 * A cookie without `expires` lasts as long as the browser does, whatever the key's time to live:
 * it is left alone.
 *
 * @param {any} session changed in place
 * @param {number} left the key's time to live in milliseconds; -1: it has none
 * @param {number} now milliseconds since the epoch
 */
function showExpiry(session, left, now) {
  const cookie = session.cookie;
  if (typeof cookie !== 'object' || cookie === null) return;
  const name = expiryOf(cookie);
  const expires = cookie[name];
  if (expires === undefined || expires === null || expires === false) return;
  const originalMaxAge = cookie.originalMaxAge;
  const shown = left >= 0 ? new Date(now + left) : endlessExpiry(expires, originalMaxAge, now);
  // What a serializer has frozen stays as it is.
  Reflect.set(cookie, name, shown);
  // express-session's Cookie, if a serializer made one, derives it from each new `expires`.
  if (cookie.originalMaxAge !== originalMaxAge) cookie.originalMaxAge = originalMaxAge;
}

/**
 * The same for what JSON.parse gave, nothing of which is frozen or more than data.
 *
 * @param {any} session changed in place
 * @param {number} left
 * @param {number} now
 */
function showJsonExpiry(session, left, now) {
  const { cookie } = session;
  // Nearly every `get` comes this way: Reflect.set would cost more than the rest of this.
  if (left >= 0 && typeof cookie?.expires === 'string') cookie.expires = new Date(now + left);
  else showExpiry(session, left, now);
}

/**
 * The expiry to show where the key lives for ever: the cookie's own. Where that has passed, the next
 * save would destroy a live session: it begins anew.
 *
 * @param {any} expires as stored
 * @param {any} originalMaxAge
 * @param {number} now
 * @returns {Date | null} null: it is no date, which is none
 */
function endlessExpiry(expires, originalMaxAge, now) {
  const time = timeOf(expires);
  if (!(time > now) && Number.isFinite(originalMaxAge)) return new Date(now + originalMaxAge);
  return Number.isNaN(time) ? null : new Date(time);
}

module.exports = { timeToLive, showExpiry, showJsonExpiry, toMilliseconds, MAX_TIME_TO_LIVE };
