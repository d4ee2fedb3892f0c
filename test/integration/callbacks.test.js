'use strict';

// How an operation comes back, whatever it is and however it ends: once, later, in the caller's
// async context. (What a throwing callback does is in test/lifecycle: it ends a process.)

const { AsyncLocalStorage } = require('node:async_hooks');
const { outcome } = require('../helpers/outcome');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const circular = {};
circular.self = circular;

/** Ways of failing before anything is sent: [name, prepare the store, operation]. */
const failingAtOnce = [
  ['get of an empty id', {}, (store, cb) => store.get('', cb)],
  ['set of an empty id', {}, (store, cb) => store.set('', {}, cb)],
  ['touch of an empty id', {}, (store, cb) => store.touch('', {}, cb)],
  ['destroy of an empty id', {}, (store, cb) => store.destroy('', cb)],
  ['set of a circular session', {}, (store, cb) => store.set('a', circular, cb)],
  ['set of no object', {}, (store, cb) => store.set('a', 'text', cb)],
  ['touch of no object', {}, (store, cb) => store.touch('a', null, cb)],
  [
    'touch of no object that is left out',
    { disableTouch: true },
    (store, cb) => store.touch('a', null, cb),
  ],
  [
    'set with a ttl function that throws',
    {
      ttl() {
        throw new Error('no ttl');
      },
    },
    (store, cb) => store.set('a', {}, cb),
  ],
];

test.each(failingAtOnce)('%s calls back once, after it returned', async (_, options, operation) => {
  const { error } = await outcome((callback) => operation(redis.store(options), callback));
  expect(error).not.toBeNull();
});

const onClosed = ['get', 'destroy', 'length', 'ids', 'all', 'clear', 'set', 'touch'];

test.each(onClosed)('%s on a closed store calls back once, after it returned', async (method) => {
  const store = redis.store();
  await store.close();
  const args = { get: ['a'], destroy: ['a'], set: ['a', {}], touch: ['a', {}] }[method] ?? [];
  const { error } = await outcome((callback) => store[method](...args, callback));
  expect(error).toMatchObject({ code: 'ERR_REDIS_CLOSED' });
});

test('what needs no server calls back after it returned, too', async () => {
  const store = redis.store({ disableTouch: true });
  const { error, result } = await outcome((callback) => store.touch('a', {}, callback));
  expect(error).toBeNull();
  expect(result).toBe('OK');
});

test.each([[null], [5], ['text'], [true], [[]]])(
  'set of %p, which is no session, calls back once and stops nobody else',
  async (session) => {
    const store = redis.store();
    const before = outcome((callback) => store.set('a', { n: 1 }, callback));
    const odd = outcome((callback) => store.set('odd', session, callback));
    const after = outcome((callback) => store.get('a', callback));
    const [first, , last] = await Promise.all([before, odd, after]);
    expect([first.result, last.result]).toEqual(['OK', { n: 1 }]);
  },
);

test('callbacks come in the order of the calls', async () => {
  const store = redis.store();
  const order = [];
  await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      outcome((callback) =>
        store.get(`s${n}`, (...args) => {
          order.push(n);
          callback(...args);
        }),
      ),
    ),
  );
  expect(order).toEqual([...order.keys()]);
});

test('operations started in a callback are answered', async () => {
  const store = redis.store();
  const seen = [];
  await new Promise((resolve, reject) => {
    const next = (error, session) => {
      if (error) return reject(error);
      seen.push(session);
      if (seen.length === 5) return resolve();
      store.set('a', { n: seen.length }, (setError) => {
        if (setError) return reject(setError);
        store.get('a', next);
      });
    };
    store.get('a', next);
  });
  expect(seen).toEqual([null, { n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]);
});

test('a missing callback is fine everywhere', async () => {
  const store = redis.store();
  const results = [];
  for (const promise of [
    store.set('a', {}),
    store.get('a'),
    store.touch('a', {}),
    store.destroy('a'),
    store.clear(),
    store.length(),
    store.ids(),
    store.all(),
    store.set('b', { user: 'ann' }, undefined),
    store.get('b', undefined),
  ]) {
    results.push(await promise);
  }
  expect(results.slice(-2)).toEqual(['OK', { user: 'ann' }]);
});

describe('AsyncLocalStorage', () => {
  const storage = new AsyncLocalStorage();

  /** Which context each of `count` operations came back in. */
  const contexts = (count, start) =>
    Promise.all(Array.from({ length: count }, (_, n) => storage.run(n, () => start(n))));
  const expected = (count) => Array.from({ length: count }, (_, n) => n);

  test('each callback of a batch of 100 gets shows its caller', async () => {
    const store = redis.store();
    await store.get('connected');
    const seen = await contexts(
      100,
      (n) => new Promise((resolve) => store.get(`s${n}`, () => resolve(storage.getStore()))),
    );
    expect(seen).toEqual(expected(100));
  });

  test('each promise continuation of a batch of 100 gets shows its caller', async () => {
    const store = redis.store();
    await store.get('connected');
    await expect(
      contexts(100, (n) => store.get(`s${n}`).then(() => storage.getStore())),
    ).resolves.toEqual(expected(100));
    await expect(
      contexts(100, async (n) => {
        await store.access.get(`s${n}`);
        return storage.getStore();
      }),
    ).resolves.toEqual(expected(100));
  });

  test('what a callback starts is in the context of its caller', async () => {
    const store = redis.store();
    const later = (n) =>
      new Promise((resolve) => {
        store.get(`s${n}`, () => {
          process.nextTick(() => setImmediate(() => resolve(storage.getStore())));
        });
      });
    await expect(contexts(20, (n) => later(n))).resolves.toEqual(expected(20));
  });

  test.each([
    ['set', (store, n, cb) => store.set(`s${n}`, { n }, cb)],
    ['touch', (store, n, cb) => store.touch(`s${n}`, { n }, cb)],
    ['destroy', (store, n, cb) => store.destroy(`s${n}`, cb)],
    ['length', (store, n, cb) => store.length(cb)],
    ['ids', (store, n, cb) => store.ids(cb)],
    ['all', (store, n, cb) => store.all(cb)],
    ['clear', (store, n, cb) => store.clear(cb)],
    ['a failing get', (store, n, cb) => store.get('', cb)],
    ['close', (store, n, cb) => store.close(cb)],
  ])('%s calls back in the context of its caller', async (_, operation) => {
    const store = redis.store();
    const seen = await contexts(
      5,
      (n) => new Promise((resolve) => operation(store, n, () => resolve(storage.getStore()))),
    );
    expect(seen).toEqual(expected(5));
  });

  test('an asynchronous serializer does not change the context', async () => {
    const serializer = {
      parse: async (text) => JSON.parse(text),
      stringify: async (session) => JSON.stringify(session),
    };
    const store = redis.store({ serializer });
    const seen = await contexts(20, async (n) => {
      await store.access.set(`s${n}`, { n });
      return new Promise((resolve) => store.get(`s${n}`, () => resolve(storage.getStore())));
    });
    expect(seen).toEqual(expected(20));
  });

  test('outside of any context there is none', async () => {
    const store = redis.store();
    const inner = storage.run('inner', () => store.get('a'));
    const outside = new Promise((resolve) => store.get('b', () => resolve(storage.getStore())));
    await expect(outside).resolves.toBeUndefined();
    await inner;
  });
});
