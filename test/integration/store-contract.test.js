'use strict';

// The methods of the store: the table of SPEC section 2, by callback, by Promise and by access.

const { outcome, result } = require('../helpers/outcome');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const live = () => ({ user: 'ann', cookie: { expires: new Date(Date.now() + 60_000) } });
const lapsed = () => ({ user: 'ann', cookie: { expires: new Date(Date.now() - 1) } });
const plain = (fields) => ({ cookie: { expires: null, originalMaxAge: null }, ...fields });

/** One way each of asking the store: [name, ask(store, method, ...args)]. */
const byCallback = (store, method, ...args) =>
  result((callback) => store[method](...args, callback));
const byPromise = (store, method, ...args) => store[method](...args);

describe.each([
  ['with a callback', byCallback],
  ['without a callback', byPromise],
])('%s', (_, ask) => {
  test('get gives the session, or null', async () => {
    const store = redis.store();
    await redis.admin.set('sess:a', '{"user":"ann","cookie":{"expires":null}}');
    await expect(ask(store, 'get', 'a')).resolves.toEqual({
      user: 'ann',
      cookie: { expires: null },
    });
    await expect(ask(store, 'get', 'b')).resolves.toBeNull();
  });

  test("set gives 'OK', and the session is on the server", async () => {
    const store = redis.store();
    await expect(ask(store, 'set', 'a', plain({ user: 'ann' }))).resolves.toBe('OK');
    expect(JSON.parse(await redis.admin.get('sess:a'))).toEqual(plain({ user: 'ann' }));
  });

  test('set of a session that expired removes the key and gives the count', async () => {
    const store = redis.store();
    await redis.admin.set('sess:a', '{}');
    await expect(ask(store, 'set', 'a', lapsed())).resolves.toBe(1);
    await expect(redis.admin.exists('sess:a')).resolves.toBe(0);
    await expect(ask(store, 'set', 'a', lapsed())).resolves.toBe(0);
  });

  test('set of a loaded session that was destroyed meanwhile gives null', async () => {
    const store = redis.store();
    await store.set('a', plain());
    const loaded = store.createSession({ sessionID: 'a' }, await store.get('a'));
    await redis.admin.del('sess:a');
    await expect(ask(store, 'set', 'a', loaded)).resolves.toBeNull();
    await expect(redis.admin.exists('sess:a')).resolves.toBe(0);
  });

  test("touch gives 'OK', or 'EXPIRED' when the key is gone", async () => {
    const store = redis.store();
    await redis.admin.set('sess:a', '{}', { PX: 5000 });
    await expect(ask(store, 'touch', 'a', live())).resolves.toBe('OK');
    await expect(redis.admin.pTTL('sess:a')).resolves.toBeGreaterThan(50_000);
    await expect(ask(store, 'touch', 'b', live())).resolves.toBe('EXPIRED');
    await expect(redis.admin.exists('sess:b')).resolves.toBe(0);
  });

  test('destroy gives the number of keys removed', async () => {
    const store = redis.store();
    await redis.admin.set('sess:a', '{}');
    await expect(ask(store, 'destroy', 'a')).resolves.toBe(1);
    await expect(redis.admin.exists('sess:a')).resolves.toBe(0);
    await expect(ask(store, 'destroy', 'a')).resolves.toBe(0);
  });

  test('clear gives the number removed', async () => {
    const store = redis.store();
    await redis.admin.mSet({ 'sess:a': '{}', 'sess:b': '{}', other: 'x' });
    await expect(ask(store, 'clear')).resolves.toBe(2);
    await expect(redis.admin.keys('*')).resolves.toEqual(['other']);
    await expect(ask(store, 'clear')).resolves.toBe(0);
  });

  test('length, ids and all see every session of the prefix', async () => {
    const store = redis.store();
    await expect(ask(store, 'length')).resolves.toBe(0);
    await expect(ask(store, 'ids')).resolves.toEqual([]);
    await expect(ask(store, 'all')).resolves.toEqual([]);
    await redis.admin.mSet({ 'sess:a': '{"n":1}', 'sess:b': '{"n":2}', other: 'x' });
    await expect(ask(store, 'length')).resolves.toBe(2);
    expect((await ask(store, 'ids')).sort()).toEqual(['a', 'b']);
    expect((await ask(store, 'all')).sort((x, y) => x.n - y.n)).toEqual([
      { id: 'a', n: 1 },
      { id: 'b', n: 2 },
    ]);
  });

  test('close ends, a second time too', async () => {
    const store = redis.store();
    await store.get('a');
    await expect(ask(store, 'close')).resolves.toBeUndefined();
    await expect(ask(store, 'close')).resolves.toBeUndefined();
    expect(store.client.state).toBe('closed');
  });
});

describe('access', () => {
  test('get gives the session or null', async () => {
    const { access } = redis.store();
    await redis.admin.set('sess:a', '{"user":"ann"}');
    await expect(access.get('a')).resolves.toEqual({ user: 'ann' });
    await expect(access.get('b')).resolves.toBeNull();
  });

  test('set gives true if stored', async () => {
    const { access } = redis.store();
    await expect(access.set('a', live())).resolves.toBe(true);
    await expect(redis.admin.exists('sess:a')).resolves.toBe(1);
  });

  test('set gives false if the session had expired, whether or not a key went', async () => {
    const { access } = redis.store();
    await redis.admin.set('sess:a', '{}');
    await expect(access.set('a', lapsed())).resolves.toBe(false);
    await expect(access.set('a', lapsed())).resolves.toBe(false);
    await expect(redis.admin.exists('sess:a')).resolves.toBe(0);
  });

  test('set gives false if the loaded session was destroyed meanwhile', async () => {
    const store = redis.store();
    await store.access.set('a', plain());
    const loaded = store.createSession({ sessionID: 'a' }, await store.access.get('a'));
    await redis.admin.del('sess:a');
    await expect(store.access.set('a', loaded)).resolves.toBe(false);
  });

  test('touch gives true, or false when the key is gone', async () => {
    const { access } = redis.store();
    await redis.admin.set('sess:a', '{}');
    await expect(access.touch('a', live())).resolves.toBe(true);
    await expect(access.touch('b', live())).resolves.toBe(false);
  });

  test('destroy gives true, or false when there was none', async () => {
    const { access } = redis.store();
    await redis.admin.set('sess:a', '{}');
    await expect(access.destroy('a')).resolves.toBe(true);
    await expect(access.destroy('a')).resolves.toBe(false);
  });

  test('clear, length, ids, all and close give what the store gives', async () => {
    const store = redis.store();
    const { access } = store;
    await redis.admin.mSet({ 'sess:a': '{"n":1}' });
    await expect(access.length()).resolves.toBe(1);
    await expect(access.ids()).resolves.toEqual(['a']);
    await expect(access.all()).resolves.toEqual([{ id: 'a', n: 1 }]);
    await expect(access.clear()).resolves.toBe(1);
    await expect(access.close()).resolves.toBeUndefined();
    await expect(access.close()).resolves.toBeUndefined();
    expect(store.client.state).toBe('closed');
  });

  test('gives real Promises, also for what fails at once', async () => {
    const { access } = redis.store();
    const results = [access.get('a'), access.get(''), access.length()];
    for (const promise of results) expect(typeof promise.then).toBe('function');
    const settled = await Promise.allSettled(results);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});

test('a successful callback gets null as its error', async () => {
  const store = redis.store();
  const asks = [
    (callback) => store.set('a', live(), callback),
    (callback) => store.get('a', callback),
    (callback) => store.get('none', callback),
    (callback) => store.touch('a', live(), callback),
    (callback) => store.length(callback),
    (callback) => store.ids(callback),
    (callback) => store.all(callback),
    (callback) => store.destroy('a', callback),
    (callback) => store.clear(callback),
  ];
  for (const ask of asks) expect((await outcome(ask)).args[0]).toBeNull();
});

test('with a callback, a method gives no Promise that could be rejected unseen', async () => {
  const store = redis.store();
  const { error, returned } = await outcome((callback) => store.get('', callback));
  expect(error).not.toBeNull();
  expect(returned).toBeUndefined();
});

test('operations of one tick keep their order', async () => {
  const store = redis.store();
  const results = await Promise.all([
    store.set('a', { n: 1 }),
    store.get('a'),
    store.set('a', { n: 2 }),
    store.get('a'),
    store.destroy('a'),
    store.get('a'),
  ]);
  expect(results).toEqual(['OK', { n: 1 }, 'OK', { n: 2 }, 1, null]);
});

test('a thousand operations at once each get their own answer', async () => {
  const store = redis.store();
  const numbers = Array.from({ length: 1000 }, (_, n) => n);
  await Promise.all(numbers.map((n) => store.set(`s${n}`, { n })));
  const got = await Promise.all(
    numbers.map((n) => result((callback) => store.get(`s${n}`, callback))),
  );
  expect(got).toEqual(numbers.map((n) => ({ n })));
});
