'use strict';
// The session store, bound to a middleware's Store.

const { kInside, keepInside, shareListeners } = require('./inside');
const { splitStoreOptions } = require('./options');
const { StoreInside } = require('./store-inside');
const { readStoreOptions } = require('./store-source');
const { settleFrom, targetOf } = require('./target');

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
    /**
     * @param {any} options a client, or options: see the README
     * @param {unknown[]} more refused: what stands there would be lost
     */
    constructor(options, ...more) {
      const source = readStoreOptions(options, ...more);
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
      const received = data?.cookie; // the session gets one that is made from it
      const session = super.createSession(request, data);
      if (session) inside(this).operations.known.adopt(session, request.sessionID, data, received);
      return session;
    }

    /** Set by express-session: it begins a new session for a request. */
    get generate() {
      return inside(this).generate;
    }

    set generate(generate) {
      inside(this).setGenerate(generate);
    }
  }

  shareListeners(RedisStore.prototype);
  return RedisStore;
}

module.exports = { createStoreClass };
