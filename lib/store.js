'use strict';
// The session store, bound to a middleware's Store.

const { borrow } = require('./borrowed/client');
const { refuseLater } = require('./client-options');
const { createClient, isClient } = require('./client');
const { invalidArgument } = require('./errors');
const { kInside, keepInside, shareListeners } = require('./inside');
const { splitStoreOptions } = require('./options');
const { RedundantClients, makeClients } = require('./redundant');
const { isThenable } = require('./serializer');
const { StoreInside } = require('./store-inside');
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

/** @param {any} store @returns {InstanceType<typeof StoreInside>} */
const inside = (store) => store[kInside]();

/**
 * @param {Function | undefined} callback
 * @param {() => Promise<any>} run
 */
function tell(callback, run) {
  const target = targetOf(callback);
  settleFrom(target, run());
  return target.promise;
}

/**
 * @param {new (...args: any[]) => any} Store of express-session, or of a middleware like it
 */
function createStoreClass(Store) {
  class RedisStore extends Store {
    /** @param {any} options a client, or options: see the README */
    constructor(options) {
      const source = readStoreOptions(options);
      super(source.session);
      keepInside(this, new StoreInside(this, source));
    }

    get client() {
      return inside(this).clients[0];
    }

    /** One, or those of the `clients` option. */
    get clients() {
      return [...inside(this).clients];
    }

    get prefix() {
      return inside(this).session.prefix;
    }

    get ttl() {
      return inside(this).session.ttl;
    }

    // token-session gives one session a lifetime of its own by changing this around a `set`.
    set ttl(value) {
      const { ttl } = splitStoreOptions({ ttl: value }).session;
      const { session, operations } = inside(this);
      session.ttl = ttl;
      if (!session.disableTTL) operations.ttl = ttl;
    }

    get scanCount() {
      return inside(this).session.scanCount;
    }

    get serializer() {
      return inside(this).session.serializer;
    }

    get disableTouch() {
      return inside(this).session.disableTouch;
    }

    get disableTTL() {
      return inside(this).session.disableTTL;
    }

    /** The same operations as Promises. */
    get access() {
      return inside(this).access;
    }

    /**
     * @param {string} sid
     * @param {Function} [callback] gets the session, or null
     */
    get(sid, callback) {
      const target = targetOf(callback);
      inside(this).operations.get(target, sid);
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
      inside(this).operations.set(target, sid, session);
      return target.promise;
    }

    /**
     * @param {string} sid
     * @param {any} session
     * @param {Function} [callback] gets 'OK', or 'EXPIRED' when the session is gone
     */
    touch(sid, session, callback) {
      const target = targetOf(callback);
      inside(this).operations.touch(target, sid, session);
      return target.promise;
    }

    /**
     * @param {string} sid
     * @param {Function} [callback] gets the number of keys removed
     */
    destroy(sid, callback) {
      const target = targetOf(callback);
      inside(this).operations.destroy(target, sid);
      return target.promise;
    }

    /** @param {Function} [callback] gets the number of sessions removed */
    clear(callback) {
      return tell(callback, () => inside(this).access.clear());
    }

    /** @param {Function} [callback] gets the number of sessions */
    length(callback) {
      return tell(callback, () => inside(this).access.length());
    }

    /** @param {Function} [callback] gets the ids of all sessions */
    ids(callback) {
      return tell(callback, () => inside(this).access.ids());
    }

    /** @param {Function} [callback] gets all sessions, each with its id */
    all(callback) {
      return tell(callback, () => inside(this).access.all());
    }

    /** @param {Function} [callback] is called when the last handle is closed */
    close(callback) {
      return tell(callback, () => inside(this).access.close());
    }

    /**
     * Called by the middleware for a session that `get` gave.
     *
     * @param {any} request
     * @param {any} data
     */
    createSession(request, data) {
      const session = super.createSession(request, data);
      inside(this).operations.markLoaded(session, data);
      return session;
    }
  }

  shareListeners(RedisStore.prototype);
  return RedisStore;
}

module.exports = { createStoreClass };
