'use strict';

// Sessions that are got in one tick come by one command; nobody is to be worse off for it.

const { createClient } = require('redis');
const { RedisStore } = require('../..');
const { startRedis } = require('../helpers/redis-server');
const { connectAdmin, useRedis } = require('../helpers/use-redis');

const redis = useRedis();

let client;
beforeEach(async () => {
  client = await createClient({ socket: { path: redis.server.socket } }).connect();
  redis.track({ close: () => client.destroy() });
});

const idsOf = (count) => Array.from({ length: count }, (_, n) => `s${n}`);
const numbersOf = async (store, ids) =>
  (await Promise.all(ids.map((id) => store.get(id)))).map((session) => session?.n);

/** A store with as many sessions, which has called its scripts before. */
async function storeOf(count) {
  const store = new RedisStore({ client });
  await Promise.all(idsOf(count).map((id, n) => store.set(id, { n })));
  await numbersOf(store, ['s0', 's1']);
  await store.get('s0');
  await redis.admin.sendCommand(['CONFIG', 'RESETSTAT']);
  return store;
}

test('sixteen at most come by one command', async () => {
  const store = await storeOf(40);
  await expect(numbersOf(store, idsOf(40))).resolves.toEqual([...idsOf(40).keys()]);
  await expect(redis.calls('evalsha')).resolves.toBe(3);
  await expect(redis.calls('get')).resolves.toBe(40);
});

test('ticks apart they come by themselves', async () => {
  const store = await storeOf(3);
  const found = [];
  for (const id of idsOf(3)) {
    found.push(store.get(id));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect((await Promise.all(found)).map(({ n }) => n)).toEqual([0, 1, 2]);
  await expect(redis.calls('evalsha')).resolves.toBe(3);
});

test('a server that has forgotten the script is told it again', async () => {
  const store = await storeOf(5);
  await redis.admin.sendCommand(['SCRIPT', 'FLUSH']);
  await expect(numbersOf(store, idsOf(5))).resolves.toEqual([0, 1, 2, 3, 4]);
  await expect(numbersOf(store, idsOf(5))).resolves.toEqual([0, 1, 2, 3, 4]);
  await expect(redis.calls('eval')).resolves.toBe(1);
});

test('a client that fails is asked no more than once for each', async () => {
  const gone = new Error('Socket closed unexpectedly');
  const sendCommand = jest.fn(() => Promise.reject(gone));
  const store = new RedisStore({ client: { sendCommand } });
  const gets = await Promise.allSettled(idsOf(5).map((id) => store.get(id)));
  expect(gets.map(({ reason }) => reason)).toEqual(Array(5).fill(gone));
  expect(sendCommand).toHaveBeenCalledTimes(1);
});

describe('before several servers', () => {
  let second, secondAdmin;
  beforeAll(async () => {
    second = await startRedis();
    secondAdmin = await connectAdmin(second);
  });
  afterAll(async () => {
    secondAdmin.destroy();
    await second.stop();
  });

  test('a proxy that goes by the first key loses nobody', async () => {
    const firstKey = ([name, ...rest]) => (name.startsWith('EVAL') ? rest[2] : rest[0]);
    const isEven = (words) => Number(firstKey(words).match(/\d+$/)[0]) % 2 === 0;
    const sendCommand = (words) => (isEven(words) ? client : secondAdmin).sendCommand(words);
    const store = new RedisStore({ client: { sendCommand } });
    for (const [n, id] of idsOf(20).entries()) await store.set(id, { n });
    await expect(redis.admin.dbSize()).resolves.toBe(10);
    await expect(numbersOf(store, idsOf(20))).resolves.toEqual([...idsOf(20).keys()]);
  });

  test('one that refuses keys of several servers loses nobody either', async () => {
    const sendCommand = (words) =>
      words[0].startsWith('EVAL') && words[2] !== '1'
        ? Promise.reject(new Error("CROSSSLOT Keys in request don't hash to the same slot"))
        : client.sendCommand(words);
    const store = new RedisStore({ client: { sendCommand } });
    await store.set('s0', { n: 0 });
    await expect(numbersOf(store, ['s0', 's1', 's0'])).resolves.toEqual([0, undefined, 0]);
  });
});
