'use strict';
// A connection to one server.

const { EventEmitter } = require('node:events');
const { debuglog } = require('node:util');
const { readClientOptions } = require('./client-options');
const { readCredentials } = require('./credentials');
const { publishEvent } = require('./diagnostics');
const { fromFailure } = require('./errors');
const native = require('./native');
const { Receiver } = require('./receiver');

const debug = debuglog('connect-hiredis');

/**
 * The key of the method by which a store reaches the operations of a client. The same in every
 * copy of the package: a client is used with the addon that made it.
 */
const kOpenSessions = Symbol.for('connect-hiredis.openSessions');

/** Connects, and reconnects, by itself. */
class Client extends EventEmitter {
  #receiver = new Receiver((name, failure) => this.#onEvent(name, failure));
  #native;
  #commandTimeout;
  /** @type {(() => unknown) | undefined} */
  #credentials;
  /** How often credentials were asked for. */
  #asked = 0;
  /** Why there were none, last time. @type {unknown} */
  #refusal;
  #outage = false;
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
    this.#commandTimeout = options.commandTimeout;
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
    return { state: this.state, ...numbers, reconnections: Math.max(0, connections - 1) };
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
      native: new native.Sessions(this.#native, prefix, scanCount, decoding),
      Enumeration: native.Enumeration,
      receiver: this.#receiver,
      Result: native.Result,
      commandTimeout: this.#commandTimeout,
    };
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
    Object.defineProperty(error, 'client', { value: this, enumerable: false });
    // An error event without a listener would end the process.
    if (this.listenerCount('error') > 0) this.emit('error', error);
  }

  async #provideCredentials() {
    const asked = ++this.#asked;
    try {
      const given = await /** @type {() => unknown} */ (this.#credentials)();
      const { username, password, lifetime } = readCredentials(given, Date.now());
      // Asked again meanwhile, for a connection that this one gave way to.
      if (asked === this.#asked) this.#native.provideCredentials(username, password, lifetime);
    } catch (error) {
      if (asked !== this.#asked) return;
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

module.exports = { Client, createClient, isClient, kOpenSessions };
