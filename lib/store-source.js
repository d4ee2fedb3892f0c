'use strict';
// What a store was given: a client, several, or the options of one; and the options about sessions.

const { borrow } = require('./borrowed/client');
const { CLIENT_OPTIONS, readClientOptions } = require('./client-options');
const { createClient, isClient } = require('./client');
const { invalidArgument } = require('./errors');
const { refuseLater, unknownOption } = require('./option-hints');
const { SESSION_OPTIONS, splitStoreOptions } = require('./options');
const { RedundantClients, makeClients } = require('./redundant');
const { isThenable } = require('./serializer');

/** @typedef {InstanceType<typeof import('./client').Client>} Client */
/** @typedef {InstanceType<typeof import('./borrowed/client').BorrowedClient>} BorrowedClient */

const NOTHING_GIVEN =
  'new RedisStore() needs to know its server: pass a client made by createClient(), { client }, ' +
  '{ url }, { host, port }, { socket } or { clients: [...] }';

const TWO_ARGUMENTS =
  'new RedisStore() takes one argument: write new RedisStore({ client, ...options }), ' +
  '{ url, ...options } or the like';

const UNDEFINED_CLIENT =
  'The "client" option is undefined: make the client before the store, const client = createClient(url)';

const PROMISE =
  'The "client" is a Promise: await it, and give what it resolves to. A client of this package ' +
  'needs no await: const client = createClient(url)';

const NO_CLIENT =
  'The "client" option must be a client: made by createClient() of this package, by node-redis (3 ' +
  'or later; also createCluster(), createSentinel(), createClientPool()), ioredis (4 or later; also ' +
  'Cluster) or iovalkey, or an object with a method sendCommand(["GET", key]) or call("GET", key) ' +
  'that gives a Promise';

/** What says where a server is, or who connects to it: as the type Where in index.d.ts. */
const WHERE =
  'client clients url host port socket path db database pass password credentials'.split(' ');

/** All names that an option of a store may have. */
const STORE_OPTIONS = [...SESSION_OPTIONS, 'client', 'clients', ...CLIENT_OPTIONS];

/**
 * @typedef {object} Source where the sessions are
 * @property {any[]} clients as the user knows them
 * @property {Client | BorrowedClient | InstanceType<typeof RedundantClients>} events
 * @property {(() => Promise<void>) | undefined} close ends the clients that the store has made
 * @property {import('./options').SessionOptions} session
 * @property {number} [commandTimeout] of a borrowed client: milliseconds
 */

/**
 * @param {any} given
 * @param {unknown[]} more beside it
 * @returns {Source}
 * @throws {TypeError} that says what to write instead
 */
function readStoreOptions(given, ...more) {
  if (more.some((each) => each !== undefined)) throw invalidArgument(TWO_ARGUMENTS);
  const options = toOptions(given);
  const { session, connection } = splitStoreOptions(options);
  const names = Object.keys(connection);
  for (const name of names) {
    refuseLater(name);
    if (!STORE_OPTIONS.includes(name)) throw unknownOption(name, STORE_OPTIONS);
  }
  if (!names.some((name) => WHERE.includes(name))) throw nothingGiven(options);
  if (!Object.hasOwn(connection, 'client')) {
    if (Object.hasOwn(connection, 'clients')) return redundantClients(connection, session);
    const client = createClient(connection);
    return { clients: [client], events: client, close: () => client.close(), session };
  }
  return givenClient(connection, session);
}

/** @param {Record<string, any>} options that name no server */
function nothingGiven(options) {
  if (Object.hasOwn(options, 'client')) return invalidArgument(UNDEFINED_CLIENT);
  // An environment variable that is not set, most likely.
  const unset = WHERE.find((name) => Object.hasOwn(options, name));
  return invalidArgument(
    unset ? `The "${unset}" option is undefined. ${NOTHING_GIVEN}` : NOTHING_GIVEN,
  );
}

/**
 * @param {any} given to the constructor
 * @returns {Record<string, any>}
 */
function toOptions(given) {
  if (typeof given === 'string' || given instanceof URL) return { url: given };
  if (isThenable(given)) throw invalidArgument(PROMISE);
  if (isClient(given) || borrow(given)) return { client: given };
  if (typeof given !== 'object' || given === null) throw invalidArgument(NOTHING_GIVEN);
  return given;
}

/**
 * @param {Record<string, any>} connection with `client`
 * @param {import('./options').SessionOptions} session
 * @returns {Source}
 */
function givenClient({ client, ...others }, session) {
  const isOurs = isClient(client);
  const other = Object.keys(others).find((name) => isOurs || name !== 'commandTimeout');
  if (other) {
    throw invalidArgument(
      `The option "${other}" cannot be given together with "client": give it to what makes the client`,
    );
  }
  if (isOurs) return { clients: [client], events: client, close: undefined, session };
  const { commandTimeout } = readClientOptions(others);
  const events = borrowedClient(client, session);
  return { clients: [client], events, close: undefined, session, commandTimeout };
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
  if (isThenable(client)) throw invalidArgument(PROMISE);
  const events = borrow(client);
  if (!events) {
    const isUrl = typeof client === 'string' || client instanceof URL;
    throw invalidArgument(isUrl ? `For a URL write url. ${NO_CLIENT}` : NO_CLIENT);
  }
  if (!events.adapter.givesBuffers && /** @type {any} */ (session.serializer).binary === true) {
    throw invalidArgument(
      'The "serializer" option asks for Buffers, which this "client" does not give (node-redis 3 ' +
        'does with return_buffers)',
    );
  }
  return events;
}

module.exports = { STORE_OPTIONS, WHERE, readStoreOptions };
