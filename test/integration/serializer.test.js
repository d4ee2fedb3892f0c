'use strict';

// Serializers other than JSON: asynchronous ones, binary ones, failing ones.

const v8 = require('node:v8');
const { failure, result } = require('../helpers/outcome');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const json = { parse: JSON.parse, stringify: JSON.stringify };
const data = { user: 'ann', text: 'é\u{1f600}\0\r\n' };

test('a serializer of functions decides what is stored and what is read', async () => {
  const store = redis.store({
    serializer: {
      parse: (text) => ({ reversed: [...text].reverse().join('') }),
      stringify: (session) => [...session.user].reverse().join(''),
    },
  });
  await store.set('a', { user: 'zoë' });
  await expect(redis.admin.get('sess:a')).resolves.toBe('ëoz');
  await expect(store.get('a')).resolves.toEqual({ reversed: 'zoë' });
});

test('a serializer is called as a method of its object', async () => {
  class Marked {
    mark = '!';
    parse(text) {
      return JSON.parse(text.replace(this.mark, ''));
    }
    stringify(session) {
      return this.mark + JSON.stringify(session);
    }
  }
  const store = redis.store({ serializer: new Marked() });
  await store.set('a', data);
  await expect(store.get('a')).resolves.toEqual(data);
});

test('parse is given a string for text', async () => {
  const given = [];
  const parse = (text) => given.push(text) && JSON.parse(text);
  const store = redis.store({ serializer: { ...json, parse } });
  await store.set('a', data);
  await store.get('a');
  await store.all();
  expect(given).toEqual([JSON.stringify(data), JSON.stringify(data)]);
});

test('parse is not called for a session that is not there', async () => {
  const parse = jest.fn(JSON.parse);
  const store = redis.store({ serializer: { ...json, parse } });
  await expect(store.get('none')).resolves.toBeNull();
  expect(parse).not.toHaveBeenCalled();
});

describe('an asynchronous serializer', () => {
  const later = (work) => async (input) => {
    await new Promise(setImmediate);
    return work(input);
  };
  const serializer = { parse: later(JSON.parse), stringify: later(JSON.stringify) };

  test('works with callbacks and Promises, and with all', async () => {
    const store = redis.store({ serializer });
    await expect(result((callback) => store.set('a', data, callback))).resolves.toBe('OK');
    await expect(store.set('b', data)).resolves.toBe('OK');
    await expect(result((callback) => store.get('a', callback))).resolves.toEqual(data);
    await expect(store.access.get('b')).resolves.toEqual(data);
    const all = await store.all();
    expect(all.sort((x, y) => (x.id < y.id ? -1 : 1))).toEqual([
      { ...data, id: 'a' },
      { ...data, id: 'b' },
    ]);
  });

  test('shows the true expiry, too', async () => {
    const store = redis.store({ serializer });
    const stale = new Date(Date.now() - 60_000);
    await redis.admin.set('sess:a', JSON.stringify({ cookie: { expires: stale } }), { PX: 50_000 });
    const { cookie } = await store.get('a');
    expect(new Date(cookie.expires) - Date.now()).toBeGreaterThan(40_000);
  });

  test('may give thenables', async () => {
    const thenable = (work) => (input) => ({ then: (resolve) => resolve(work(input)) });
    const store = redis.store({
      serializer: { parse: thenable(JSON.parse), stringify: thenable(JSON.stringify) },
    });
    await store.set('a', data);
    await expect(store.get('a')).resolves.toEqual(data);
  });

  test('that never settles holds up nobody else', async () => {
    const store = redis.store({
      serializer: {
        ...json,
        parse: (text) => (text === 'stuck' ? new Promise(() => {}) : { text }),
      },
    });
    await redis.admin.mSet({ 'sess:a': 'stuck', 'sess:b': 'fine' });
    store.get('a').catch(() => {});
    await expect(store.get('b')).resolves.toEqual({ text: 'fine' });
  });
});

describe('a serializer that gives Buffers', () => {
  const serializer = { parse: v8.deserialize, stringify: v8.serialize, binary: true };

  test('stores and reads these very bytes', async () => {
    const store = redis.store({ serializer });
    const session = { map: new Map([['a', 1]]), when: new Date(5), bytes: Buffer.from([0, 255]) };
    await store.set('a', session);
    const read = await store.get('a');
    expect(read.map.get('a')).toBe(1);
    expect(read.when.valueOf()).toBe(5);
    expect([...read.bytes]).toEqual([0, 255]);
    const [all] = await store.all();
    expect(all.id).toBe('a');
    expect(all.map.get('a')).toBe(1);
  });

  test('shows the true expiry as a Date where the cookie has a Date', async () => {
    const store = redis.store({ serializer });
    await store.set('a', { cookie: { expires: new Date(Date.now() + 1000) } });
    await redis.admin.pExpire('sess:a', 50_000);
    const { cookie } = await store.get('a');
    expect(cookie.expires - Date.now()).toBeGreaterThan(40_000);
  });

  test('is given a Buffer for bytes that are no UTF-8, without saying binary', async () => {
    const given = [];
    const store = redis.store({
      serializer: {
        stringify: () => Buffer.from([0xff, 0x00, 0x80]),
        parse: (input) => given.push(input) && {},
      },
    });
    await store.set('a', {});
    await store.get('a');
    expect(Buffer.isBuffer(given[0])).toBe(true);
    expect([...given[0]]).toEqual([0xff, 0x00, 0x80]);
  });

  test('may change its Buffer afterwards', async () => {
    const scratch = Buffer.alloc(5);
    const store = redis.store({
      serializer: { ...json, stringify: (session) => scratch.fill(session.letter) },
    });
    const sets = ['x', 'y', 'z'].map((letter) => store.set(letter, { letter }));
    scratch.fill('!');
    await Promise.all(sets);
    await expect(redis.admin.mGet(['sess:x', 'sess:y', 'sess:z'])).resolves.toEqual([
      'xxxxx',
      'yyyyy',
      'zzzzz',
    ]);
  });

  test('gives Buffers that no later reply overwrites', async () => {
    const given = [];
    const store = redis.store({
      serializer: {
        stringify: ({ bytes }) => bytes,
        parse: (b) => given.push(b) && {},
        binary: true,
      },
    });
    for (const n of [1, 2, 3]) await store.set(`s${n}`, { bytes: Buffer.alloc(1000, n) });
    for (const n of [1, 2, 3]) await store.get(`s${n}`);
    expect(given.map((bytes) => bytes.equals(Buffer.alloc(1000, bytes[0])))).toEqual([
      true,
      true,
      true,
    ]);
    expect(given.map(([first]) => first)).toEqual([1, 2, 3]);
  });
});

describe('a serializer that fails', () => {
  const error = new Error('not today');
  const failing = [
    ['throws', () => { throw error; }], // prettier-ignore
    ['rejects', () => Promise.reject(error)],
  ];

  test.each(failing)('in stringify (%s) gives that error to the callback', async (_, stringify) => {
    const store = redis.store({ serializer: { ...json, stringify } });
    await expect(failure((callback) => store.set('a', data, callback))).resolves.toBe(error);
    await expect(store.set('a', data)).rejects.toBe(error);
    await expect(store.access.set('a', data)).rejects.toBe(error);
    await expect(redis.admin.exists('sess:a')).resolves.toBe(0);
  });

  test.each(failing)('in parse (%s) gives that error to the callback', async (_, parse) => {
    const store = redis.store({ serializer: { ...json, parse } });
    await redis.admin.set('sess:a', '{}');
    const asks = [
      failure((callback) => store.get('a', callback)),
      store.access.get('a').then(
        () => null,
        (reason) => reason,
      ),
    ];
    for (const ask of asks) await expect(ask).resolves.toBe(error);
    await expect(redis.admin.get('sess:a')).resolves.toBe('{}');
  });

  test.each([
    ['undefined', undefined],
    ['a number', 5],
    ['an object', {}],
    ['null', null],
  ])('by giving %s for a session is ERR_SESSION_SERIALIZE', async (_, value) => {
    const store = redis.store({ serializer: { ...json, stringify: () => value } });
    await expect(failure((callback) => store.set('a', data, callback))).resolves.toMatchObject({
      code: 'ERR_SESSION_SERIALIZE',
    });
    await expect(redis.admin.exists('sess:a')).resolves.toBe(0);
  });

  const falsy = [
    ['throwing undefined', () => { throw undefined; }], // prettier-ignore
    ['rejecting with undefined', () => Promise.reject()],
  ];

  test.each(falsy)('by %s fails the operation all the same', async (_, fail) => {
    await redis.admin.set('sess:a', '{}');
    const reader = redis.store({ serializer: { ...json, parse: fail } });
    await expect(failure((callback) => reader.get('a', callback))).resolves.toBeTruthy();
    await expect(result((callback) => reader.all(callback))).resolves.toEqual([]);
    const writer = redis.store({ serializer: { ...json, stringify: fail } });
    await expect(failure((callback) => writer.set('b', {}, callback))).resolves.toBeTruthy();
    const settled = await Promise.allSettled([reader.access.get('a'), writer.access.set('b', {})]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  test('for several sessions of all, each in its way, leaves them out', async () => {
    let turn = 0;
    const parse = () => {
      if (turn++ % 3 === 1) throw error;
      return Promise.reject(error);
    };
    await redis.admin.mSet({ 'sess:a': '{}', 'sess:b': '{}', 'sess:c': '{}' });
    const store = redis.store({ serializer: { ...json, parse } });
    await expect(result((callback) => store.all(callback))).resolves.toEqual([]);
    // A rejection that nobody looks at would end the process, or in Jest this test, by now.
    await new Promise(setImmediate);
  });

  test('disturbs no operation beside it', async () => {
    const stringify = (session) => {
      if (session.bad) throw error;
      return JSON.stringify(session);
    };
    const store = redis.store({ serializer: { ...json, stringify } });
    const settled = await Promise.allSettled([
      store.set('a', { n: 1 }),
      store.set('b', { bad: true }),
      store.set('c', { n: 3 }),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(redis.admin.mGet(['sess:a', 'sess:b', 'sess:c'])).resolves.toEqual([
      '{"n":1}',
      null,
      '{"n":3}',
    ]);
  });
});

test("a serializer's text with a lone surrogate is never changed silently", async () => {
  // Such a text has no UTF-8: an error is right, and so would be giving it back as it was.
  const store = redis.store({
    serializer: { parse: (text) => ({ text }), stringify: ({ text }) => text },
  });
  const text = 'a\ud83db';
  const [set] = await Promise.allSettled([store.set('a', { text })]);
  if (set.status === 'rejected') expect(set.reason.code).toBe('ERR_SESSION_SERIALIZE');
  else await expect(store.get('a')).resolves.toEqual({ text });
});
