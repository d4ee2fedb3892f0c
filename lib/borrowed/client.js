'use strict';
// A client that the application already has, as the stores see it: one object for each client,
// however many stores share it.

const { EventEmitter } = require('node:events');
const { debuglog } = require('node:util');
const { kOpenSessions } = require('../client');
const { readClientOptions } = require('../client-options');
const { publishEvent } = require('../diagnostics');
const { fromFailure, withCause, withClient } = require('../errors');
const { adaptAny } = require('./any');
const { BorrowedEnumeration } = require('./enumeration');
const { adaptMethods, adaptNodeRedis3 } = require('./callbacks');
const { adaptIoredis } = require('./ioredis');
const { adaptNodeRedis } = require('./node-redis');
const { PatientTimeout } = require('./patient-timeout');
const { Result, Results } = require('./results');
const { BorrowedSessions } = require('./sessions');

/** @typedef {import('./adapter').Adapter} Adapter */

const debug = debuglog('connect-hiredis');

/** Those of which more is known before those of which less is. */
const FAMILIES = [adaptNodeRedis3, adaptIoredis, adaptNodeRedis, adaptAny, adaptMethods];

/** What this package's own client would do. */
const DEFAULTS = readClientOptions({});

const NEVER_OPENED =
  'The client that was given to RedisStore was never connected: call client.connect() once, when ' +
  'the application starts';

/** @type {WeakMap<object, BorrowedClient>} */
const borrowed = new WeakMap();

/** Emits `ready`, `disconnect` and `error` as this package's own client does. */
class BorrowedClient extends EventEmitter {
  #client;
  /** Whether it has been seen connected. */
  #opened;
  #warned = false;
  /** @type {InstanceType<typeof PatientTimeout> | undefined} */
  #outageTimer;
  #outage = false;
  #wasReady;
  /** Why it is not connected, as far as it says so. @type {any} */
  #lastError;

  /**
   * @param {any} client
   * @param {Adapter} adapter
   */
  constructor(client, adapter) {
    super();
    this.setMaxListeners(0);
    this.#client = client;
    this.adapter = adapter;
    this.#opened = adapter.isReady();
    /**
     * How often it has lost a connection that it could have sent something on. An attempt to come
     * back that fails is none: what waited for it was not sent.
     */
    this.breaks = 0;
    this.#wasReady = adapter.isReady();
    if (typeof client.on === 'function') this.#watch();
  }

  /**
   * For the stores, as Client's.
   *
   * @param {string} prefix
   * @param {number} scanCount
   * @param {number} decoding
   * @param {boolean} isJson whether strings alone are stored
   * @param {number} commandTimeout milliseconds
   */
  [kOpenSessions](prefix, scanCount, decoding, isJson, commandTimeout) {
    const options = { prefix, scanCount, decoding, isJson };
    const results = new Results(commandTimeout, (error) => this.explain(error));
    return {
      client: this.#client,
      outage: this.#outage,
      native: new BorrowedSessions(this, results, options),
      Enumeration: BorrowedEnumeration,
      receiver: results,
      Result,
      commandTimeout,
    };
  }

  #watch() {
    const client = this.#client;
    client.on(this.adapter.found, () => this.#onReady());
    for (const name of this.adapter.lost) client.on(name, () => this.#onLost(name));
    // It must not end the process because the store has made it its own to listen.
    client.on('error', (/** @type {any} */ error) => this.#onError(error));
  }

  /**
   * @param {any} error what a command failed with
   * @returns {any} the same, unless more can be said
   */
  explain(error) {
    if (this.#opened || this.adapter.isOpened()) {
      const away = error?.code === 'ERR_REDIS_TIMEOUT' && !this.adapter.isReady();
      return away && this.#lastError ? timeoutBecause(error, this.#lastError) : error;
    }
    if (!this.#warned) {
      this.#warned = true;
      process.emitWarning(`connect-hiredis: ${NEVER_OPENED}`, { code: 'ERR_REDIS_CLOSED' });
    }
    const told = Object.assign(new Error(NEVER_OPENED), { code: 'ERR_REDIS_CLOSED' });
    return withCause(told, error);
  }

  #onReady() {
    this.#opened = true;
    this.#outageTimer?.cancel();
    this.#outageTimer = undefined;
    this.#outage = false;
    this.#wasReady = true;
    this.#lastError = undefined;
    publishEvent(this.#client, 'ready');
    this.emit('ready');
  }

  /** @param {string} name */
  #onLost(name) {
    if (this.#wasReady) ++this.breaks;
    this.#wasReady = this.adapter.isReady();
    debug('the borrowed client says: %s', name);
    if (this.#outageTimer || this.#outage) return;
    this.#outageTimer = new PatientTimeout(() => this.#onOutage(), DEFAULTS.disconnectAfter);
  }

  #onOutage() {
    this.#outageTimer = undefined;
    if (this.adapter.isReady()) return;
    this.#outage = true;
    publishEvent(this.#client, 'disconnect');
    this.emit('disconnect');
  }

  /** @param {any} given sentinels of node-redis give strings, too */
  #onError(given) {
    const error = typeof given === 'object' && given !== null ? given : new Error(String(given));
    debug('error: %s', error.message);
    this.#lastError = error;
    publishEvent(this.#client, 'error', error.code);
    if (this.listenerCount('error') > 0) this.emit('error', withClient(error, this.#client));
  }
}

/**
 * @param {Error} timeout
 * @param {any} error what the client has told of its connection. It may have more than is to be
 *   shown, such as the arguments of AUTH: the cause is made of what is known to be harmless.
 */
function timeoutBecause(timeout, error) {
  // Of a name with several addresses that all failed.
  const { message, code, syscall, address, port } = error.errors?.[0] ?? error;
  const cause = Object.assign(new Error(message), { code, syscall, address, port });
  return fromFailure(
    /** @type {any} */ ({ code: 'ERR_REDIS_TIMEOUT', message: timeout.message, cause }),
  );
}

/**
 * @param {unknown} client
 * @returns {BorrowedClient | undefined} undefined: it is no client
 */
function borrow(client) {
  if (typeof client !== 'object' || client === null) return undefined;
  const known = borrowed.get(client);
  if (known) return known;
  for (const adapt of FAMILIES) {
    const adapter = adapt(client);
    if (!adapter) continue;
    const made = new BorrowedClient(client, adapter);
    borrowed.set(client, made);
    return made;
  }
  return undefined;
}

module.exports = { BorrowedClient, borrow };
