'use strict';
// A session's cookie as it was, to tell later whether a request has changed it: pure.

const { isDeepStrictEqual } = require('node:util');

/** How far two ages may differ and be the same: express-session derives them from the clock. */
const SAME_AGE = 1000;

/** Where a cookie has its expiry, which each touch moves, and what a snapshot has fields for. */
const NO_OTHERS = new Set([
  'expires',
  '_expires',
  'originalExpires',
  'originalMaxAge',
  'path',
  'domain',
  'httpOnly',
  'secure',
  'sameSite',
  'priority',
  'partitioned',
]);

/**
 * All that a cookie stores, but for its expiry. What express-session's Cookie stores has fields of
 * its own: every touch compares them.
 */
class CookieSnapshot {
  /**
   * @param {any} cookie
   * @param {boolean} isJson whether JSON is what stores it
   */
  constructor(cookie, isJson) {
    this.originalMaxAge = cookie.originalMaxAge;
    this.path = cookie.path;
    this.domain = cookie.domain;
    this.httpOnly = cookie.httpOnly;
    this.secure = cookie.secure;
    this.sameSite = cookie.sameSite;
    this.priority = cookie.priority;
    this.partitioned = cookie.partitioned;
    this.others = othersOf(cookie, isJson);
  }

  /**
   * @param {any} cookie
   * @param {boolean} isJson as above
   */
  isOf(cookie, isJson) {
    return (
      isSameAge(this.originalMaxAge, cookie.originalMaxAge) &&
      this.path === cookie.path &&
      this.domain === cookie.domain &&
      this.httpOnly === cookie.httpOnly &&
      this.secure === cookie.secure &&
      this.sameSite === cookie.sameSite &&
      this.priority === cookie.priority &&
      this.partitioned === cookie.partitioned &&
      isSame(this.others, othersOf(cookie, isJson))
    );
  }
}

/**
 * @param {unknown} one
 * @param {unknown} other
 */
function isSameAge(one, other) {
  if (typeof one === 'number' && typeof other === 'number') {
    return Object.is(one, other) || Math.abs(one - other) < SAME_AGE;
  }
  return (one ?? null) === (other ?? null);
}

/**
 * @param {object | undefined} one
 * @param {object | undefined} other
 */
function isSame(one, other) {
  return one === other || isDeepStrictEqual(one, other);
}

/**
 * @param {any} cookie
 * @param {boolean} isJson
 * @returns {Record<string, unknown> | undefined} undefined: none that are stored
 */
function othersOf(cookie, isJson) {
  // JSON stores what toJSON gives: that of a Cookie knows no others.
  if (isJson && typeof cookie.toJSON === 'function') return undefined;
  let others;
  for (const name of Object.keys(cookie)) {
    if (NO_OTHERS.has(name)) continue;
    others ??= Object.create(null);
    others[name] = cookie[name];
  }
  return others;
}

module.exports = { CookieSnapshot };
