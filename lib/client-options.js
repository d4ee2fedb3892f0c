'use strict';
// Checks the options of a client at construction and gives each its default.

const { boolean, filledString, integer, string, wrong } = require('./checks');
const { invalidArgument } = require('./errors');
const hints = require('./option-hints');
const { SESSION_OPTIONS } = require('./options');
const { parseUrl } = require('./url');
const { version } = require('../package.json');

/** @template T @typedef {import('./checks').Check<T>} Check */
/** @typedef {import('../binding').ConnectionOptions} NativeOptions */

/** Options that do not go together: the first with none of the others. @type {[string, string[]][]} */
const EXCLUSIVE = [
  ['url', ['host', 'port', 'socket']],
  ['socket', ['host', 'port']],
  ['credentials', ['username', 'password']],
];

const SYNONYMS = new Map([
  ['path', 'socket'],
  ['pass', 'password'],
  ['db', 'database'],
]);

/** Electron and NW.js wait for libuv's sockets in a loop, or a thread, of their own. */
const WAITS_IN_LOOP = !('electron' in process.versions || 'nw' in process.versions);
const MAX_DELAY = 2 ** 31 - 1; // of libuv's and Node's timers alike
const MAX_PORT = 65_535;
// Bytes of sun_path on Linux, less the final NUL and one more: hiredis leaves the last one as
// malloc gave it.
const MAX_SOCKET_PATH = 106;
const MAX_QUEUE = 10_000_000;
const MAX_QUEUE_BYTES = 2 ** 40;
/** Bounds on the commands that wait for a connection. */
const QUEUE = { commands: 10_000, bytes: 64 * 2 ** 20 };
const MAX_DATABASE = 999_999_999;

const delay = integer(1, MAX_DELAY, 'a whole number of milliseconds');
const delayOrFalse = integer(1, MAX_DELAY, 'false, or a whole number of milliseconds');
const queueLength = integer(0, MAX_QUEUE);

/** @type {Check<string>} */
function socketPath(value, name) {
  if (typeof value === 'object' && value !== null) {
    throw wrong(
      name,
      'tls' in value
        ? `the path of a unix socket, and this version has no TLS: ${hints.OTHER_CLIENT}`
        : 'the path of a unix socket; for TCP write host and port, without socket',
    );
  }
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
  if (value.includes('://')) throw wrong(name, 'a name or an address; for a URL write url');
  return value.replace(/^\[(.*)\]$/, '$1');
}

/** @type {Check<string>} */
function clientName(value, name) {
  if (value === false) return '';
  // Redis takes no spaces, line ends or other special characters in it.
  if (typeof value === 'string' && /^[!-~]+$/.test(value)) return value;
  throw wrong(name, 'false, or a string of printable ASCII without spaces');
}

/** @type {Check<{ commands: number, bytes: number }>} */
function queue(value, name) {
  if (value === false) return { ...QUEUE, commands: 0 };
  if (typeof value === 'number' || typeof value === 'string') {
    return { ...QUEUE, commands: queueLength(value, name) };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(name, 'false, a number of commands, or { commands, bytes }');
  }
  onlyKnown(value, name, ['commands', 'bytes']);
  return {
    commands: queueLength(value.commands ?? QUEUE.commands, `${name}.commands`),
    bytes: integer(1, MAX_QUEUE_BYTES)(value.bytes ?? QUEUE.bytes, `${name}.bytes`),
  };
}

/** @type {Check<number>} */
function pingInterval(value, name) {
  return value === false ? 0 : delayOrFalse(value, name);
}

/** @type {Check<() => unknown>} */
function credentials(value, name) {
  if (typeof value !== 'function') throw wrong(name, 'a function that returns credentials');
  return value;
}

/**
 * @param {object} value of the option `name`
 * @param {string} name
 * @param {string[]} known what it may have
 */
function onlyKnown(value, name, known) {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const meant = hints.nearest(unknown, known);
  throw invalidArgument(
    `Unknown option "${name}.${unknown}"` +
      (meant ? `. Did you mean "${name}.${meant}"?` : `: it takes ${known.join(' and ')}`),
  );
}

/** @type {Check<{ min: number, max: number }>} */
function backoff(value, name) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(name, 'an object, in milliseconds: { min: 50, max: 2000 }');
  }
  onlyKnown(value, name, ['min', 'max']);
  const given = value.max == null ? undefined : delay(value.max, `${name}.max`);
  const min = delay(value.min ?? Math.min(50, given ?? 50), `${name}.min`);
  const max = given ?? Math.max(2000, min);
  if (max < min) throw wrong(`${name}.max`, `at least "${name}.min"`);
  return { min, max };
}

/** @type {Record<string, Check<any>>} */
const connectionChecks = {
  host,
  port: integer(1, MAX_PORT),
  socket: socketPath,
  database: integer(0, MAX_DATABASE),
  username: string,
  password: string,
  credentials,
  clientName,
  connectTimeout: delay,
  commandTimeout: delay,
  queue,
  backoff,
  disconnectAfter: delay,
  pingInterval,
  unref: boolean,
};

/** All names that a client's option may have. */
const CLIENT_OPTIONS = ['url', ...Object.keys(connectionChecks), ...SYNONYMS.keys()];

/**
 * The options of a client, checked and complete, as the native binding takes them.
 *
 * @param {unknown} input options or a URL
 * @param {unknown} [more] options beside a URL, which win over what it says
 * @returns {NativeOptions & { credentials?: () => unknown }}
 * @throws {TypeError} that names the option
 */
function readClientOptions(input, more) {
  const { options, names } = readNamedOptions(joinArguments(input, more));
  for (const [one, others] of EXCLUSIVE) refuseTogether(names, one, others);
  if (options.url !== undefined) joinUrl(options, names);
  const commandTimeout = options.commandTimeout ?? 5000;
  const waiting = options.queue ?? QUEUE;
  return {
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 6379,
    socket: options.socket ?? '',
    username: options.username,
    password: options.password,
    credentials: options.credentials,
    asksCredentials: options.credentials !== undefined,
    database: options.database ?? 0,
    clientName: options.clientName ?? 'connect-hiredis',
    libraryVersion: options.clientName === '' ? '' : version,
    connectTimeout: options.connectTimeout ?? 10_000,
    commandTimeout,
    disconnectAfter: options.disconnectAfter ?? commandTimeout,
    backoffMin: options.backoff?.min ?? 50,
    backoffMax: options.backoff?.max ?? 2000,
    pingInterval: options.pingInterval ?? 0,
    queueCommands: waiting.commands,
    queueBytes: waiting.bytes,
    keepAlive: !options.unref,
    waitsInLoop: WAITS_IN_LOOP,
  };
}

/**
 * @param {any} input
 * @param {any} more
 * @returns {object}
 */
function joinArguments(input, more = {}) {
  const isUrl = typeof input === 'string' || input instanceof URL;
  const given = isUrl ? { url: input } : input === undefined ? {} : input;
  for (const each of [given, more]) hints.refuseNoOptions(each);
  if (!isUrl && Object.keys(given).length > 0 && Object.keys(more).length > 0) {
    throw invalidArgument(
      'createClient() takes one object: write createClient(options) or createClient(url, options)',
    );
  }
  if (isUrl && /** @type {any} */ (more).url !== undefined) {
    throw invalidArgument('The "url" option is given beside a URL: give one');
  }
  return { ...given, ...more };
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
    hints.refuseLater(name);
    if (name === 'client' || name === 'clients') {
      throw invalidArgument(`The "${name}" option is one of RedisStore: a client has one server`);
    }
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
    } else if (SESSION_OPTIONS.includes(name)) {
      throw invalidArgument(
        `The "${name}" option is one of RedisStore: write new RedisStore({ client, ${name} })`,
      );
    } else {
      throw hints.unknownOption(name, CLIENT_OPTIONS, SESSION_OPTIONS);
    }
  }
  return { options, names };
}

/**
 * @param {Record<string, any>} options with `url`; gets what that says and no option says
 * @param {Map<string, string>} names
 */
function joinUrl(options, names) {
  for (const [name, value] of Object.entries(parseUrl(options.url))) {
    if (Object.hasOwn(options, name)) continue;
    if (names.has('credentials') && (name === 'username' || name === 'password')) {
      throw invalidArgument('The "credentials" option is given, and "url" has some too: give one');
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

module.exports = { CLIENT_OPTIONS, readClientOptions };
