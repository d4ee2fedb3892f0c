'use strict';

// Session stores that the same cases can be run against: this one, and those of other packages.

const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');

const ROOT = path.join(__dirname, '../..');

/**
 * @typedef {object} Opened
 * @property {any} store
 * @property {() => Promise<unknown> | unknown} close the store, and the client that was made for it
 *
 * @typedef {object} Subject
 * @property {string} name
 * @property {string} version of the package
 * @property {string[]} features see FEATURES
 * @property {(server: { socket?: string }, options?: object) => Promise<Opened>} open
 */

/**
 * What a case may need: `redis` (its data is on a Redis that a witness can look at), and the
 * methods that express-session leaves to each store.
 */
const FEATURES = ['redis', 'touch', 'all', 'length', 'clear'];

/** @param {string} folder with node_modules @param {string} name */
function versionIn(folder, name) {
  // Read as a file: not every package exports its package.json.
  const file = path.join(folder, 'node_modules', name, 'package.json');
  return JSON.parse(fs.readFileSync(file, 'utf8')).version;
}

/** @returns {Subject} */
function connectHiredis() {
  const { RedisStore } = require('../..');
  return {
    name: 'connect-hiredis',
    version: JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')).version,
    features: FEATURES,
    async open(server, options) {
      const store = new RedisStore({ socket: server.socket, ...options });
      return { store, close: () => store.close() };
    },
  };
}

/** @returns {Subject} */
function memoryStore() {
  const { MemoryStore } = require('express-session');
  return {
    name: 'MemoryStore',
    version: versionIn(ROOT, 'express-session'),
    features: FEATURES.filter((feature) => feature !== 'redis'),
    open: async () => ({ store: new MemoryStore(), close() {} }),
  };
}

/** @returns {Subject} */
function connectRedis() {
  const { RedisStore } = require('connect-redis');
  const { createClient } = require('redis');
  return {
    name: 'connect-redis',
    version: versionIn(ROOT, 'connect-redis'),
    features: FEATURES,
    async open(server, options) {
      const client = createClient({ socket: { path: server.socket } });
      client.on('error', () => {}); // the store's callbacks tell
      await client.connect();
      return {
        store: new RedisStore({ client, ...options }),
        close: () => client.destroy(),
      };
    },
  };
}

/** @param {string} folder where npm installed it @returns {Subject} */
function tokenSessionRedis(folder) {
  const RedisStore = createRequire(path.join(folder, 'index.js'))('token-session-redis')(
    require('express-session'),
  );
  return {
    name: 'token-session-redis',
    version: versionIn(folder, 'token-session-redis'),
    features: ['redis'],
    async open(server, options) {
      const store = new RedisStore({ socket: server.socket, ...options });
      return { store, close: () => store.client.end() };
    },
  };
}

/**
 * connect-mongo over a stand-in for the MongoDB driver's client: there is no server to be had from
 * npm or Debian.
 *
 * @param {string} folder where npm installed it
 * @returns {Subject}
 */
function connectMongo(folder) {
  const { MongoStore } = createRequire(path.join(folder, 'index.js'))('connect-mongo');
  return {
    name: 'connect-mongo',
    version: versionIn(folder, 'connect-mongo'),
    features: ['touch'],
    async open(server, options) {
      const store = MongoStore.create({
        client: mongoClient(),
        autoRemove: 'disabled',
        ...options,
      });
      return { store, close() {} };
    },
  };
}

/** As much of a MongoClient as a store needs to get, set, touch and destroy by `_id`. */
function mongoClient() {
  const documents = new Map();
  const collection = {
    async findOne({ _id }) {
      const found = documents.get(_id);
      return found && found.expires > new Date() ? { ...found } : null;
    },
    async updateOne({ _id }, { $set }, { upsert = false } = {}) {
      const found = documents.get(_id);
      if (found || upsert) documents.set(_id, { ...found, ...$set });
      return { matchedCount: found ? 1 : 0, upsertedCount: !found && upsert ? 1 : 0 };
    },
    async deleteOne({ _id }) {
      return { deletedCount: documents.delete(_id) ? 1 : 0 };
    },
  };
  return { db: () => ({ collection: () => collection }) };
}

const SUBJECTS = {
  'connect-hiredis': connectHiredis,
  MemoryStore: memoryStore,
  'connect-redis': connectRedis,
  'token-session-redis': tokenSessionRedis,
  'connect-mongo': connectMongo,
};

/**
 * @param {string} name
 * @param {string} [folder] where npm installed the packages that are not ours to depend on
 * @returns {Subject}
 */
function loadSubject(name, folder = ROOT) {
  return SUBJECTS[name](folder);
}

module.exports = { loadSubject };
