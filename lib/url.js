'use strict';
// Reads connection URLs: redis://user:pass@host:port/db and unix:/path?db=2.

const { invalidArgument } = require('./errors');

/** Schemes of the contract that this version does not serve. */
const LATER = new Map([
  ['rediss:', 'TLS'],
  ['valkeys:', 'TLS'],
  ['redis+sentinel:', 'Sentinel'],
  ['redis+cluster:', 'Cluster'],
]);

/** Those that have a meaning of their own in a URL. */
const ESCAPES =
  'if the user name or the password has one of # / ? % @ : in it, write encodeURIComponent(password)';

/**
 * @typedef {object} UrlOptions
 * @property {string} [host]
 * @property {number} [port]
 * @property {string} [socket]
 * @property {string} [username]
 * @property {string} [password]
 * @property {number} [database]
 */

const SCHEMES = ['redis:', 'valkey:', 'unix:'];

/**
 * @param {string | URL} input
 * @returns {UrlOptions} only what the URL says
 * @throws {TypeError} whose message never holds the URL: there may be a password in it
 */
function parseUrl(input) {
  const text = String(input);
  let url;
  try {
    url = new URL(text);
  } catch {
    refuseWithoutScheme(text);
    throw invalidArgument(
      'The "url" option is not a valid URL; expected something like ' +
        `redis://user:pass@host:6379/0; ${ESCAPES}`,
    );
  }
  const later = LATER.get(url.protocol);
  if (!later && !SCHEMES.includes(url.protocol)) refuseWithoutScheme(text);
  // An unescaped # in a password, most likely.
  if (url.hash !== '') throw invalidArgument(`The "url" option has a #; ${ESCAPES}`);
  if (later) {
    throw invalidArgument(
      `The "url" option's scheme ${url.protocol} (${later}) is not supported by this version: ` +
        'give the "client" option a client of node-redis or ioredis that speaks it',
    );
  }
  if (url.protocol === 'redis:' || url.protocol === 'valkey:') return parseTcp(url);
  if (url.protocol === 'unix:') return parseUnix(url);
  throw invalidArgument(
    `The "url" option's scheme ${url.protocol} is unknown; expected redis:, valkey: or unix:`,
  );
}

/**
 * What new URL() calls invalid, or takes for another scheme, such as "localhost:6379".
 *
 * @param {string} text
 */
function refuseWithoutScheme(text) {
  let line;
  if (text.trim() === '') line = 'is empty: is the environment variable set?';
  else if (/^\s*["']/.test(text)) line = 'begins with a quotation mark: leave the marks out';
  else if (/^\s*\//.test(text)) line = 'has no scheme: write unix: before the path of a socket';
  else if (!/^\s*([a-z][a-z\d+.-]*:\/\/|(redis|valkey)s?:|unix:)/i.test(text)) {
    line = 'has no scheme: write redis:// before the host';
  } else return;
  throw invalidArgument(`The "url" option ${line}`);
}

/** @param {URL} url */
function parseTcp(url) {
  if (url.host === '' && !url.href.startsWith(`${url.protocol}//`)) {
    throw invalidArgument(`The "url" option has no // after ${url.protocol}`);
  }
  /** @type {UrlOptions} */
  const options = credentials(url);
  // Brackets belong to the URL, not to the IPv6 address.
  const host = decode(url.hostname).replace(/^\[(.*)\]$/, '$1');
  if (host !== '') options.host = host;
  if (url.port !== '') options.port = Number(url.port);
  const path = url.pathname.replace(/^\//, '');
  if (path !== '') options.database = parseDatabase(path, 'path');
  readQuery(url, options);
  return options;
}

/** @param {URL} url */
function parseUnix(url) {
  /** @type {UrlOptions} */
  const options = credentials(url);
  if (url.hostname !== '' && url.hostname !== 'localhost') {
    throw invalidArgument(
      'The "url" option names a host before the path of its socket; write unix:/path or unix:///path',
    );
  }
  options.socket = decode(url.pathname);
  if (options.socket === '') {
    throw invalidArgument('The "url" option has no path; expected something like unix:/path');
  }
  readQuery(url, options);
  return options;
}

/** @param {URL} url */
function credentials(url) {
  /** @type {UrlOptions} */
  const options = {};
  if (url.username !== '') options.username = decode(url.username);
  if (url.password !== '') options.password = decode(url.password);
  return options;
}

/**
 * @param {URL} url
 * @param {UrlOptions} options
 */
function readQuery(url, options) {
  for (const [name, value] of url.searchParams) {
    if (name !== 'db' && name !== 'database') {
      // Not named: an unescaped ? in a password looks like one.
      throw invalidArgument(`The "url" option's query has a parameter other than db; ${ESCAPES}`);
    }
    if (options.database !== undefined) {
      throw invalidArgument('The "url" option names a database twice');
    }
    options.database = parseDatabase(value, 'query');
  }
}

/**
 * @param {string} text
 * @param {string} where
 */
function parseDatabase(text, where) {
  if (!/^\d{1,9}$/.test(text)) {
    throw invalidArgument(
      `The "url" option's ${where} must be the number of a database; ${ESCAPES}`,
    );
  }
  return Number(text);
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    const digits = /%(?![\da-f]{2})/i.test(text);
    throw invalidArgument(
      digits
        ? 'The "url" option has a % that is not followed by two hexadecimal digits; write %25 for it'
        : 'The "url" option has percent-encoded bytes that are no UTF-8',
    );
  }
}

module.exports = { parseUrl };
