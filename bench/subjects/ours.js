'use strict';

// This package: all features on, as they are by default. Deadlines, the key's real expiry with
// each get, the caller's async context.

const path = require('node:path');

const ROOT = path.join(__dirname, '..', '..');

/** @param {{ url: string, build?: string }} server with the folder of the build, if it is not this */
async function openStore({ url, build = ROOT }) {
  const { RedisStore } = require(build);
  const store = new RedisStore({ url });
  return { store, close: () => store.close() };
}

/** @param {{ url: string, build?: string }} server */
async function openAccess({ url, build = ROOT }) {
  const { RedisStore } = require(build);
  const store = new RedisStore({ url });
  return {
    store: store.access,
    sessionStore: store,
    promises: true,
    close: () => store.close(),
  };
}

/**
 * Over the application's own client, as an application begins that comes from connect-redis.
 * @param {{ url: string, build?: string }} server
 */
async function openBorrowed({ url, build = ROOT }) {
  const { createClient } = await import('redis');
  const { RedisStore } = require(build);
  const client = createClient({ url });
  await client.connect();
  const store = new RedisStore({ client });
  // From here on the server knows the script of `get`.
  await store.get('nobody');
  return { store, close: () => client.close() };
}

/**
 * Over two servers that have the same sessions.
 * @param {{ url: string, second: string, build?: string }} servers
 */
async function openRedundant({ url, second, build = ROOT }) {
  const { once } = require('node:events');
  const { RedisStore } = require(build);
  const store = new RedisStore({ clients: [url, second] });
  await Promise.all(store.clients.map((/** @type {any} */ client) => once(client, 'ready')));
  return { store, close: () => store.close() };
}

module.exports = { openAccess, openBorrowed, openRedundant, openStore };
