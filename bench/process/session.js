'use strict';

// The session that the benchmarks store, and the ids it is stored under.

const crypto = require('node:crypto');

const DAY = 86_400_000;

/** What the session weighs as JSON: the figure that the results are quoted with. */
const SESSION_BYTES = 336;

/** Sessions that one subject goes round. */
const SESSIONS = 1024;

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

/**
 * A session of a certain weight: a cookie, and a basket that takes the rest.
 * @param {number} bytes at least 200; it comes out within some bytes of it
 * @param {boolean} [plainAscii] false: some of the letters take two bytes
 * @returns {Record<string, any>}
 */
function makeSessionOf(bytes, plainAscii = true) {
  const { cookie, csrf } = makeSession();
  const basket = [];
  /** @type {Record<string, any>} */
  const session = { cookie, csrf, note: '' };
  const name = plainAscii ? 'A book on engines' : 'Ein Buch über Öfen';
  const item = { article: 100_000, name, price: 19.9, tags: ['books', 'used'], left: true };
  const weigh = () => Buffer.byteLength(JSON.stringify(session));
  const each = Buffer.byteLength(JSON.stringify(item)) + 1;
  const room = bytes - weigh() - '"basket":[],'.length;
  for (let count = Math.floor(room / each); count > 0; count--) {
    basket.push({ ...item, article: 100_000 + basket.length, tags: [...item.tags] });
  }
  if (basket.length > 0) session.basket = basket;
  session.note = 'n'.repeat(Math.max(0, bytes - weigh()));
  return session;
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

module.exports = {
  DAY,
  SESSION_BYTES,
  SESSIONS,
  makeSession,
  makeSessionOf,
  makeIdPrefix,
  makeIds,
};
