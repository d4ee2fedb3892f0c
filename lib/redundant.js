'use strict';
// Several clients that have the same sessions, as a store sees them: the `clients` option.

const { EventEmitter } = require('node:events');
const { createClient, isClient, kJoin, kOpenSessions } = require('./client');
const { readClientOptions } = require('./client-options');
const { invalidArgument, withClient } = require('./errors');
const { isHeard, kHeard } = require('./heard');
const { kInside } = require('./inside');
const { addon } = require('./native');
const { Receiver } = require('./receiver');
const { isThenable } = require('./serializer');

/** @typedef {InstanceType<typeof import('./client').Client>} Client */

/** As in src/core/topology/ballot.h. */
const MOST_SERVERS = 16;

/** What says where one server is: not to be shared by several. */
const ADDRESSES = ['client', 'url', 'host', 'port', 'socket', 'path'];

/**
 * @param {unknown} given the option
 * @param {Record<string, unknown>} common connection options that all of them share
 * @returns {{ clients: Client[], owned: Client[] }} `owned`: those that were made here
 */
function makeClients(given, common) {
  if (!Array.isArray(given) || given.length === 0 || given.length > MOST_SERVERS) {
    throw invalidArgument(
      `The "clients" option must be an array of 1 to ${MOST_SERVERS} clients, URLs or objects with ` +
        'the options of a client',
    );
  }
  const address = ADDRESSES.find((name) => Object.hasOwn(common, name));
  if (address) {
    throw invalidArgument(
      `The options "clients" and "${address}" cannot be given together: give each of the clients ` +
        'its own',
    );
  }
  // Of what is wrapped twice, both share the inside.
  const known = Array.from(given, (/** @type {any} */ each) =>
    isClient(each) ? (/** @type {any} */ (each)[kInside]?.() ?? each) : undefined,
  );
  const twice = known.findIndex((each, index) => each && known.indexOf(each) < index);
  if (twice >= 0) throw invalidArgument(`"clients[${twice}]" is given twice`);
  // Nothing is opened before all of them are known to be right.
  const makers = Array.from(given, (each, index) => makerOf(each, index, common));
  /** @type {Client[]} */
  const owned = [];
  const clients = makers.map((make) => {
    if (typeof make !== 'function') return make;
    const client = make();
    owned.push(client);
    return client;
  });
  return { clients, owned };
}

/**
 * @param {any} each
 * @param {number} index
 * @param {Record<string, unknown>} common
 * @returns {Client | (() => Client)}
 */
function makerOf(each, index, common) {
  if (isClient(each)) {
    if (each.state === 'closing' || each.state === 'closed') {
      throw invalidArgument(`"clients[${index}]" is closed`);
    }
    if (typeof (/** @type {any} */ (each)[kJoin]) === 'function') return each;
    throw invalidArgument(
      `"clients[${index}]" was made by another copy of this package: give its options instead`,
    );
  }
  if (isThenable(each)) {
    throw invalidArgument(
      `"clients[${index}]" is a Promise: await it, or give the options instead`,
    );
  }
  const options = typeof each === 'string' || each instanceof URL ? { url: each } : each;
  if (
    typeof options !== 'object' ||
    options === null ||
    Array.isArray(options) ||
    // A client of another package, which would look like one without options.
    typeof options.emit === 'function' ||
    typeof options.sendCommand === 'function'
  ) {
    throw invalidArgument(
      `"clients[${index}]" must be a client made by createClient() of this package, a URL, or an ` +
        'object with the options of a client',
    );
  }
  const all = { ...common, ...options };
  readClientOptions(all);
  return () => createClient(all);
}

/** Emits `ready` and `error` for each client, `disconnect` when none is left; each names it. */
class RedundantClients extends EventEmitter {
  #receiver = new Receiver(() => {});
  #clients;
  #owned;
  /** @type {import('../binding').Group | undefined} */
  #group;
  /** Those that have been away for long. @type {Set<Client>} */
  #outages = new Set();

  /**
   * @param {Client[]} clients
   * @param {Client[]} owned those of them that end with the store
   */
  constructor(clients, owned) {
    super();
    this.#clients = clients;
    this.#owned = owned;
    for (const client of clients) {
      this.#listen(client, 'ready', () => this.#onReady(client));
      this.#listen(client, 'disconnect', () => this.#onDisconnect(client));
      this.#listen(client, 'close', () => this.#onDisconnect(client));
      const passOn = (/** @type {any} */ error) => {
        if (this.listenerCount('error') > 0) this.emit('error', withClient(error, client));
      };
      this.#listen(client, 'error', Object.assign(passOn, { [kHeard]: () => isHeard(this) }));
    }
  }

  /** @type {(() => void)[]} */
  #stops = [];

  /**
   * @param {Client} client
   * @param {string} name
   * @param {(...args: any[]) => void} listener
   */
  #listen(client, name, listener) {
    client.on(name, listener);
    this.#stops.push(() => client.off(name, listener));
  }

  /** @param {Client} client */
  #onReady(client) {
    this.#outages.delete(client);
    this.emit('ready', client);
  }

  /** @param {Client} client */
  #onDisconnect(client) {
    if (this.#outages.has(client)) return;
    this.#outages.add(client);
    if (this.#outages.size === this.#clients.length) this.emit('disconnect', client);
  }

  /**
   * For the store, as Client's.
   *
   * @param {string} prefix
   * @param {number} scanCount
   * @param {number} decoding
   */
  [kOpenSessions](prefix, scanCount, decoding) {
    const inside = this.#clients.map((client, index) =>
      /** @type {any} */ (client)[kJoin](() => group.report(index)),
    );
    inside.forEach(({ outage }, index) => outage && this.#outages.add(this.#clients[index]));
    /** @param {(options: import('../binding').ConnectionOptions) => number} option */
    const most = (option) => Math.max(...inside.map(({ options }) => option(options)));
    const commandTimeout = most((options) => options.commandTimeout);
    const { Enumeration, Group, Result, Sessions } = addon();
    const group = new Group(
      inside.map((each) => each.native),
      prefix,
      commandTimeout,
      // The other processes have come back to a server by then, and told it what it missed.
      commandTimeout + most((options) => options.backoffMax),
      most((options) => options.queueCommands),
      most((options) => options.queueBytes),
      this.#receiver,
    );
    this.#group = group;
    return {
      client: this.#clients[0],
      outage: this.#outages.size === this.#clients.length,
      native: new Sessions(group, prefix, scanCount, decoding, true),
      Enumeration,
      receiver: this.#receiver,
      Result,
      commandTimeout,
    };
  }

  /** @returns {Promise<void>} resolves when the last handle of its own clients is closed */
  async close() {
    for (const stop of this.#stops) stop();
    for (const client of this.#clients) /** @type {any} */ (client)[kJoin](undefined);
    const closed = this.#owned.map((client) => client.close());
    // With clients that stay, nobody else would say so.
    if (closed.length < this.#clients.length) this.#group?.close();
    await Promise.all(closed);
  }
}

module.exports = { RedundantClients, makeClients };
