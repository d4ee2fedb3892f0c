'use strict';
// Checks the options of a store at construction and gives each its default.

const { boolean, fromDigits, integer, string, wrong } = require('./checks');
const { checkSerializer } = require('./serializer');
const { MAX_TIME_TO_LIVE } = require('./ttl');

/** @template T @typedef {import('./checks').Check<T>} Check */

const MAX_SCAN_COUNT = 100_000;

/** @type {Check<import('./ttl').Ttl>} */
function ttl(given, name) {
  const value = fromDigits(given);
  if (value === false) return value;
  if (typeof value === 'function') return /** @type {import('./ttl').Ttl} */ (value);
  if (typeof value === 'number' && value > 0 && value * 1000 <= MAX_TIME_TO_LIVE) return value;
  throw wrong(name, 'a number of seconds above 0, false, or a function that returns seconds');
}

/** @type {Check<number>} */
function seconds(given, name) {
  const value = fromDigits(given);
  if (typeof value === 'number' && value >= 0 && value * 1000 <= MAX_TIME_TO_LIVE) return value;
  throw wrong(name, 'a number of seconds, 0 or more');
}

/** @type {Record<string, Check<any>>} */
const sessionChecks = {
  prefix: string,
  ttl,
  disableTTL: boolean,
  disableTouch: boolean,
  touchAfter: seconds,
  scanCount: integer(1, MAX_SCAN_COUNT),
  concurrencyMerge: boolean,
  serializer: checkSerializer,
};

/** The names of the options that are about sessions, not about the connection. */
const SESSION_OPTIONS = Object.keys(sessionChecks);

/**
 * @typedef {object} SessionOptions
 * @property {string} prefix
 * @property {import('./ttl').Ttl} ttl
 * @property {boolean} disableTTL
 * @property {boolean} disableTouch
 * @property {number} touchAfter seconds
 * @property {number} scanCount
 * @property {boolean} concurrencyMerge
 * @property {import('..').Serializer | typeof JSON} serializer
 */

/** @type {SessionOptions} */
const SESSION_DEFAULTS = {
  prefix: 'sess:',
  ttl: 86_400,
  disableTTL: false,
  disableTouch: false,
  touchAfter: 0,
  scanCount: 100,
  concurrencyMerge: false,
  serializer: JSON,
};

/**
 * The options of a store, apart from those of its connection.
 *
 * @param {Record<string, unknown>} options
 * @returns {{ session: SessionOptions, connection: Record<string, unknown> }}
 */
function splitStoreOptions(options) {
  /** @type {Record<string, any>} */
  const session = { ...SESSION_DEFAULTS };
  /** @type {Record<string, unknown>} */
  const connection = Object.create(null);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (Object.hasOwn(sessionChecks, name)) {
      session[name] = sessionChecks[name](value, name);
    } else {
      connection[name] = value;
    }
  }
  return { session: /** @type {SessionOptions} */ (session), connection };
}

/**
 * The `count` of a scan.
 *
 * @param {unknown} count
 * @returns {number}
 */
function readCount(count) {
  return sessionChecks.scanCount(count, 'count');
}

module.exports = { SESSION_OPTIONS, readCount, splitStoreOptions };
