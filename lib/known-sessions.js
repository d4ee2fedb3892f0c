'use strict';
// What a store knows of the sessions that requests have: under which id one was read, loaded or
// stored. A session is known by its request and its id: applications wrap the object.

const { CookieSnapshot } = require('./cookie');
const { Reading, Source } = require('./hidden-fields');
const { isPlainObject } = require('./merge');
const { copyOf } = require('./serializer');

/** @typedef {import('./serializer').Stored} Stored */
/** @typedef {InstanceType<typeof CookieSnapshot>} Snapshot */

/**
 * What a request knows of what is stored, in a store that merges.
 *
 * @typedef {object} Knowledge
 * @property {Stored} base the session as the request has seen it: loaded, or saved by itself
 * @property {Stored} stored what was stored then: more than base, if another's changes were
 *   merged in when the request saved
 */

/** Ids under which one request may have its sessions: those beyond are forgotten, oldest first. */
const MOST_IDS = 100;

/** A session of one request under one id. */
class KnownSession {
  /** Whether it was loaded or stored: a save must not bring it back if it is destroyed since. */
  exists = false;
  /** The cookie that the request has loaded or stored. @type {Snapshot | undefined} */
  cookie = undefined;
  /** @type {Knowledge | undefined} */
  merging = undefined;

  /**
   * @param {string} sid
   * @param {boolean} isJson
   * @param {KnownSession | undefined} next the same request's, known for longer
   */
  constructor(sid, isJson, next) {
    this.sid = sid;
    this.isJson = isJson;
    this.next = next;
  }

  /**
   * @param {unknown} cookie
   * @returns {Snapshot | undefined} of that cookie if it is another than the one known
   */
  newCookie(cookie) {
    if (typeof cookie !== 'object' || cookie === null) return undefined;
    if (this.cookie?.isOf(cookie, this.isJson)) return undefined;
    return new CookieSnapshot(cookie, this.isJson);
  }

  /**
   * It is in the store.
   *
   * @param {Snapshot | undefined} cookie if it is a new one
   * @param {Stored} [data] what is stored, in a store that merges
   */
  learn(cookie, data) {
    this.exists = true;
    if (cookie !== undefined) this.cookie = cookie;
    if (data === undefined) return;
    const copy = copyOf(data);
    this.merging = { base: copy, stored: copy };
  }
}

class KnownSessions {
  #isJson;
  /**
   * What is known of each request; a session without a request is its own key. A WeakMap, not a
   * hidden field: Express gives each request object a shape of its own, and there another field
   * costs four times as much as a WeakMap entry.
   *
   * @type {WeakMap<object, KnownSession>}
   */
  #latest = new WeakMap();

  /** @param {boolean} isJson whether JSON is what stores them */
  constructor(isJson) {
    this.#isJson = isJson;
  }

  /**
   * `session` was read under this id.
   *
   * @param {object} session
   * @param {string} sid
   * @param {Stored} [data] what was read, in a store that merges
   */
  read(session, sid, data) {
    // What is frozen no request can have: its cookie is going to be replaced.
    if (!Object.isExtensible(session)) return;
    Reading.put(session, sid, this);
    if (data !== undefined) Source.put(session, data);
  }

  /**
   * As read, of a session that JSON.parse has just made.
   *
   * @param {object} session
   * @param {string} sid
   * @param {Stored} [data]
   */
  readNew(session, sid, data) {
    Reading.putNew(session, sid, this);
    if (data !== undefined) Source.put(session, data);
  }

  /**
   * A request has got `session`, made from `data`.
   *
   * @param {any} session
   * @param {unknown} id the request's; it may have none
   * @param {object} data
   * @param {unknown} received the cookie of the data
   */
  adopt(session, id, data, received) {
    const sid = typeof id === 'string' ? id : Reading.sidOf(data, this);
    if (sid === undefined) return;
    const identity = requestOf(session) ?? session;
    const known = this.#find(identity, sid) ?? this.#add(identity, sid);
    const cookie = known.newCookie(received);
    if (Reading.sidOf(data, this) === sid) known.learn(cookie, Source.of(data));
    else known.cookie = cookie ?? known.cookie;
  }

  /**
   * @param {any} session
   * @param {string} sid
   * @returns {KnownSession | undefined}
   */
  find(session, sid) {
    return this.#find(requestOf(session) ?? session, sid);
  }

  /**
   * @param {any} session
   * @param {string} sid
   * @returns {KnownSession | undefined} if its cookie is another than the request has loaded or
   *   stored
   */
  withNewCookie(session, sid) {
    const known = this.find(session, sid);
    if (known?.cookie === undefined) return undefined;
    try {
      return known.newCookie(session.cookie) && known;
    } catch {
      return undefined; // what cannot be read stays as it is stored
    }
  }

  /**
   * As find, but begins to know a session that will be worth it once it is stored. Plain data is
   * not: it has no request, and what it is saved for is the application's affair.
   *
   * @param {any} session
   * @param {string} sid
   */
  obtain(session, sid) {
    const request = requestOf(session);
    if (request === undefined && this.#isPlain(session, sid)) return undefined;
    const identity = request ?? session;
    return this.#find(identity, sid) ?? this.#add(identity, sid);
  }

  /**
   * `request` begins a new session under this id.
   *
   * @param {object} request
   * @param {string} sid
   */
  forget(request, sid) {
    const known = this.#find(request, sid);
    if (known === undefined) return;
    known.exists = false;
    known.cookie = undefined;
    known.merging = undefined;
  }

  /**
   * @param {any} session without a request
   * @param {string} sid
   */
  #isPlain(session, sid) {
    return isPlainObject(session) && Reading.sidOf(session, this) !== sid;
  }

  /**
   * @param {object} identity
   * @param {string} sid
   */
  #find(identity, sid) {
    /** @type {KnownSession | undefined} */
    let known = this.#latest.get(identity);
    while (known !== undefined && known.sid !== sid) known = known.next;
    return known;
  }

  /**
   * @param {object} identity
   * @param {string} sid
   */
  #add(identity, sid) {
    const added = new KnownSession(sid, this.#isJson, this.#latest.get(identity));
    this.#latest.set(identity, added);
    let each = added;
    for (let count = 1; each.next !== undefined; count++) {
      if (count === MOST_IDS) each.next = undefined;
      else each = each.next;
    }
    return added;
  }
}

/**
 * @param {any} session
 * @returns {object | undefined} its request, also if the application has wrapped the session
 */
function requestOf(session) {
  try {
    const { req } = session;
    if (typeof req === 'object' && req !== null && typeof req.sessionID === 'string') return req;
  } catch {
    // What wraps it lets nobody see: then it is known by itself.
  }
  return undefined;
}

module.exports = { KnownSession, KnownSessions };
