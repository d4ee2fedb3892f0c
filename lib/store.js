'use strict';
// The session store, bound to a middleware's Store.

const { Access } = require('./access');
const { borrow } = require('./borrowed/client');
const { refuseLater } = require('./client-options');
const { createClient, isClient, kOpenSessions } = require('./client');
const { invalidArgument } = require('./errors');
const { Operations } = require('./operations');
const { splitStoreOptions } = require('./options');
const { RedundantClients, makeClients } = require('./redundant');
const { createCodec, isThenable } = require('./serializer');
const { settleFrom, targetOf } = require('./target');

/** @typedef {InstanceType<typeof import('./client').Client>} Client */
/** @typedef {InstanceType<typeof import('./borrowed/client').BorrowedClient>} BorrowedClient */
/** @typedef {InstanceType<typeof import('./redundant').RedundantClients>} RedundantClients */

const NOTHING_GIVEN =
  'new RedisStore() needs to know its server: pass a client made by createClient(), { client }, ' +
  '{ url }, { host, port }, { socket } or { clients: [...] }';

const NO_CLIENT =
  'The "client" option must be a client: made by createClient() of this package, by node-redis (3 ' +
  'or later; also createCluster(), createSentinel(), createClientPool()), ioredis (4 or later; also ' +
  'Cluster) or iovalkey, or an object with a method sendCommand(["GET", key]) or call("GET", key) ' +
  'that gives a Promise';

/**
 * @typedef {object} Source where the sessions are
 * @property {any[]} clients as the user knows them
 * @property {Client | BorrowedClient | RedundantClients} events
 * @property {(() => Promise<void>) | undefined} close ends the clients that the store has made
 * @property {import('./options').SessionOptions} session
 */

/**
 * @param {any} given
 * @returns {Source}
 */
function readStoreOptions(given) {
  if (given === undefined || given === null) throw invalidArgument(NOTHING_GIVEN);
  const options = isClient(given) || borrow(given) ? { client: given } : given;
  if (typeof options !== 'object') throw invalidArgument(NOTHING_GIVEN);
  const { session, connection } = splitStoreOptions(options);
  const names = Object.keys(connection);
  if (names.length === 0) throw invalidArgument(NOTHING_GIVEN);
  if (!Object.hasOwn(connection, 'client')) {
    if (Object.hasOwn(connection, 'clients')) return redundantClients(connection, session);
    const client = createClient(connection);
    return { clients: [client], events: client, close: () => client.close(), session };
  }
  const { client } = connection;
  const other = names.find((name) => name !== 'client');
  if (other) {
    refuseLater(other);
    throw invalidArgument(
      `The option "${other}" cannot be given together with "client": give it to what makes the client`,
    );
  }
  const events = isClient(client) ? client : borrowedClient(client, session);
  return { clients: [client], events, close: undefined, session };
}

/**
 * @param {Record<string, unknown>} connection
 * @param {import('./options').SessionOptions} session
 * @returns {Source}
 */
function redundantClients({ clients: given, ...common }, session) {
  const { clients, owned } = makeClients(given, common);
  const events = new RedundantClients(clients, owned);
  return { clients, events, close: () => events.close(), session };
}

/**
 * @param {any} client of another package
 * @param {import('./options').SessionOptions} session
 */
function borrowedClient(client, session) {
  if (isThenable(client)) {
    throw invalidArgument(
      'The "client" option is a Promise: await it, and give what it resolves to',
    );
  }
  const events = borrow(client);
  if (!events) throw invalidArgument(NO_CLIENT);
  if (!events.adapter.givesBuffers && /** @type {any} */ (session.serializer).binary === true) {
    throw invalidArgument(
      'The "serializer" option asks for Buffers, which this "client" does not give (node-redis 3 ' +
        'does with return_buffers)',
    );
  }
  return events;
}

/**
 * @param {new (...args: any[]) => any} Store of express-session, or of a middleware like it
 */
function createStoreClass(Store) {
  return class RedisStore extends Store {
    #clients;
    #events;
    #closeClients;
    #session;
    #operations;
    #access;

    /** @param {any} options a client, or options: see the README */
    constructor(options) {
      const { clients, events, close, session } = readStoreOptions(options);
      super(session);
      this.#clients = clients;
      this.#events = events;
      this.#closeClients = close;
      this.#session = session;
      const { decoding, isJson } = createCodec(session.serializer);
      /** @type {import('./operations').Backend} */
      const backend = /** @type {any} */ (events)[kOpenSessions](
        session.prefix,
        session.scanCount,
        decoding,
        isJson,
      );
      this.#operations = new Operations(backend, session);
      this.#access = new Access(this.#operations, () => this.#close());
      this.#forwardEvents();
      // Others have heard it when it began.
      if (backend.outage) process.nextTick(() => this.emit('disconnect', this.client));
    }

    get client() {
      return this.#clients[0];
    }

    /** One, or those of the `clients` option. */
    get clients() {
      return [...this.#clients];
    }

    get prefix() {
      return this.#session.prefix;
    }

    get ttl() {
      return this.#session.ttl;
    }

    // token-session gives one session a lifetime of its own by changing this around a `set`.
    set ttl(value) {
      const { ttl } = splitStoreOptions({ ttl: value }).session;
      this.#session.ttl = ttl;
      if (!this.#session.disableTTL) this.#operations.ttl = ttl;
    }

    get scanCount() {
      return this.#session.scanCount;
    }

    get serializer() {
      return this.#session.serializer;
    }

    get disableTouch() {
      return this.#session.disableTouch;
    }

    get disableTTL() {
      return this.#session.disableTTL;
    }

    /** The same operations as Promises. */
    get access() {
      return this.#access;
    }

    /**
     * @param {string} sid
     * @param {Function} [callback] gets the session, or null
     */
    get(sid, callback) {
      const target = targetOf(callback);
      this.#operations.get(target, sid);
      return target.promise;
    }

    /**
     * @param {string} sid
     * @param {any} session
     * @param {Function} [callback] gets 'OK'; a count if the session had expired; null if it
     *   was destroyed since it was loaded
     */
    set(sid, session, callback) {
      const target = targetOf(callback);
      this.#operations.set(target, sid, session);
      return target.promise;
    }

    /**
     * @param {string} sid
     * @param {any} session
     * @param {Function} [callback] gets 'OK', or 'EXPIRED' when the session is gone
     */
    touch(sid, session, callback) {
      const target = targetOf(callback);
      this.#operations.touch(target, sid, session);
      return target.promise;
    }

    /**
     * @param {string} sid
     * @param {Function} [callback] gets the number of keys removed
     */
    destroy(sid, callback) {
      const target = targetOf(callback);
      this.#operations.destroy(target, sid);
      return target.promise;
    }

    /** @param {Function} [callback] gets the number of sessions removed */
    clear(callback) {
      return this.#tell(callback, () => this.#access.clear());
    }

    /** @param {Function} [callback] gets the number of sessions */
    length(callback) {
      return this.#tell(callback, () => this.#access.length());
    }

    /** @param {Function} [callback] gets the ids of all sessions */
    ids(callback) {
      return this.#tell(callback, () => this.#access.ids());
    }

    /** @param {Function} [callback] gets all sessions, each with its id */
    all(callback) {
      return this.#tell(callback, () => this.#access.all());
    }

    /** @param {Function} [callback] is called when the last handle is closed */
    close(callback) {
      return this.#tell(callback, () => this.#access.close());
    }

    /**
     * Called by the middleware for a session that `get` gave.
     *
     * @param {any} request
     * @param {any} data
     */
    createSession(request, data) {
      const session = super.createSession(request, data);
      this.#operations.markLoaded(session, data);
      return session;
    }

    /**
     * @param {Function | undefined} callback
     * @param {() => Promise<any>} run
     */
    #tell(callback, run) {
      const target = targetOf(callback);
      settleFrom(target, run());
      return target.promise;
    }

    /** @type {Promise<void> | undefined} */
    #closed;

    /** @returns {Promise<void>} */
    #close() {
      this.#closed ??= this.#closeClients?.() ?? this.#leaveClients();
      return this.#closed;
    }

    async #leaveClients() {
      for (const [name, listener] of this.#listeners) this.#events.off(name, listener);
    }

    /** @type {[string, (...args: any[]) => void][]} */
    #listeners = [];

    // express-session takes `disconnect` and `connect` as: serve requests without a session, and
    // with one again. A connection is of use to it once it is ready.
    #forwardEvents() {
      const [first] = this.#clients;
      this.#listeners = [
        [
          'ready',
          (client = first) => ['connect', 'ready'].forEach((name) => this.emit(name, client)),
        ],
        ['disconnect', (client = first) => this.emit('disconnect', client)],
        ['error', (error) => this.listenerCount('error') > 0 && this.emit('error', error)],
      ];
      for (const [name, listener] of this.#listeners) this.#events.on(name, listener);
    }
  };
}

module.exports = { createStoreClass };
