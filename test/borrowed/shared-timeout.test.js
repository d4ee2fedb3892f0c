'use strict';

// node-redis from 6 on gives each command a timeout until it leaves. What a store sends has that,
// too, if not one for each.

const { createClient } = require('redis');
const { RedisStore } = require('../..');
const { SharedTimeout } = require('../../lib/borrowed/shared-timeout');
const { startRedis } = require('../helpers/redis-server');

const TIMEOUT = 300;
const LONGER = 1000; // at most, because it is shared
const GRACE = 2000;

let server, client, store;
beforeEach(async () => {
  server = await startRedis();
  const socket = { path: server.socket, reconnectStrategy: 20 };
  client = createClient({ socket, commandOptions: { timeout: TIMEOUT } });
  client.on('error', () => {});
  await client.connect();
  store = new RedisStore({ client });
});
afterEach(async () => {
  client.destroy();
  await server.stop();
});

test('what has to wait for a connection fails at the timeout of the client, and is not done later', async () => {
  await store.set('a', { n: 1 });
  const lost = new Promise((resolve) => client.once('reconnecting', resolve));
  await server.kill();
  await lost;
  const began = performance.now();
  await expect(store.set('b', { n: 2 })).rejects.toThrow('aborted');
  const took = performance.now() - began;
  expect(took).toBeGreaterThan(TIMEOUT - 50);
  expect(took).toBeLessThan(TIMEOUT + LONGER + GRACE);
  const found = new Promise((resolve) => client.once('ready', resolve));
  await server.start();
  await found;
  await store.set('c', { n: 3 });
  await expect(client.keys('*')).resolves.toEqual(['sess:c']);
});

test('time for which the loop was blocked does not count', async () => {
  await store.set('a', { n: 1 });
  const lost = new Promise((resolve) => client.once('reconnecting', resolve));
  await server.kill();
  await lost;
  const started = server.start();
  const asked = store.set('b', { n: 2 });
  // The server is there long before this ends.
  const end = performance.now() + 3 * (TIMEOUT + LONGER);
  while (performance.now() < end);
  await started;
  await expect(asked).resolves.toBe('OK');
});

test('what has left is answered, however long that takes', async () => {
  await store.set('a', { n: 1 });
  await client.sendCommand(['CLIENT', 'PAUSE', String(TIMEOUT + LONGER + 500), 'ALL']);
  await expect(store.get('a')).resolves.toEqual({ n: 1 });
});

test('the commands of one second share one signal, those of the next have another', () => {
  let now = 5000;
  const shared = new SharedTimeout(TIMEOUT, () => now);
  const first = shared.options;
  expect(first).toMatchObject({ timeout: 0, abortSignal: expect.any(AbortSignal) });
  now += LONGER - 1;
  expect(shared.options).toBe(first);
  now += 1;
  expect(shared.options.abortSignal).not.toBe(first.abortSignal);
});
