'use strict';

// What is compared. Every subject is used as its users use it: defaults throughout.

const path = require('node:path');

const { version } = require('../package.json');

/**
 * @typedef {object} Opened
 * @property {any} store what has get, set, touch and destroy
 * @property {any} [sessionStore] the express-session Store behind it, if it is none itself
 * @property {boolean} [promises] they give Promises instead of calling back
 * @property {() => unknown} close
 *
 * @typedef {object} Subject
 * @property {string} name as the tables show it
 * @property {string[]} packages the development dependencies that it stands for
 * @property {(server: { url: string }) => Promise<Opened>} open
 */

/** @param {string} name */
function versionOf(name) {
  // By its path: not every package exports its package.json.
  return require(path.join(__dirname, '..', 'node_modules', name, 'package.json')).version;
}

/**
 * connect-redis 10 speaks node-redis only; this is what it takes to give it an ioredis client.
 * @param {import('ioredis').Redis} client
 */
function asNodeRedis(client) {
  return {
    get: (/** @type {string} */ key) => client.get(key),
    set: (
      /** @type {string} */ key,
      /** @type {string} */ value,
      /** @type {{ expiration: { type: 'EX', value: number } }} */ { expiration },
    ) => client.set(key, value, expiration.type, expiration.value),
    expire: (/** @type {string} */ key, /** @type {number} */ seconds) =>
      client.expire(key, seconds),
    del: (/** @type {string[]} */ keys) => client.del(keys),
  };
}

/** @type {Record<string, Subject>} */
const SUBJECTS = {
  hiredis: {
    name: 'connect-hiredis',
    packages: [],
    async open({ url }) {
      const { RedisStore } = require('..');
      const store = new RedisStore({ url });
      return { store, close: () => store.close() };
    },
  },
  access: {
    name: 'connect-hiredis, access (Promises)',
    packages: [],
    async open({ url }) {
      const { RedisStore } = require('..');
      const store = new RedisStore({ url });
      return {
        store: store.access,
        sessionStore: store,
        promises: true,
        close: () => store.close(),
      };
    },
  },
  'node-redis': {
    name: 'connect-redis + node-redis',
    packages: ['connect-redis', 'redis'],
    async open({ url }) {
      const { RedisStore } = await import('connect-redis');
      const { createClient } = await import('redis');
      const client = createClient({ url });
      await client.connect();
      return { store: new RedisStore({ client }), close: () => client.close() };
    },
  },
  ioredis: {
    name: 'connect-redis + ioredis',
    packages: ['connect-redis', 'ioredis'],
    async open({ url }) {
      const { RedisStore } = await import('connect-redis');
      const { Redis } = await import('ioredis');
      const client = new Redis(url);
      return { store: new RedisStore({ client: asNodeRedis(client) }), close: () => client.quit() };
    },
  },
};

/**
 * 'connect-redis 10.0.0 + redis 6.3.1', or this package's own version.
 * @param {string} id
 */
function versionsOf(id) {
  const { packages } = SUBJECTS[id];
  if (packages.length === 0) return `${version} (this checkout)`;
  return packages.map((name) => `${name} ${versionOf(name)}`).join(' + ');
}

module.exports = { SUBJECTS, versionsOf };
