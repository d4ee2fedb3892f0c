'use strict';
// Checks every option at construction and gives each its default.

const { invalidArgument } = require('./errors');
const { checkSerializer } = require('./serializer');
const { MAX_TIME_TO_LIVE } = require('./ttl');
const { parseUrl } = require('./url');

/** @typedef {import('../binding').ConnectionOptions} NativeOptions */

/** Options of the contract that this version does not serve. */
const LATER = new Set([
  'cache',
  'tls',
  'clients',
  'sentinels',
  'name',
  'cluster',
  'credentials',
  'pingInterval',
]);

/** What names the server: the first with none of the others. @type {[string, string[]][]} */
const KINDS_OF_CONNECTION = [
  ['url', ['host', 'port', 'socket']],
  ['socket', ['host', 'port']],
];

const SYNONYMS = new Map([
  ['path', 'socket'],
  ['pass', 'password'],
  ['db', 'database'],
]);

const MAX_DELAY = 2 ** 31 - 1; // of libuv's and Node's timers alike
const MAX_PORT = 65_535;
// Bytes of sun_path on Linux, less the final NUL and one more: hiredis leaves the last one as
// malloc gave it.
const MAX_SOCKET_PATH = 106;
const MAX_SCAN_COUNT = 100_000;
const MAX_QUEUE = 10_000_000;
const MAX_DATABASE = 999_999_999;

/**
 * @template T
 * @typedef {(value: any, name: string) => T} Check throws a TypeError that names the option
 */

/**
 * @param {string} name
 * @param {string} expected
 */
function wrong(name, expected) {
  return invalidArgument(`The "${name}" option must be ${expected}`);
}

/** @type {Check<boolean>} */
function boolean(value, name) {
  if (typeof value !== 'boolean') throw wrong(name, 'true or false');
  return value;
}

/** @type {Check<string>} */
function string(value, name) {
  if (typeof value !== 'string') throw wrong(name, 'a string');
  if (!value.isWellFormed()) throw wrong(name, 'well-formed Unicode');
  return value;
}

/** @type {Check<string>} */
function filledString(value, name) {
  if (string(value, name) === '') throw wrong(name, 'a string that is not empty');
  return value;
}

/**
 * @param {number} min
 * @param {number} max
 * @returns {Check<number>}
 */
function integer(min, max) {
  return (value, name) => {
    if (!Number.isInteger(value) || value < min || value > max) {
      throw wrong(name, `a whole number from ${min} to ${max}`);
    }
    return value;
  };
}

/** @type {Check<string>} */
function socketPath(value, name) {
  filledString(value, name);
  if (value.includes('\0') || Buffer.byteLength(value) > MAX_SOCKET_PATH) {
    throw wrong(name, `a path of at most ${MAX_SOCKET_PATH} bytes`);
  }
  return value;
}

/** @type {Check<string>} */
function host(value, name) {
  filledString(value, name);
  if (value.includes('\0')) throw wrong(name, 'a name or an address');
  return value.replace(/^\[(.*)\]$/, '$1');
}

/** @type {Check<string>} */
function clientName(value, name) {
  if (value === false) return '';
  // Redis takes no spaces, line ends or other special characters in it.
  if (typeof value === 'string' && /^[!-~]+$/.test(value)) return value;
  throw wrong(name, 'false, or a string of printable ASCII without spaces');
}

/** @type {Check<number>} */
function queue(value, name) {
  return value === false ? 0 : integer(0, MAX_QUEUE)(value, name);
}

/** @type {Check<{ min: number, max: number }>} */
function backoff(value, name) {
  if (typeof value !== 'object' || value === null) throw wrong(name, 'an object');
  for (const key of Object.keys(value)) {
    if (key !== 'min' && key !== 'max') {
      throw invalidArgument(`Unknown option "${name}.${key}"`);
    }
  }
  const delay = integer(1, MAX_DELAY);
  const min = delay(value.min ?? Math.min(50, value.max ?? 50), `${name}.min`);
  const max = delay(value.max ?? Math.max(2000, min), `${name}.max`);
  if (max < min) throw wrong(`${name}.max`, `at least "${name}.min"`);
  return { min, max };
}

/** @type {Check<import('./ttl').Ttl>} */
function ttl(value, name) {
  if (value === false || typeof value === 'function') return value;
  if (typeof value === 'number' && value > 0 && value * 1000 <= MAX_TIME_TO_LIVE) return value;
  throw wrong(name, 'a number of seconds above 0, false, or a function that returns seconds');
}

/** @type {Check<number>} */
function seconds(value, name) {
  if (typeof value === 'number' && value >= 0 && value * 1000 <= MAX_TIME_TO_LIVE) return value;
  throw wrong(name, 'a number of seconds, 0 or more');
}

const delay = integer(1, MAX_DELAY);

/** @type {Record<string, Check<any>>} */
const connectionChecks = {
  host,
  port: integer(1, MAX_PORT),
  socket: socketPath,
  database: integer(0, MAX_DATABASE),
  username: string,
  password: string,
  clientName,
  connectTimeout: delay,
  commandTimeout: delay,
  queue,
  backoff,
  disconnectAfter: delay,
  unref: boolean,
};

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
  const connection = {};
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
 * The options of a client, checked and complete, as the native binding takes them.
 *
 * @param {unknown} input
 * @returns {NativeOptions}
 */
function readClientOptions(input) {
  const given = typeof input === 'string' || input instanceof URL ? { url: input } : (input ?? {});
  if (typeof given !== 'object') {
    throw invalidArgument('The options of a client must be an object or a URL');
  }
  const { options, names } = readNamedOptions(given);
  for (const [one, others] of KINDS_OF_CONNECTION) refuseTogether(names, one, others);
  if (options.url !== undefined) joinUrl(options);
  const commandTimeout = options.commandTimeout ?? 5000;
  return {
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 6379,
    socket: options.socket ?? '',
    username: options.username,
    password: options.password,
    database: options.database ?? 0,
    clientName: options.clientName ?? 'connect-hiredis',
    connectTimeout: options.connectTimeout ?? 10_000,
    commandTimeout,
    disconnectAfter: options.disconnectAfter ?? commandTimeout,
    backoffMin: options.backoff?.min ?? 50,
    backoffMax: options.backoff?.max ?? 2000,
    queue: options.queue ?? 10_000,
    keepAlive: !options.unref,
  };
}

/**
 * @param {object} given
 * @returns {{ options: Record<string, any>, names: Map<string, string> }} options by their
 *   canonical names, and for each the name by which it was given
 */
function readNamedOptions(given) {
  /** @type {Record<string, any>} */
  const options = {};
  const names = new Map();
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    refuseLater(name);
    const canonical = SYNONYMS.get(name) ?? name;
    if (names.has(canonical)) {
      throw invalidArgument(
        `The options "${names.get(canonical)}" and "${name}" mean the same: give one`,
      );
    }
    names.set(canonical, name);
    if (canonical === 'url') {
      if (typeof value !== 'string' && !(value instanceof URL)) {
        throw wrong('url', 'a string or a URL');
      }
      options.url = value;
    } else if (Object.hasOwn(connectionChecks, canonical)) {
      options[canonical] = connectionChecks[canonical](value, name);
    } else {
      throw invalidArgument(`Unknown option "${name}"`);
    }
  }
  return { options, names };
}

/** @param {Record<string, any>} options with `url`; gets what that says */
function joinUrl(options) {
  for (const [name, value] of Object.entries(parseUrl(options.url))) {
    if (Object.hasOwn(options, name)) {
      throw invalidArgument(`The "${name}" option is given twice: there is one in "url" too`);
    }
    options[name] = connectionChecks[name](value, `url (${name})`);
  }
}

/**
 * @param {Map<string, string>} names
 * @param {string} one
 * @param {string[]} others
 */
function refuseTogether(names, one, others) {
  const other = others.find((candidate) => names.has(candidate));
  if (names.has(one) && other) {
    throw invalidArgument(
      `The options "${names.get(one)}" and "${names.get(other)}" cannot be given together`,
    );
  }
}

/** @param {string} name of an option */
function refuseLater(name) {
  if (LATER.has(name)) {
    throw invalidArgument(`The "${name}" option is not supported by this version`);
  }
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

module.exports = { readCount, refuseLater, splitStoreOptions, readClientOptions };
