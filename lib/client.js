'use strict';
// A connection to one server.

const { EventEmitter } = require('node:events');
const { debuglog } = require('node:util');
const { readClientOptions } = require('./client-options');
const { readCredentials } = require('./credentials');
const { publishEvent } = require('./diagnostics');
const { fromFailure, withClient } = require('./errors');
const native = require('./native');
const { Receiver } = require('./receiver');

const debug = debuglog('connect-hiredis');

/**
 * The key of the method by which a store reaches the operations of a client. The same in every
 * copy of the package: a client is used with the addon that made it.
 */
const kOpenSessions = Symbol.for('connect-hiredis.openSessions');

/** The key of the method by which a client becomes one of several: of this copy of the package. */
const kJoin = Symbol('connect-hiredis.join');

/** Connects, and reconnects, by itself. */
class Client extends EventEmitter {
  #receiver = new Receiver((name, failure) => this.#onEvent(name, failure));
  #native;
  #options;
  /** @type {(() => unknown) | undefined} */
  #credentials;
  /** When credentials were asked for, while there is no answer. @type {number | undefined} */
  #askedAt;
  /** Those for which nobody waited when they came. @type {unknown} */
  #unused;
  /** Why there were none, last time. @type {unknown} */
  #refusal;
  #outage = false;
  /** @type {(() => import('..').RedundancyStats) | undefined} */
  #report;
  /** @type {Promise<void>} */
  #closed;
  /** @type {(() => void) | undefined} */
  #onClosed;

  /** @param {ReturnType<typeof readClientOptions>} options */
  constructor(options) {
    super();
    this.#closed = new Promise((resolve) => {
      this.#onClosed = resolve;
    });
    this.#options = options;
    this.#credentials = options.credentials;
    // As many stores as one likes may listen.
    this.setMaxListeners(0);
    this.#native = new native.Client(options, this.#receiver);
  }

  /** `resolving`, `connecting`, `handshaking`, `ready`, `backoff`, `closing` or `closed`. */
  get state() {
    return this.#native.state;
  }

  /**
   * Ends the connection after the commands in flight; those that wait for a connection fail with
   * ERR_REDIS_CLOSED.
   *
   * @returns {Promise<void>} resolves when the last handle is closed
   */
  close() {
    this.#native.close();
    return this.#closed;
  }

  /** Lets the connection keep the process alive: the default. */
  ref() {
    this.#native.keepAlive(true);
    return this;
  }

  /** Lets the process end while the connection is idle. */
  unref() {
    this.#native.keepAlive(false);
    return this;
  }

  /**
   * What the client has done since it was made, and what it is doing.
   *
   * @returns {import('..').ClientStats}
   */
  stats() {
    const { connections, ...numbers } = this.#native.stats();
    const stats = { state: this.state, ...numbers, reconnections: Math.max(0, connections - 1) };
    return this.#report ? { ...stats, redundancy: this.#report() } : stats;
  }

  /**
   * @param {string} prefix
   * @param {number} scanCount
   * @param {number} decoding
   */
  [kOpenSessions](prefix, scanCount, decoding) {
    return {
      client: this,
      outage: this.#outage,
      native: new native.Sessions(this.#native, prefix, scanCount, decoding, false),
      Enumeration: native.Enumeration,
      receiver: this.#receiver,
      Result: native.Result,
      commandTimeout: this.#options.commandTimeout,
    };
  }

  /**
   * For those who use several clients as one.
   *
   * @param {(() => import('..').RedundancyStats) | undefined} report what they say of this one;
   *   undefined: nothing any more
   */
  [kJoin](report) {
    this.#report = report;
    return { native: this.#native, options: this.#options, outage: this.#outage };
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
    publishEvent(this, name, failure?.code);
    if (name === 'close') this.#onClosed?.();
    if (name === 'disconnect') this.#outage = true;
    if (name === 'ready') this.#outage = false;
    if (!failure) {
      this.emit(name);
      return;
    }
    const error = fromFailure(failure);
    if (error.code === 'ERR_REDIS_CREDENTIALS' && this.#refusal) error.cause = this.#refusal;
    // An error event without a listener would end the process.
    if (this.listenerCount('error') > 0) this.emit('error', withClient(error, this));
  }

  // One call at a time, unless it takes twice as long as a connection may: the answer to a slow
  // one serves whoever waits by then.
  async #provideCredentials() {
    const now = performance.now();
    if (this.#askedAt !== undefined && now - this.#askedAt < 2 * this.#options.connectTimeout) {
      return;
    }
    this.#askedAt = now;
    try {
      const given = this.#unused ?? (await /** @type {() => unknown} */ (this.#credentials)());
      this.#unused = undefined;
      const { username, password, lifetime } = readCredentials(given, Date.now());
      this.#askedAt = undefined;
      const used = this.#native.provideCredentials(username, password, lifetime);
      if (!used) this.#unused = given;
    } catch (error) {
      // Another call may do better.
      if (this.#askedAt !== now) return;
      this.#askedAt = undefined;
      this.#refusal = error;
      this.#native.refuseCredentials('The function given as "credentials" failed');
    }
  }
}

/**
 * @param {import('..').ClientOptions | string | URL} [options] default: 127.0.0.1:6379
 */
function createClient(options) {
  return new Client(readClientOptions(options));
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
