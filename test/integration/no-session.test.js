'use strict';

// A session is an object. What else is given to be stored is refused; what else is stored is left
// out of the rest, and reported.

const { AsyncLocalStorage } = require('node:async_hooks');
const path = require('node:path');
const { inspect } = require('node:util');
const { RedisStore } = require('../..');
const { clientNamed, openClient } = require('../helpers/borrowed-clients');
const { runScript } = require('../helpers/child');
const { failure, result } = require('../helpers/outcome');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

async function collect(sessions) {
  const all = [];
  for await (const session of sessions) all.push(session);
  return all;
}

const borrowing = (name) => async (options) => {
  const { client, close } = await openClient(clientNamed(name), redis.server);
  redis.track({ close });
  return redis.track(new RedisStore({ client, ...options }));
};

/** The stores, by what is behind them. */
const STORES = [
  ['one server', async (options) => redis.store(options)],
  [
    'redundant servers',
    async (options) => redis.store({ url: undefined, clients: [redis.server.url], ...options }),
  ],
  ['ioredis 6', borrowing('ioredis 6')],
  ['node-redis 6', borrowing('node-redis 6')],
];

const NOT_OBJECTS = [
  ['text', 'text'],
  ['an empty text', ''],
  ['null', null],
  ['undefined', undefined],
  ['a number', 5],
  ['NaN', NaN],
  ['true', true],
  ['false', false],
  ['a BigInt', 1n],
  ['a symbol', Symbol('session')],
  ['a function', () => ({})],
  ['an array', [{ user: 'ann' }]],
];

const refused = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };

describe.each(STORES)('over %s', (_, open) => {
  test.each(NOT_OBJECTS)(
    '%s for a session is refused, and nothing changes',
    async (_name, wrong) => {
      for (const options of [{}, { disableTouch: true }, { ttl: () => 60 }, { disableTTL: true }]) {
        const store = await open(options);
        await redis.admin.set('sess:a', '{"n":1}', { PX: 70_000 });
        for (const method of ['set', 'touch']) {
          const error = await failure((done) => store[method]('a', wrong, done));
          expect(error).toMatchObject(refused);
          await expect(store[method]('a', wrong)).rejects.toMatchObject(refused);
          await expect(store.access[method]('a', wrong)).rejects.toMatchObject(refused);
        }
        await expect(redis.admin.get('sess:a')).resolves.toBe('{"n":1}');
        await expect(redis.admin.pTTL('sess:a')).resolves.toBeLessThanOrEqual(70_000);
        await expect(redis.admin.dbSize()).resolves.toBe(1);
      }
    },
  );

  test.each(NOT_OBJECTS.filter(([name]) => name !== 'undefined'))(
    '%s from the function given to update is refused, and nothing changes',
    async (_name, wrong) => {
      const store = await open();
      await redis.admin.set('sess:a', '{"n":1}');
      for (const change of [() => wrong, async () => wrong]) {
        await expect(store.access.update('a', change)).rejects.toMatchObject(refused);
      }
      await expect(redis.admin.get('sess:a')).resolves.toBe('{"n":1}');
    },
  );

  test('a session whose toJSON gives no object is not stored', async () => {
    const store = await open();
    for (const made of ['text', 5, null, [1]]) {
      const session = { toJSON: () => made };
      const error = await failure((done) => store.set('a', session, done));
      expect(error).toMatchObject({ code: 'ERR_SESSION_SERIALIZE' });
    }
    await expect(redis.admin.dbSize()).resolves.toBe(0);
  });
});

/** What is no session to JSON. */
const UNREADABLE = ['no JSON', '', '{"user":"very-secret"', '"very-secret"', '5', 'true', '[1,2]'];

const later = async (text) => JSON.parse(text);
/** Each gives something of its own for what does not begin as the JSON of a session does. */
const broken = (wrong) => (text) => (text.startsWith('{"n"') ? JSON.parse(text) : wrong());
const thrown = Object.assign(new Error('very-secret'), { code: 'Z_DATA_ERROR' });
const fail = () => {
  throw thrown;
};

const SERIALIZERS = [
  ['JSON', JSON],
  ['a synchronous serializer', { ...JSON, parse: JSON.parse, stringify: JSON.stringify }],
  ['an asynchronous serializer', { parse: later, stringify: JSON.stringify }],
  ['a serializer that throws an error of its own', { parse: broken(fail), stringify: String }],
  ['one that throws nothing', { parse: broken(() => { throw undefined; }), stringify: String }], // prettier-ignore
  ['one that rejects', { parse: broken(() => Promise.reject(thrown)), stringify: String }],
  ['one that gives text', { parse: broken(() => 'text'), stringify: String }],
  ['one that gives false', { parse: broken(() => false), stringify: String }],
  ['one that gives an array', { parse: broken(async () => []), stringify: String }],
];

/** The ways to ask for several sessions, and what they give of those that `fill` stores. */
const WAYS = [
  ['all', (store) => result((done) => store.all(done)), 'list'],
  ['access.all', (store) => store.access.all(), 'list'],
  ['scan', (store) => collect(store.access.scan({ count: 3 })), 'list'],
  ['getMany', (store, ids) => store.access.getMany(ids), 'each'],
];

/** Three sessions among those that are none. @returns the ids, in order */
async function fill() {
  const texts = {};
  UNREADABLE.forEach((text, n) => (texts[`sess:bad-${n}`] = text));
  for (const n of [1, 2, 3]) texts[`sess:good-${n}`] = JSON.stringify({ n });
  await redis.admin.mSet(texts);
  return Object.keys(texts).map((key) => key.slice('sess:'.length));
}

function listen(store) {
  const errors = [];
  store.on('error', (error) => errors.push(error));
  return errors;
}

const bad = UNREADABLE.map((_, n) => `bad-${n}`);

describe.each(STORES)('over %s', (_, open) => {
  describe.each(SERIALIZERS)('with %s', (_name, serializer) => {
    test.each(WAYS)('%s leaves out what is no session, and reports it', async (_way, ask, kind) => {
      const ids = await fill();
      const store = await open({ serializer });
      const errors = listen(store);
      const found = await ask(store, ids);
      if (kind === 'list') {
        const sorted = found.sort((one, other) => one.n - other.n);
        expect(sorted).toEqual([1, 2, 3].map((n) => ({ n, id: `good-${n}` })));
      } else {
        const expected = ids.map((id) => (id.startsWith('good') ? { n: Number(id.at(-1)) } : null));
        expect(found).toEqual(expected);
      }
      expect(errors.map(({ code }) => code)).toEqual(bad.map(() => 'ERR_SESSION_PARSE'));
      expect(errors.map(({ id }) => id).sort()).toEqual(bad);
      for (const error of errors) {
        expect(error).toBeInstanceOf(Error);
        expect(Object.keys(error)).toEqual(['code']);
        expect(error.client).toBe(store.client);
        const shown = [
          inspect(error, { showHidden: true, depth: 9, getters: true }),
          String(error),
          error.stack,
          JSON.stringify(error),
        ];
        expect(shown.join()).not.toMatch(/bad-|very-secret/);
      }
      // Nothing is removed.
      await expect(redis.admin.dbSize()).resolves.toBe(UNREADABLE.length + 3);
    });

    test('get and update of one are an error', async () => {
      await fill();
      const store = await open({ serializer });
      const errors = listen(store);
      for (const id of bad) {
        await expect(failure((done) => store.get(id, done))).resolves.toBeTruthy();
        await expect(store.access.get(id)).rejects.toBeTruthy();
        await expect(store.access.update(id, () => ({ n: 1 }))).rejects.toBeTruthy();
      }
      expect(errors).toEqual([]);
    });
  });

  test('without a listener it is reported to nobody', async () => {
    const ids = await fill();
    const store = await open();
    await expect(store.all()).resolves.toHaveLength(3);
    await expect(store.access.getMany(ids)).resolves.toHaveLength(ids.length);
  });
});

test('get of each of them is ERR_SESSION_PARSE', async () => {
  await fill();
  const [parse, stringify] = [broken(() => 'text'), String];
  for (const serializer of [JSON, { parse: later, stringify }, { parse, stringify }]) {
    const store = redis.store({ serializer });
    for (const id of bad) {
      await expect(store.get(id)).rejects.toMatchObject({ code: 'ERR_SESSION_PARSE' });
    }
  }
});

test('who asks for an id twice is told of it once, and of each call anew', async () => {
  await fill();
  const store = redis.store();
  const errors = listen(store);
  const ids = ['bad-0', 'good-1', 'bad-0', 'bad-1', 'bad-0'];
  await expect(store.access.getMany(ids)).resolves.toEqual([null, { n: 1 }, null, null, null]);
  expect(errors.map(({ id }) => id)).toEqual(['bad-0', 'bad-1']);
  await store.access.getMany(ids);
  expect(errors).toHaveLength(4);
});

test('it is reported in the context of who asked, before the answer', async () => {
  await fill();
  const store = redis.store();
  const context = new AsyncLocalStorage();
  const told = [];
  store.on('error', () => told.push(context.getStore()));
  await context.run('mine', () => store.access.all());
  expect(told).toEqual(bad.map(() => 'mine'));
});

test('a parser that gives null says that there is no session: nothing is reported', async () => {
  await redis.admin.mSet({ 'sess:a': 'TOMBSTONE', 'sess:b': '{"n":1}', 'sess:c': 'null' });
  const parse = (text) => (text === 'TOMBSTONE' ? undefined : JSON.parse(text));
  const store = redis.store({ serializer: { parse, stringify: JSON.stringify } });
  const errors = listen(store);
  await expect(store.get('a')).resolves.toBeNull();
  await expect(store.all()).resolves.toEqual([{ n: 1, id: 'b' }]);
  await expect(store.access.getMany(['a', 'b', 'c'])).resolves.toEqual([null, { n: 1 }, null]);
  expect(errors).toEqual([]);
});

test('a cookie that cannot be read takes nothing from the other sessions either', async () => {
  const expires = { toString: 1, valueOf: 2 };
  await redis.admin.mSet({
    'sess:a': '{"n":1}',
    'sess:b': JSON.stringify({ cookie: { expires } }),
  });
  const store = redis.store();
  const errors = listen(store);
  await expect(store.all()).resolves.toEqual([{ n: 1, id: 'a' }]);
  expect(errors.map(({ id }) => id)).toEqual(['b']);
});

test('a listener that throws is an uncaught exception each time, and disturbs nobody', async () => {
  await redis.admin.mSet({ 'sess:a': '{"n":1}', 'sess:b': 'no JSON', 'sess:c': '' });
  const script = path.join(__dirname, 'fixtures', 'throwing-listener.js');
  const { code, lines } = await runScript(script, { args: [redis.server.url] });
  expect({ code, lines }).toEqual({ code: 0, lines: ['found 1', 'uncaught 2'] });
});
