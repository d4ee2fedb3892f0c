'use strict';

// A server that says nothing: each operation ends at its own deadline. And what closing ends.

const { RedisStore } = require('../..');
const { failure, outcome } = require('../helpers/outcome');
const { inTheEnd, ownWatch } = require('../helpers/patience');
const { until } = require('../helpers/until');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const backoff = { min: 5, max: 50 };
/** Of the time that this process gets. */
const GRACE = 2000;

/** Runs `work` while the server is stopped; it runs again afterwards. */
async function whileStopped(work) {
  await redis.server.kill('SIGSTOP');
  try {
    return await work();
  } finally {
    await redis.server.kill('SIGCONT');
  }
}

test.each([
  ['get', (store, cb) => store.get('a', cb)],
  ['set', (store, cb) => store.set('a', {}, cb)],
  ['touch', (store, cb) => store.touch('a', {}, cb)],
  ['destroy', (store, cb) => store.destroy('a', cb)],
  ['length', (store, cb) => store.length(cb)],
  ['all', (store, cb) => store.all(cb)],
  ['clear', (store, cb) => store.clear(cb)],
])('%s of a server that hangs fails at its deadline', async (_, operation) => {
  const store = redis.store({ commandTimeout: 200, backoff });
  await inTheEnd(() => store.get('connected'));
  await whileStopped(async () => {
    const began = performance.now();
    const own = ownWatch();
    const error = await failure((callback) => operation(store, callback));
    expect(error.code).toBe('ERR_REDIS_TIMEOUT');
    expect(performance.now() - began).toBeGreaterThan(150);
    expect(own()).toBeLessThan(200 + GRACE);
  });
});

test('a server that hangs before the first connection is a timeout, too', async () => {
  await whileStopped(async () => {
    const store = redis.store({ commandTimeout: 200, backoff });
    const error = await failure((callback) => store.get('a', callback));
    expect(error.code).toBe('ERR_REDIS_TIMEOUT');
  });
});

test('connectTimeout bounds a connection that nobody answers', async () => {
  await whileStopped(async () => {
    const store = redis.store({ connectTimeout: 150, backoff });
    const began = performance.now();
    const own = ownWatch();
    const error = await new Promise((resolve) => store.once('error', resolve));
    expect(error.code).toMatch(/^(ERR_REDIS_TIMEOUT|ETIMEDOUT)$/);
    expect(performance.now() - began).toBeGreaterThan(100);
    expect(own()).toBeLessThan(150 + GRACE);
  });
});

test("once the server goes on, so does the store, and late replies are nobody's", async () => {
  const store = redis.store({ commandTimeout: 500, backoff });
  await redis.admin.mSet({ 'sess:a': '{"n":"a"}', 'sess:b': '{"n":"b"}', 'sess:c': '{"n":"c"}' });
  await inTheEnd(() => store.get('connected'));
  await whileStopped(() => failure((callback) => store.get('a', callback)));
  await expect(inTheEnd(() => store.get('b'))).resolves.toEqual({ n: 'b' });
  const sids = ['c', 'b', 'a', 'none'];
  const got = await Promise.all(sids.map((sid) => inTheEnd(() => store.get(sid))));
  expect(got).toEqual([{ n: 'c' }, { n: 'b' }, { n: 'a' }, null]);
});

test('operations whose deadline comes later outlive those before them', async () => {
  const DEADLINE = 3000;
  const client = redis.client({ commandTimeout: DEADLINE, backoff });
  const store = redis.track(new RedisStore(client));
  await store.get('connected');
  let early;
  let late;
  await whileStopped(async () => {
    early = failure((callback) => store.get('a', callback));
    // Begun half a deadline later: a real span of time is what is asked about here.
    await new Promise((resolve) => setTimeout(resolve, DEADLINE / 2));
    late = outcome((callback) => store.get('b', callback));
    await expect(early).resolves.toMatchObject({ code: 'ERR_REDIS_TIMEOUT' });
  });
  await expect(late).resolves.toMatchObject({ error: null, result: null });
});

describe('after close', () => {
  const operations = [
    ['get', (store, cb) => store.get('a', cb)],
    ['set', (store, cb) => store.set('a', {}, cb)],
    ['touch', (store, cb) => store.touch('a', {}, cb)],
    ['destroy', (store, cb) => store.destroy('a', cb)],
    ['clear', (store, cb) => store.clear(cb)],
    ['length', (store, cb) => store.length(cb)],
    ['ids', (store, cb) => store.ids(cb)],
    ['all', (store, cb) => store.all(cb)],
  ];

  test.each(operations)('%s is ERR_REDIS_CLOSED', async (_, operation) => {
    const store = redis.store();
    await store.get('connected');
    await store.close();
    await expect(failure((callback) => operation(store, callback))).resolves.toMatchObject({
      code: 'ERR_REDIS_CLOSED',
    });
  });

  test('a store of a closed client says so, too', async () => {
    const client = redis.client();
    const store = new RedisStore(client);
    await client.close();
    await expect(store.access.get('a')).rejects.toMatchObject({ code: 'ERR_REDIS_CLOSED' });
  });

  test('nothing is emitted any more', async () => {
    const store = redis.store();
    await store.get('connected');
    const told = [];
    for (const name of ['error', 'disconnect', 'connect', 'ready']) {
      store.on(name, () => told.push(name));
    }
    await store.close();
    await redis.admin.ping();
    expect(told).toEqual([]);
  });
});

describe('close', () => {
  test('lets operations in flight be answered first', async () => {
    const store = redis.store();
    await store.get('connected');
    const sets = Array.from({ length: 100 }, (_, n) => store.set(`s${n}`, { n }));
    const closed = store.close();
    await expect(Promise.all(sets)).resolves.toEqual(Array(100).fill('OK'));
    await closed;
    await expect(redis.admin.dbSize()).resolves.toBe(100);
  });

  test('ends while the server hangs, and calls back what was in flight', async () => {
    const store = redis.store({ commandTimeout: 300, backoff });
    await inTheEnd(() => store.get('connected'));
    await whileStopped(async () => {
      const inFlight = failure((callback) => store.get('a', callback));
      const own = ownWatch();
      await store.close();
      expect(own()).toBeLessThan(300 + GRACE);
      expect((await inFlight).code).toMatch(/^ERR_REDIS_(TIMEOUT|CLOSED)$/);
    });
  });

  test('ends before the first connection', async () => {
    const store = redis.store();
    const asked = outcome((callback) => store.get('a', callback));
    await store.close();
    await asked;
    expect(store.client.state).toBe('closed');
  });

  test('ends an enumeration with one error', async () => {
    const script = `for i = 1, 5000 do redis.call('SET', 'sess:' .. i, '{}') end`;
    await redis.admin.eval(script);
    const store = redis.store({ scanCount: 10 });
    await store.get('connected');
    const enumerations = ['ids', 'all', 'length', 'clear'].map((method) =>
      failure((callback) => store[method](callback)),
    );
    await store.get('connected');
    await store.close();
    for (const enumeration of enumerations) {
      await expect(enumeration).resolves.toMatchObject({ code: 'ERR_REDIS_CLOSED' });
    }
  });

  test('called twice at once ends twice', async () => {
    const store = redis.store();
    await store.get('connected');
    await Promise.all([store.close(), store.close(), store.client.close()]);
    await store.close();
  });

  test('emits close on the client once the last handle is closed', async () => {
    const client = redis.client();
    let closes = 0;
    client.on('close', () => closes++);
    await new Promise((resolve) => client.once('ready', resolve));
    await client.close();
    await client.close();
    expect(closes).toBe(1);
    expect(client.state).toBe('closed');
  });

  test('leaves no connection on the server', async () => {
    const stores = Array.from({ length: 20 }, () => redis.store({ clientName: 'many' }));
    await Promise.all(stores.map((store) => store.get('a')));
    await expect(redis.admin.sendCommand(['CLIENT', 'LIST'])).resolves.toMatch(/name=many/);
    await Promise.all(stores.map((store) => store.close()));
    // The server learns of it when it reads next.
    await until(async () => !/name=many/.test(await redis.admin.sendCommand(['CLIENT', 'LIST'])));
  });
});
