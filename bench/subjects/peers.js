'use strict';

// connect-redis 10 over the clients that there are. It is written for node-redis' methods; for
// every other client one function of one line per method translates, which costs next to nothing.

/**
 * @typedef {{ host?: string, port?: number, url: string }} Server
 * @typedef {{ expiration: { type: 'EX', value: number } }} SetOptions what connect-redis 10 gives
 */

/** @param {any} client */
async function connectRedis(client) {
  const { RedisStore } = await import('connect-redis');
  return new RedisStore({ client });
}

/**
 * It pipelines by itself what is asked in one tick; there is nothing to be switched on.
 * @param {Server} server
 */
async function openNodeRedis({ url }) {
  const { createClient } = await import('redis');
  const client = createClient({ url });
  await client.connect();
  return { store: await connectRedis(client), close: () => client.close() };
}

/** @param {import('ioredis').Redis} client */
function fromIoredis(client) {
  return {
    get: (/** @type {string} */ key) => client.get(key),
    set: (
      /** @type {string} */ key,
      /** @type {string} */ value,
      /** @type {SetOptions} */ { expiration },
    ) => client.set(key, value, expiration.type, expiration.value),
    expire: (/** @type {string} */ key, /** @type {number} */ seconds) =>
      client.expire(key, seconds),
    del: (/** @type {string[]} */ keys) => client.del(keys),
  };
}

/**
 * @param {Server} server
 * @param {import('ioredis').RedisOptions} [options]
 */
async function openIoredis({ url }, options = {}) {
  const { Redis } = await import('ioredis');
  const client = new Redis(url, options);
  return { store: await connectRedis(fromIoredis(client)), close: () => client.quit() };
}

/**
 * What its documentation recommends for throughput.
 * @param {Server} server
 */
function openIoredisAutopipelining(server) {
  return openIoredis(server, { enableAutoPipelining: true });
}

/**
 * A fork of ioredis 5 with the same methods and the same option, here as it is by default.
 * @param {Server} server
 */
async function openIovalkey({ url }) {
  const { default: Valkey } = /** @type {any} */ (await import('iovalkey'));
  const client = new Valkey(url);
  return { store: await connectRedis(fromIoredis(client)), close: () => client.quit() };
}

/**
 * Its Promises (rawCallAsync) are a wrapping of its callbacks, and connect-redis wants Promises.
 * @param {Server} server
 */
async function openFastDriver({ host, port }) {
  const { default: Redis } = /** @type {any} */ (await import('redis-fast-driver'));
  const client = new Redis({ host, port });
  client.on('error', (/** @type {Error} */ error) => {
    throw error;
  });
  await new Promise((resolve) => client.once('ready', resolve));
  const store = await connectRedis({
    get: (/** @type {string} */ key) => client.rawCallAsync(['GET', key]),
    set: (
      /** @type {string} */ key,
      /** @type {string} */ value,
      /** @type {SetOptions} */ { expiration },
    ) => client.rawCallAsync(['SET', key, value, expiration.type, expiration.value]),
    expire: (/** @type {string} */ key, /** @type {number} */ seconds) =>
      client.rawCallAsync(['EXPIRE', key, seconds]),
    del: (/** @type {string[]} */ keys) => client.rawCallAsync(['DEL', ...keys]),
  });
  return { store, close: () => client.end() };
}

/**
 * One client for all, as its documentation recommends. Its default deadline of 250 milliseconds
 * is too short for sessions of 2 MB on a busy machine: it has ours instead, 5 seconds.
 * @param {Server} server
 */
async function openGlide({ host = '127.0.0.1', port }) {
  const { GlideClient, TimeUnit } = await import('@valkey/valkey-glide');
  const client = await GlideClient.createClient({
    addresses: [{ host, port }],
    requestTimeout: 5000,
  });
  const store = await connectRedis({
    get: (/** @type {string} */ key) => client.get(key),
    set: (
      /** @type {string} */ key,
      /** @type {string} */ value,
      /** @type {SetOptions} */ { expiration },
    ) => client.set(key, value, { expiry: { type: TimeUnit.Seconds, count: expiration.value } }),
    expire: (/** @type {string} */ key, /** @type {number} */ seconds) =>
      client.expire(key, seconds),
    del: (/** @type {string[]} */ keys) => client.del(keys),
  });
  return { store, close: () => client.close() };
}

module.exports = {
  openNodeRedis,
  openIoredis,
  openIoredisAutopipelining,
  openIovalkey,
  openFastDriver,
  openGlide,
};
