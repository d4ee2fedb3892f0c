'use strict';

// The session that the benchmarks store, and the ids it is stored under.

const crypto = require('node:crypto');

const DAY = 86_400_000;

/** What the session weighs as JSON: the figure that the results are quoted with. */
const SESSION_BYTES = 336;

/**
 * A realistic session: a cookie as express-session writes it, and a logged-in user.
 * @returns {Record<string, any>}
 */
function makeSession() {
  return {
    cookie: {
      originalMaxAge: DAY,
      expires: new Date(Date.now() + DAY).toISOString(),
      secure: true,
      httpOnly: true,
      path: '/',
      sameSite: 'lax',
    },
    user: {
      id: 48213,
      name: 'Ada Lovelace',
      email: 'ada.l@example.org',
      roles: ['editor', 'author'],
    },
    csrf: crypto.randomBytes(18).toString('base64url'),
    views: 1842,
    lastPage: '/projects/analytical-engine/notes',
    flash: [],
  };
}

/** 24 characters that tell one child's ids from another's. */
function makeIdPrefix() {
  return crypto.randomBytes(18).toString('base64url');
}

/**
 * Ids as long as express-session's own, 32 characters. Joined strings are ropes inside V8; these
 * are flat, as an id from a cookie is.
 * @param {string} prefix from makeIdPrefix
 * @param {number} count
 * @returns {string[]}
 */
function makeIds(prefix, count) {
  return Array.from({ length: count }, (_, index) =>
    Buffer.from(prefix + String(index).padStart(8, '0')).toString('latin1'),
  );
}

module.exports = { SESSION_BYTES, makeSession, makeIdPrefix, makeIds };
