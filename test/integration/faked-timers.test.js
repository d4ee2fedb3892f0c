'use strict';

// Applications fake timers in their tests, process.nextTick and performance.now among them: no
// operation waits for one of those.

const path = require('node:path');
const { RedisStore } = require('../..');
const { clientNamed, openClient } = require('../helpers/borrowed-clients');
const { runScript } = require('../helpers/child');
const { failure, result } = require('../helpers/outcome');
const { load } = require('../helpers/requests');
const { useRedis } = require('../helpers/use-redis');

// Before what closes the stores.
afterEach(() => jest.useRealTimers());
const redis = useRedis();

const WAYS = [
  ['modern', {}],
  ['legacy', { legacyFakeTimers: true }],
];

const cookie = () => ({ originalMaxAge: 60_000, expires: new Date(Date.now() + 60_000) });

async function collect(sessions) {
  const all = [];
  for await (const session of sessions) all.push(session);
  return all;
}

/** Every method, with what it gives where the session `a` is stored. */
const METHODS = [
  ['get', (store, tell) => tell((done) => store.get('a', done)), { n: 1 }],
  ['get of none', (store, tell) => tell((done) => store.get('none', done)), null],
  ['set', (store, tell) => tell((done) => store.set('b', { n: 2, cookie: cookie() }, done)), 'OK'],
  ['touch', (store, tell) => tell((done) => store.touch('a', { cookie: cookie() }, done)), 'OK'],
  ['touch of none', (store, tell) => tell((done) => store.touch('none', {}, done)), 'EXPIRED'],
  ['destroy', (store, tell) => tell((done) => store.destroy('a', done)), 1],
  ['clear', (store, tell) => tell((done) => store.clear(done)), 1],
  ['length', (store, tell) => tell((done) => store.length(done)), 1],
  ['ids', (store, tell) => tell((done) => store.ids(done)), ['a']],
  ['all', (store, tell) => tell((done) => store.all(done)), [{ n: 1, id: 'a' }]],
  ['access.get', (store) => store.access.get('a'), { n: 1 }],
  ['access.set', (store) => store.access.set('b', { n: 2 }), true],
  ['access.touch', (store) => store.access.touch('a', {}), true],
  ['access.destroy', (store) => store.access.destroy('a'), true],
  ['access.clear', (store) => store.access.clear(), 1],
  ['access.length', (store) => store.access.length(), 1],
  ['access.ids', (store) => store.access.ids(), ['a']],
  ['access.all', (store) => store.access.all(), [{ n: 1, id: 'a' }]],
  ['access.scan', (store) => collect(store.access.scan()), [{ n: 1, id: 'a' }]],
  ['access.getMany', (store) => store.access.getMany(['a', 'none']), [{ n: 1 }, null]],
  ['access.update', (store) => store.access.update('a', () => ({ n: 3 })), { n: 3 }],
  ['access.exists', (store) => store.access.exists('a'), true],
  ['access.ttl', (store) => store.access.ttl('none'), -2],
];

const serializer = {
  parse: JSON.parse,
  stringify() {
    throw new Error('not today');
  },
};

/** What is known before anything is sent: the options of the store, and the call. */
const AT_ONCE = [
  ['an empty id', {}, (store, done) => store.get('', done), 'ERR_INVALID_ARG_TYPE'],
  ['no function for update', {}, (store) => store.access.update('a'), 'ERR_INVALID_ARG_TYPE'],
  ['no list for getMany', {}, (store) => store.access.getMany('a'), 'ERR_INVALID_ARG_TYPE'],
  ['an empty id for exists', {}, (store) => store.access.exists(''), 'ERR_INVALID_ARG_TYPE'],
  [
    'a serializer that throws',
    { serializer },
    (store, done) => store.set('a', {}, done),
    'ERR_SESSION_SERIALIZE',
  ],
  [
    'a ttl that is no time',
    { ttl: () => 'soon' },
    (store, done) => store.touch('a', {}, done),
    'ERR_INVALID_ARG_TYPE',
  ],
];

/** The stores, by what is behind them. */
const STORES = {
  'the native client': async (options) => redis.store(options),
  ...Object.fromEntries(
    // Those that do not wait for faked timers themselves.
    ['ioredis 6', 'iovalkey', 'node-redis 3'].map((name) => [
      name,
      async (options) => {
        const { client, close } = await openClient(clientNamed(name), redis.server);
        redis.track({ close });
        return redis.track(new RedisStore({ client, ...options }));
      },
    ]),
  ),
};

describe.each(WAYS)('with timers faked in the %s way', (_, fakes) => {
  describe.each(Object.entries(STORES))('over %s', (_name, open) => {
    test.each(METHODS)('%s ends', async (_method, run, expected) => {
      const store = await open();
      await store.set('a', { n: 1 });
      jest.useFakeTimers(fakes);
      await expect(run(store, result)).resolves.toEqual(expected);
    });

    test.each(AT_ONCE)('the error for %s comes', async (_what, options, run, code) => {
      const store = await open(options);
      jest.useFakeTimers(fakes);
      const error = await new Promise((resolve) => {
        run(store, resolve)?.catch(resolve);
      });
      expect(error).toMatchObject({ code });
    });

    test('disableTouch ends', async () => {
      const store = await open({ disableTouch: true });
      jest.useFakeTimers(fakes);
      await expect(result((done) => store.touch('a', {}, done))).resolves.toBe('OK');
    });

    test('saving with concurrencyMerge, and an asynchronous serializer, end', async () => {
      const slow = {
        parse: async (text) => JSON.parse(text),
        stringify: async (session) => JSON.stringify(session),
      };
      const store = await open({ concurrencyMerge: true, serializer: slow });
      await store.set('a', { n: 1, cookie: cookie() });
      jest.useFakeTimers(fakes);
      const session = await load(store, 'a');
      await store.access.set('a', { n: 1, other: true, cookie: cookie() });
      session.n = 2;
      await expect(result((done) => store.set('a', session, done))).resolves.toBe('OK');
      await expect(store.get('a')).resolves.toMatchObject({ n: 2, other: true });
    });
  });

  test('a store that is made then connects, and closes', async () => {
    jest.useFakeTimers(fakes);
    const store = redis.store();
    await expect(store.set('a', { n: 1 })).resolves.toBe('OK');
    await expect(result((done) => store.close(done))).resolves.toBeUndefined();
    await expect(failure((done) => store.get('a', done))).resolves.toMatchObject({
      code: 'ERR_REDIS_CLOSED',
    });
  });

  test('a server that is not there is told of, and a store that comes later hears it, too', async () => {
    jest.useFakeTimers(fakes);
    const options = { url: 'redis://127.0.0.1:1', commandTimeout: 50, disconnectAfter: 20 };
    const store = redis.store(options);
    const lost = new Promise((resolve) => store.once('disconnect', resolve));
    await expect(failure((done) => store.get('a', done))).resolves.toMatchObject({
      code: 'ERR_REDIS_TIMEOUT',
    });
    await lost;
    const late = redis.track(new RedisStore({ client: store.client }));
    await new Promise((resolve) => late.once('disconnect', resolve));
  });

  test('update gives up on a session that changes all the time', async () => {
    const store = redis.store({ commandTimeout: 200 });
    const other = redis.store();
    await store.set('a', { n: 0 });
    await other.length();
    jest.useFakeTimers(fakes);
    let n = 0;
    const change = () => other.access.set('a', { n: ++n }).then(() => ({ n: -1 }));
    await expect(store.access.update('a', change)).rejects.toMatchObject({
      code: 'ERR_REDIS_TIMEOUT',
    });
  });

  test('credentials that a function gives are asked for', async () => {
    jest.useFakeTimers(fakes);
    const credentials = jest.fn(async () => ({ password: 'none is needed' }));
    const store = redis.store({ credentials });
    await new Promise((resolve) => store.once('error', resolve));
    expect(credentials).toHaveBeenCalled();
  });
});

test('a package that is loaded when timers are faked already finds the real ones', async () => {
  jest.useFakeTimers();
  let late;
  jest.isolateModules(() => {
    late = require('../..');
  });
  const store = redis.track(new late.RedisStore({ url: redis.server.url }));
  await expect(result((done) => store.set('a', { n: 1 }, done))).resolves.toBe('OK');
  await expect(result((done) => store.length(done))).resolves.toBe(1);
  await expect(failure((done) => store.get('', done))).resolves.toMatchObject({
    code: 'ERR_INVALID_ARG_TYPE',
  });
});

test('@sinonjs/fake-timers, which fake the timers of the whole process, hold nothing up', async () => {
  const { code, lines, stderr } = await runScript(
    path.join(__dirname, 'fixtures', 'faked-timers.js'),
    { args: [redis.server.url] },
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(lines).toEqual([
    'set OK',
    'get {"n":1}',
    'touch OK',
    'length 1',
    'all [{"n":1,"id":"a"}]',
    'get without an id ERR_INVALID_ARG_TYPE',
    'update {"n":2}',
    'clear 1',
    'closed',
  ]);
});
