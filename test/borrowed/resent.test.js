'use strict';

// Clients that send again, after a break, what may have been carried out already: whether one did is
// not told, so the store has to know when it can have been.

const ioredis = require('ioredis');
const redis3 = require('redis-3');
const { RedisStore } = require('../..');
const { REPLACE } = require('../../lib/borrowed/scripts');
const { startCuttingProxy } = require('../helpers/cutting-proxy');
const { startHoldingProxy } = require('../helpers/holding-proxy');
const { startCluster } = require('../helpers/redis-cluster');
const { until } = require('../helpers/until');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis({ tcp: true });
const counter = () =>
  jest.fn((session) => {
    session.n++;
  });

/** A store over `client`, which the server is to know the script of. */
async function storeOver(client, close) {
  client.on('error', () => {});
  redis.track({ close });
  const store = redis.track(new RedisStore({ client }));
  store.on('error', () => {});
  await store.access.update('a', () => {});
  return store;
}

test('ioredis: an update that waited for a connection was not sent before', async () => {
  await redis.admin.set('sess:a', '{"n":0}');
  const proxy = redis.track(await startHoldingProxy(redis.server.address));
  const { host, port } = proxy;
  const client = new ioredis.Redis({ host, port, retryStrategy: () => 5, maxRetriesPerRequest: null }); // prettier-ignore
  const store = await storeOver(client, () => client.disconnect());
  let closes = 0;
  client.on('close', () => closes++);
  const updated = store.access.update('a', async (session) => {
    session.n++;
    if (session.n > 1) return;
    proxy.refuses = true;
    await redis.admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
    await until(() => closes > 0);
    await redis.admin.set('sess:a', '{"n":1}');
    setImmediate(async () => {
      const before = closes;
      await until(() => closes >= before + 2, { what: 'attempts that fail' });
      proxy.refuses = false;
    });
  });
  await expect(updated).resolves.toEqual({ n: 2 });
  await expect(redis.admin.get('sess:a')).resolves.toBe('{"n":2}');
});

test('node-redis 3 with retry_unfulfilled_commands: an update whose answer was lost counts once', async () => {
  await redis.admin.set('sess:a', '{"n":0}');
  const proxy = redis.track(await startCuttingProxy(redis.server));
  const client = redis3.createClient({
    path: proxy.socket,
    retry_unfulfilled_commands: true,
    retry_strategy: () => 5,
  });
  const store = await storeOver(client, () => client.end(false));
  const change = counter();
  const cut = proxy.cutAfter(REPLACE.digest);
  const updated = store.access.update('a', change);
  await cut;
  await expect(updated).resolves.toEqual({ n: 1 });
  expect(change).toHaveBeenCalledTimes(1);
});

test('a cluster of ioredis: an update whose answer was lost counts once', async () => {
  const cluster = await startCluster(2);
  redis.track({ close: cluster.stop });
  const slot = await cluster.admins[0].sendCommand(['CLUSTER', 'KEYSLOT', 'sess:a']);
  const server = cluster.servers[slot < 16_384 / 2 ? 0 : 1];
  const proxy = redis.track(await startCuttingProxy(server, { tcp: true }));
  const there = { host: '127.0.0.1', port: proxy.port };
  const client = new ioredis.Cluster([there], {
    natMap: { [`127.0.0.1:${server.port}`]: there },
    clusterRetryStrategy: () => 50,
  });
  await client.set('sess:a', '{"n":0}');
  const store = await storeOver(client, () => client.disconnect());
  const change = counter();
  const cut = proxy.cutAfter(REPLACE.digest);
  const updated = store.access.update('a', change);
  await cut;
  await expect(updated).resolves.toEqual({ n: 1 });
  expect(change).toHaveBeenCalledTimes(1);
});
