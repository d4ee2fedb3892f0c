'use strict';

// Every client that an application may have when it takes this store: what makes one of a place
// (see places.js), and closes it.

const { once } = require('node:events');
const { readFileSync } = require('node:fs');
const path = require('node:path');

/**
 * @typedef {object} Opened
 * @property {any} client as the application gives it to the store
 * @property {() => Promise<unknown>} connect resolves when commands are answered
 * @property {() => Promise<unknown> | unknown} close
 *
 * @typedef {object} BorrowedClient
 * @property {string} name
 * @property {string} package under which this repository has it
 * @property {'server' | 'cluster' | 'sentinel' | 'memory'} place what it needs, see places.js
 * @property {string} prefix what it puts before each key by itself
 * @property {boolean} buffers whether it can give Buffers
 * @property {boolean} isVariant it is another of these, with an option that changes its replies or keys
 * @property {(where: any, options?: object) => Opened} create one that is not connected yet
 */

/** What clients put before each key, where they are told to. */
const PREFIX = 'app[*]:';
/** RESP's type of strings with a length, as node-redis from 5 on calls it. */
const BLOB_STRING = 36;
const GIVES_BUFFERS = { commandOptions: { typeMapping: { [BLOB_STRING]: Buffer } } };

/** Errors are the store's to tell: without any listener they would end the process. */
const quiet = (client) => client.on?.('error', () => {}) ?? client;

const readied = (client) => (client.ready ? Promise.resolve() : once(client, 'ready'));

/** node-redis 3 */
function redis3(name, where, options) {
  const { createClient } = require(name);
  const address = where.socket ? { path: where.socket } : { host: where.host, port: where.port };
  const client = quiet(createClient({ ...address, ...options }));
  return { client, connect: () => readied(client), close: () => client.end(false) };
}

/** What makes something of node-redis 4 or later. */
const nodeRedis = (make) => (name, where, options) => {
  const client = quiet(make(require(name), where, options));
  return {
    client,
    connect: () => client.connect(),
    close: () => (client.destroy ? client.destroy() : client.disconnect()),
  };
};

const socketOf = ({ socket, host, port }) => ({
  socket: socket ? { path: socket } : { host, port },
});

const single = ({ createClient }, where, { socket, ...options } = {}) =>
  createClient({ ...options, socket: { ...socketOf(where).socket, ...socket } });

const pool = ({ createClientPool }, where, { pool: poolOptions, ...options } = {}) =>
  createClientPool({ ...socketOf(where), ...options }, { minimum: 1, ...poolOptions });

const sentinel = ({ createSentinel }, where, options) =>
  createSentinel({
    name: where.name,
    sentinelRootNodes: where.sentinels,
    masterPoolSize: 2,
    ...options,
  });

const cluster = ({ createCluster }, where, options) =>
  createCluster({ rootNodes: where.nodes.map(socketOf), ...options });

/** What makes an ioredis, or an iovalkey. */
const ioredis = (name, where, options) => {
  const Redis = require(name);
  const address = where.sentinels
    ? { sentinels: where.sentinels, name: where.name }
    : where.socket
      ? { path: where.socket }
      : { host: where.host, port: where.port };
  const client = quiet(new Redis({ lazyConnect: true, ...address, ...options }));
  return { client, connect: () => client.connect(), close: () => client.disconnect() };
};

const ioredisCluster = (name, where, options) => {
  const { Cluster } = require(name);
  const client = quiet(new Cluster(where.nodes, { lazyConnect: true, ...options }));
  return { client, connect: () => client.connect(), close: () => client.disconnect() };
};

function redisMock() {
  const client = quiet(require('redis-mock').createClient());
  return {
    client,
    connect: () => new Promise((resolve) => client.ping(resolve)),
    close: () => client.end(true),
  };
}

/** A class of which nothing is known, with one method, over a client that nobody sees. */
const unknown = (make, give) => (name, where, options) => {
  const inner = make(name, where, options);
  return { ...inner, client: give(inner.client) };
};

const sendCommandAlone = unknown(
  nodeRedis(single),
  (inner) =>
    new (class {
      sendCommand(words) {
        return inner.sendCommand(words);
      }
    })(),
);

const callAlone = unknown(
  ioredis,
  (inner) =>
    new (class {
      call(name, ...rest) {
        return inner.call(name, ...rest);
      }
    })(),
);

/**
 * [name, package, place, what makes it, the options that the application gave to it, whether it
 * cannot give Buffers]
 */
const ROWS = [
  ['node-redis 3', 'redis-3', 'server', redis3, {}, true],
  ['node-redis 3, return_buffers', 'redis-3', 'server', redis3, { return_buffers: true }],
  ['node-redis 3, prefix', 'redis-3', 'server', redis3, { prefix: PREFIX }, true],
  ['node-redis 4', 'redis-4', 'server', nodeRedis(single)],
  ['node-redis 4, legacyMode', 'redis-4', 'server', nodeRedis(single), { legacyMode: true }],
  ['node-redis 5', 'redis-5', 'server', nodeRedis(single)],
  ['node-redis 5, RESP 3', 'redis-5', 'server', nodeRedis(single), { RESP: 3 }],
  ['node-redis 5, Buffers', 'redis-5', 'server', nodeRedis(single), GIVES_BUFFERS],
  ['node-redis 5, pool', 'redis-5', 'server', nodeRedis(pool)],
  ['node-redis 6', 'redis', 'server', nodeRedis(single)],
  ['node-redis 6, RESP 2', 'redis', 'server', nodeRedis(single), { RESP: 2 }],
  ['node-redis 6, Buffers', 'redis', 'server', nodeRedis(single), GIVES_BUFFERS],
  ['node-redis 6, keyPrefix', 'redis', 'server', nodeRedis(single), { keyPrefix: PREFIX }],
  ['node-redis 6, pool', 'redis', 'server', nodeRedis(pool)],
  ['node-redis 6, pool, keyPrefix', 'redis', 'server', nodeRedis(pool), { keyPrefix: PREFIX }],
  ['ioredis 4', 'ioredis-4', 'server', ioredis],
  ['ioredis 4, keyPrefix', 'ioredis-4', 'server', ioredis, { keyPrefix: PREFIX }],
  ['ioredis 4, no Buffers', 'ioredis-4', 'server', ioredis, { dropBufferSupport: true }, true],
  ['ioredis 5', 'ioredis-5', 'server', ioredis],
  ['ioredis 5, keyPrefix', 'ioredis-5', 'server', ioredis, { keyPrefix: PREFIX }],
  ['ioredis 6', 'ioredis', 'server', ioredis],
  ['ioredis 6, keyPrefix', 'ioredis', 'server', ioredis, { keyPrefix: PREFIX }],
  ['ioredis 6, stringNumbers', 'ioredis', 'server', ioredis, { stringNumbers: true }],
  ['ioredis 6, autopipelining', 'ioredis', 'server', ioredis, { enableAutoPipelining: true }],
  ['iovalkey', 'iovalkey', 'server', ioredis],
  ['iovalkey, keyPrefix', 'iovalkey', 'server', ioredis, { keyPrefix: PREFIX }],
  ['sendCommand alone', 'redis', 'server', sendCommandAlone, {}, true],
  ['call alone', 'ioredis', 'server', callAlone, {}, true],
  ['redis-mock', 'redis-mock', 'memory', redisMock, {}, true],

  ['node-redis 5, Sentinel', 'redis-5', 'sentinel', nodeRedis(sentinel)],
  ['node-redis 6, Sentinel', 'redis', 'sentinel', nodeRedis(sentinel)],
  ['node-redis 6, Sentinel, keyPrefix', 'redis', 'sentinel', nodeRedis(sentinel), { keyPrefix: PREFIX }], // prettier-ignore
  ['ioredis 6, Sentinel', 'ioredis', 'sentinel', ioredis],

  ['node-redis 4, Cluster', 'redis-4', 'cluster', nodeRedis(cluster)],
  ['node-redis 5, Cluster', 'redis-5', 'cluster', nodeRedis(cluster)],
  ['node-redis 6, Cluster', 'redis', 'cluster', nodeRedis(cluster)],
  ['node-redis 6, Cluster, keyPrefix', 'redis', 'cluster', nodeRedis(cluster), { keyPrefix: PREFIX }], // prettier-ignore
  ['ioredis 4, Cluster', 'ioredis-4', 'cluster', ioredisCluster],
  ['ioredis 4, Cluster, keyPrefix', 'ioredis-4', 'cluster', ioredisCluster, { keyPrefix: PREFIX }],
  ['ioredis 5, Cluster', 'ioredis-5', 'cluster', ioredisCluster],
  ['ioredis 6, Cluster', 'ioredis', 'cluster', ioredisCluster],
  ['ioredis 6, Cluster, keyPrefix', 'ioredis', 'cluster', ioredisCluster, { keyPrefix: PREFIX }],
  ['ioredis 6, Cluster, autopipelining', 'ioredis', 'cluster', ioredisCluster, { enableAutoPipelining: true }], // prettier-ignore
  ['iovalkey, Cluster', 'iovalkey', 'cluster', ioredisCluster],
];

/** @type {BorrowedClient[]} */
const CLIENTS = ROWS.map(([name, from, place, make, given = {}, noBuffers = false]) => ({
  name,
  package: from,
  place,
  prefix: given.keyPrefix ?? given.prefix ?? '',
  buffers: !noBuffers,
  isVariant: Object.keys(given).some((option) => option !== 'legacyMode'),
  create: (where, options) => make(from, where, { ...given, ...options }),
}));

/** @param {string} name @returns {BorrowedClient} */
const clientNamed = (name) => CLIENTS.find((each) => each.name === name);

/** One that is connected. */
async function openClient(borrowed, where, options) {
  const { client, connect, close } = borrowed.create(where, options);
  try {
    await connect();
  } catch (error) {
    await close();
    throw error;
  }
  return { client, close };
}

/** Read as a file: not every package exports its package.json. */
function versionOf(name) {
  const file = path.join(__dirname, '../../node_modules', name, 'package.json');
  return JSON.parse(readFileSync(file, 'utf8')).version;
}

module.exports = { CLIENTS, PREFIX, clientNamed, openClient, versionOf };
