'use strict';
// A connection to one server.

const { EventEmitter } = require('node:events');
const { debuglog } = require('node:util');
const { readClientOptions } = require('./client-options');
const { readCredentials } = require('./credentials');
const { publishEvent } = require('./diagnostics');
const { fromFailure, withCause, withClient } = require('./errors');
const { isHeard } = require('./heard');
const { kInside, keepInside, shareListeners } = require('./inside');
const { addon } = require('./native');
const { Receiver } = require('./receiver');
const { clearTimeout, monotonic, setTimeout } = require('./timers');

const debug = debuglog('connect-hiredis');

/**
 * The key of the method by which a store reaches the operations of a client. The same in every
 * copy of the package: a client is used with the addon that made it.
 */
const kOpenSessions = Symbol.for('connect-hiredis.openSessions');

/** The key of the method by which a client becomes one of several: of this copy of the package. */
const kJoin = Symbol('connect-hiredis.join');

/** What is behind a client. */
class Connection {
  /** @type {(() => unknown) | undefined} */
  #credentials;
  /** When credentials were asked for, while there is no answer. @type {number | undefined} */
  #askedAt;
  /** Those for which nobody waited when they came. @type {unknown} */
  #unused;
  /** Why there were none, last time. @type {unknown} */
  #refusal;
  /** Whether a warning has said that there is no connection, or there was one. */
  #warned = false;
  /** @type {(() => void) | undefined} */
  #onClosed;

  /**
   * @param {Client} owner
   * @param {ReturnType<typeof readClientOptions>} options
   */
  constructor(owner, options) {
    this.owner = owner;
    this.options = options;
    this.receiver = new Receiver((name, failure) => this.#onEvent(name, failure));
    /** The last error that an event told, or would have told. @type {Error | undefined} */
    this.lastError = undefined;
    /** Whether it has been said that it is away. */
    this.outage = false;
    /** @type {(() => import('..').RedundancyStats) | undefined} */
    this.report = undefined;
    /** @type {Promise<void>} */
    this.closed = new Promise((resolve) => {
      this.#onClosed = resolve;
    });
    this.#credentials = options.credentials;
    const { Client: NativeClient } = addon();
    this.native = new NativeClient(options, this.receiver);
  }

  /**
   * @param {string} name
   * @param {import('../binding').Failure} [failure]
   */
  #onEvent(name, failure) {
    if (name === 'credentials') {
      this.#provideCredentials();
      return;
    }
    debug('%s%s', name, failure ? `: ${failure.message}` : '');
    publishEvent(this.owner, name, failure?.code);
    if (name === 'close') this.#onClosed?.();
    if (name === 'disconnect') this.outage = true;
    if (name === 'ready') {
      this.outage = false;
      this.#warned = true;
    }
    if (!failure) {
      this.owner.emit(name);
      return;
    }
    const error = fromFailure(failure);
    if (error.code === 'ERR_REDIS_CREDENTIALS' && this.#refusal) withCause(error, this.#refusal);
    this.lastError = error;
    if (!this.#warned && !isHeard(this.owner)) this.#warn(error);
    // An error event without a listener would end the process.
    if (this.owner.listenerCount('error') > 0) {
      this.owner.emit('error', withClient(error, this.owner));
    }
  }

  /** @param {Error} error */
  #warn(error) {
    this.#warned = true;
    process.emitWarning(
      `connect-hiredis has no connection to Redis at ${placeOf(this.options)}, and goes on trying: ` +
        `${error.message.replace(/\.+$/, '')}\n` +
        "To hear of such errors write client.on('error', …) or store.on('error', …)",
      { code: 'CONNECT_HIREDIS_NO_LISTENER' },
    );
  }

  // One call at a time, unless it takes twice as long as a connection may: the answer to a slow
  // one serves whoever waits by then.
  async #provideCredentials() {
    const now = monotonic();
    if (this.#askedAt !== undefined && now - this.#askedAt < 2 * this.options.connectTimeout) {
      return;
    }
    this.#askedAt = now;
    try {
      const given = this.#unused ?? (await /** @type {() => unknown} */ (this.#credentials)());
      this.#unused = undefined;
      const { username, password, lifetime } = readCredentials(given, Date.now());
      this.#askedAt = undefined;
      const used = this.native.provideCredentials(username, password, lifetime);
      if (!used) this.#unused = given;
    } catch (error) {
      // Another call may do better.
      if (this.#askedAt !== now) return;
      this.#askedAt = undefined;
      this.#refusal = error;
      this.native.refuseCredentials('The function given as "credentials" failed');
    }
  }
}

/** @param {any} client @returns {Connection} */
const inside = (client) => client[kInside]();

/** Connects, and reconnects, by itself. */
class Client extends EventEmitter {
  /** @param {ReturnType<typeof readClientOptions>} options */
  constructor(options) {
    super();
    // As many stores as one likes may listen.
    this.setMaxListeners(0);
    keepInside(this, new Connection(this, options));
  }

  /** `resolving`, `connecting`, `handshaking`, `ready`, `backoff`, `closing` or `closed`. */
  get state() {
    return inside(this).native.state;
  }

  /**
   * Waits for the connection. Nobody has to call it: connecting starts by itself, and goes on when
   * this has failed.
   *
   * @returns {Promise<this>} resolves with the client when it is ready
   * @throws {Error} ERR_REDIS_TIMEOUT after `connectTimeout`, with what kept it as its cause;
   *   ERR_REDIS_CLOSED if the client is closed
   */
  async connect() {
    if (this.state === 'ready') return this;
    if (this.state === 'closing' || this.state === 'closed') throw closedError();
    const { options } = inside(this);
    await new Promise((resolve, reject) => {
      const settle = (/** @type {Function} */ how, /** @type {unknown} */ result) => {
        clearTimeout(timer);
        this.off('ready', onReady).off('close', onClose);
        how(result);
      };
      const onReady = () => settle(resolve, undefined);
      const onClose = () => settle(reject, closedError());
      const timer = setTimeout(
        () => settle(reject, connectError(options, inside(this).lastError)),
        options.connectTimeout,
      );
      this.on('ready', onReady).on('close', onClose);
    });
    return this;
  }

  /** As node-redis and ioredis call it. @deprecated write close() */
  quit() {
    return this.close();
  }

  /** As node-redis and ioredis call it. @deprecated write close() */
  disconnect() {
    return this.close();
  }

  /**
   * Ends the connection after the commands in flight; those that wait for a connection fail with
   * ERR_REDIS_CLOSED.
   *
   * @returns {Promise<void>} resolves when the last handle is closed
   */
  close() {
    inside(this).native.close();
    return inside(this).closed;
  }

  /** Lets the connection keep the process alive: the default. */
  ref() {
    inside(this).native.keepAlive(true);
    return this;
  }

  /** Lets the process end while the connection is idle. */
  unref() {
    inside(this).native.keepAlive(false);
    return this;
  }

  /**
   * What the client has done since it was made, and what it is doing.
   *
   * @returns {import('..').ClientStats}
   */
  stats() {
    const { connections, ...numbers } = inside(this).native.stats();
    const stats = { state: this.state, ...numbers, reconnections: Math.max(0, connections - 1) };
    const { report } = inside(this);
    return report ? { ...stats, redundancy: report() } : stats;
  }

  /**
   * @param {string} prefix
   * @param {number} scanCount
   * @param {number} decoding
   */
  [kOpenSessions](prefix, scanCount, decoding) {
    const connection = inside(this);
    const { Enumeration, Result, Sessions } = addon();
    return {
      client: this,
      outage: connection.outage,
      native: new Sessions(connection.native, prefix, scanCount, decoding, false),
      Enumeration,
      receiver: connection.receiver,
      Result,
      commandTimeout: connection.options.commandTimeout,
    };
  }

  /**
   * For those who use several clients as one.
   *
   * @param {(() => import('..').RedundancyStats) | undefined} report what they say of this one;
   *   undefined: nothing any more
   */
  [kJoin](report) {
    const connection = inside(this);
    connection.report = report;
    return connection;
  }
}

shareListeners(Client.prototype);

function closedError() {
  return fromFailure({ code: 'ERR_REDIS_CLOSED', message: 'The client is closed' });
}

/**
 * @param {ReturnType<typeof readClientOptions>} options
 * @param {(Error & { address?: string }) | undefined} cause
 */
function connectError(options, cause) {
  // A cause that is the system's has the address in its own message.
  const redis = cause?.address ? 'Redis' : `Redis at ${placeOf(options)}`;
  const message = `There was no connection to ${redis} for ${options.connectTimeout} ms`;
  return fromFailure({ code: 'ERR_REDIS_TIMEOUT', message, cause: /** @type {any} */ (cause) });
}

/** @param {ReturnType<typeof readClientOptions>} options */
function placeOf({ socket, host, port }) {
  return socket || `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/**
 * Makes a client, which begins to connect by itself.
 *
 * @param {import('..').ClientOptions | string | URL} [url] a URL, or the options alone; default:
 *   127.0.0.1:6379
 * @param {import('..').ClientOptions} [options] beside a URL; they win over what it says
 * @throws {TypeError} that names the option that is wrong
 */
function createClient(url, options) {
  return new Client(readClientOptions(url, options));
}

/**
 * Whether `value` is a client of this package, of whatever copy of it.
 *
 * @param {any} value
 * @returns {value is Client}
 */
function isClient(value) {
  return typeof value?.[kOpenSessions] === 'function';
}

module.exports = { Client, createClient, isClient, kJoin, kOpenSessions };
