'use strict';

// A server that is not there: every callback comes once and in time, and the server may come later.

const { RedisStore, createClient } = require('../..');
const { failure, outcome, result } = require('../helpers/outcome');
const { PATIENCE, inTheEnd, ownWatch } = require('../helpers/patience');
const { startRedis } = require('../helpers/redis-server');
const { freePort } = require('../helpers/server-start');

const UNREACHABLE = ['ECONNREFUSED', 'ERR_REDIS_TIMEOUT'];
const DEADLINE = 400;
/** Of the time that this process gets. */
const GRACE = 2000;

let port;
let open;

beforeEach(async () => {
  port = await freePort();
  open = [];
});

afterEach(async () => {
  await Promise.all(open.map((closable) => closable.close()));
});

function makeStore(options) {
  const backoff = { min: 5, max: 50 };
  const store = new RedisStore({ port, commandTimeout: DEADLINE, backoff, ...options });
  open.push(store);
  return store;
}

/** A session whose JSON is a little longer than that. */
const ofBytes = (length) => ({ text: 'x'.repeat(length) });

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

test.each(operations)('%s calls back once, inside its deadline', async (_, operation) => {
  const store = makeStore();
  const own = ownWatch();
  let calls = 0;
  const error = await failure((callback) =>
    operation(store, (...args) => {
      calls++;
      callback(...args);
    }),
  );
  expect(UNREACHABLE).toContain(error.code);
  expect(own()).toBeLessThan(DEADLINE + GRACE);
  await store.close();
  expect(calls).toBe(1);
});

test('Promises and access are rejected the same way', async () => {
  const store = makeStore();
  const code = expect.stringMatching(/^(ECONNREFUSED|ERR_REDIS_TIMEOUT)$/);
  await Promise.all([
    expect(store.get('a')).rejects.toMatchObject({ code }),
    expect(store.access.get('a')).rejects.toMatchObject({ code }),
    expect(store.access.set('a', {})).rejects.toMatchObject({ code }),
    expect(store.access.length()).rejects.toMatchObject({ code }),
  ]);
});

test('a unix socket that is not there fails operations the same way', async () => {
  const socket = '/nonexistent/redis.sock';
  const store = makeStore({ port: undefined, socket });
  const reported = new Promise((resolve) => store.once('error', resolve));
  const error = await failure((callback) => store.get('a', callback));
  expect(['ENOENT', 'ERR_REDIS_TIMEOUT']).toContain(error.code);
  await expect(reported).resolves.toMatchObject({ code: 'ENOENT', address: socket });
});

test('a name that does not exist fails operations the same way', async () => {
  const store = makeStore({ host: 'no-such-host.invalid' });
  const error = await failure((callback) => store.get('a', callback));
  expect(['ENOTFOUND', 'EAI_AGAIN', 'ERR_REDIS_TIMEOUT']).toContain(error.code);
});

test('the error event is that of the system, with address, port and syscall', async () => {
  const store = makeStore();
  const error = await new Promise((resolve) => store.once('error', resolve));
  expect(error).toMatchObject({
    code: 'ECONNREFUSED',
    address: '127.0.0.1',
    port,
    syscall: 'connect',
  });
  expect(error.errno).toBeLessThan(0);
  expect(error.client).toBe(store.client);
  expect(Object.prototype.toString.call(error)).toBe('[object Error]');
});

test('a thousand operations are each called back once', async () => {
  const store = makeStore();
  const errors = await Promise.all(
    Array.from({ length: 1000 }, (_, n) => failure((callback) => store.get(`s${n}`, callback))),
  );
  expect(errors.filter(({ code }) => !UNREACHABLE.includes(code))).toEqual([]);
});

describe('once the server is started there', () => {
  let server;

  /** Starts a server where the store looks for one. */
  const startServer = async () => {
    server = await startRedis({ tcp: true, port });
  };

  afterEach(async () => {
    await Promise.all(open.map((closable) => closable.close()));
    await server?.stop();
  });

  test('the next operation works', async () => {
    const store = makeStore();
    await failure((callback) => store.get('a', callback));
    await startServer();
    // The deadline begins anew with each operation; reconnecting is quicker, on most machines.
    const set = () => result((callback) => store.set('a', { n: 1 }, callback));
    await expect(inTheEnd(set)).resolves.toBe('OK');
    await expect(inTheEnd(() => store.access.get('a'))).resolves.toEqual({ n: 1 });
  });

  test('operations that were waiting are answered', async () => {
    const store = makeStore({ commandTimeout: PATIENCE });
    const waiting = [
      store.set('a', { n: 1 }),
      store.get('a'),
      store.touch('a', {}),
      store.length(),
      store.destroy('a'),
      store.get('a'),
    ];
    await new Promise((resolve) => store.once('error', resolve));
    await startServer();
    await expect(Promise.all(waiting)).resolves.toEqual(['OK', { n: 1 }, 'OK', 1, 1, null]);
  });

  test('one session may be larger than the queue, and then nothing else waits', async () => {
    const store = makeStore({ queue: { bytes: 1000 }, commandTimeout: 20_000 });
    const large = outcome((callback) => store.set('a', ofBytes(100_000), callback));
    const next = await failure((callback) => store.get('a', callback));
    expect(next.code).toBe('ERR_REDIS_QUEUE_FULL');
    await startServer();
    await expect(large).resolves.toMatchObject({ error: null, result: 'OK' });
    expect(store.client.stats().queueBytes).toBe(0);
    await expect(store.get('a')).resolves.toMatchObject(ofBytes(100_000));
  });

  test('the handshake comes before what was waiting', async () => {
    const store = makeStore({ commandTimeout: PATIENCE, db: 7 });
    const waiting = store.set('a', { n: 1 });
    await new Promise((resolve) => store.once('error', resolve));
    await startServer();
    await waiting;
    const elsewhere = makeStore({ db: 0, commandTimeout: PATIENCE });
    await expect(elsewhere.get('a')).resolves.toBeNull();
    await expect(store.get('a')).resolves.toEqual({ n: 1 });
  });
});

describe('the queue', () => {
  test('is bounded: past the bound an operation fails at once', async () => {
    const store = makeStore({ queue: 4, commandTimeout: PATIENCE });
    const outcomes = [];
    for (let n = 0; n < 4; n++) {
      const asked = outcome((callback) => store.destroy(`s${n}`, callback));
      asked.then(() => outcomes.push('queued'));
    }
    for (let n = 0; n < 3; n++) {
      const error = await failure((callback) => store.destroy(`x${n}`, callback));
      expect(error.code).toBe('ERR_REDIS_QUEUE_FULL');
    }
    expect(outcomes).toEqual([]);
    await store.close();
    expect(outcomes).toEqual(['queued', 'queued', 'queued', 'queued']);
  });

  test('holds 10,000 when nothing is said', async () => {
    const store = makeStore({ commandTimeout: PATIENCE });
    const codes = [];
    for (let n = 0; n < 10_003; n++) store.destroy(`s${n}`, (error) => codes.push(error.code));
    // Later than the refusals of the same tick, and long before any deadline.
    const last = await failure((callback) => store.destroy('last', callback));
    expect(last.code).toBe('ERR_REDIS_QUEUE_FULL');
    expect(codes).toEqual(Array(3).fill('ERR_REDIS_QUEUE_FULL'));
    await store.close();
    expect(codes).toHaveLength(10_003);
    expect(codes.filter((code) => code === 'ERR_REDIS_CLOSED')).toHaveLength(10_000);
  });

  test('holds 64 MiB when nothing is said', async () => {
    const store = makeStore({ commandTimeout: 20_000 });
    const codes = [];
    const session = ofBytes(2 ** 20);
    for (let n = 0; n < 67; n++) store.set(`s${n}`, session, (error) => codes.push(error.code));
    const last = await failure((callback) => store.get('last', callback));
    expect(last.code).toBe('ERR_REDIS_QUEUE_FULL');
    expect(codes).toEqual(Array(3).fill('ERR_REDIS_QUEUE_FULL'));
    const { queueLength, queueBytes } = store.client.stats();
    expect(queueLength).toBe(64);
    expect(queueBytes).toBeGreaterThanOrEqual(64 * 2 ** 20);
    expect(queueBytes).toBeLessThan(65 * 2 ** 20);
    await store.close();
    expect(codes).toHaveLength(67);
  });

  test('is bounded in bytes as one likes', async () => {
    const store = makeStore({ queue: { bytes: 5000 }, commandTimeout: 20_000 });
    const first = failure((callback) => store.set('a', ofBytes(3000), callback));
    const second = failure((callback) => store.set('b', ofBytes(3000), callback));
    const third = await failure((callback) => store.set('c', ofBytes(3000), callback));
    expect(third.code).toBe('ERR_REDIS_QUEUE_FULL');
    await store.close();
    for (const asked of [first, second]) expect((await asked).code).toBe('ERR_REDIS_CLOSED');
  });

  test('has room again when the waiting ones ran into their deadline', async () => {
    const store = makeStore({ queue: 1, commandTimeout: 100 });
    const first = failure((callback) => store.destroy('a', callback));
    const second = await failure((callback) => store.destroy('b', callback));
    expect(second.code).toBe('ERR_REDIS_QUEUE_FULL');
    await first;
    const third = await failure((callback) => store.destroy('c', callback));
    expect(UNREACHABLE).toContain(third.code);
  });

  test('of false lets nothing wait', async () => {
    const store = makeStore({ queue: false, commandTimeout: PATIENCE });
    const own = ownWatch();
    await failure((callback) => store.get('a', callback));
    await expect(store.access.set('a', {})).rejects.toHaveProperty('code');
    expect(own()).toBeLessThan(PATIENCE / 4);
  });

  test('of false lets operations through when connected', async () => {
    const server = await startRedis();
    try {
      const client = createClient({ url: server.url, queue: false });
      open.push(client);
      await new Promise((resolve) => client.once('ready', resolve));
      const store = new RedisStore(client);
      await expect(store.set('a', { n: 1 })).resolves.toBe('OK');
      await expect(store.get('a')).resolves.toEqual({ n: 1 });
    } finally {
      await Promise.all(open.map((closable) => closable.close()));
      await server.stop();
    }
  });
});
