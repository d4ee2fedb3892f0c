'use strict';

// What goes in comes out: ids and payloads of any characters, any size; what cannot is an error.

const { once } = require('node:events');
const { inspect } = require('node:util');
const { failure, result } = require('../helpers/outcome');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const ids = [
  ['CR LF', 'a\r\nb'],
  ['a whole command in it', 'a\r\n$3\r\nDEL\r\n'],
  ['NUL', 'a\0b'],
  ['NUL alone', '\0'],
  ['an emoji', 'a\u{1f600}b'],
  ['two-byte characters', 'äöü'],
  ['three-byte characters', '会話'],
  ['latin1 characters only', '\x80\xff'],
  ['blanks and quotes', ' "\' \\ '],
  ['glob characters', '*?[a]^-\\'],
  ['the replacement character', '\ufffd'],
  ['a byte order mark', '\ufeffa'],
  ['10,000 characters', 'x'.repeat(10_000)],
  ['a name of Object.prototype', '__proto__'],
];

test.each(ids)('an id with %s comes back as it went in', async (_, sid) => {
  const store = redis.store();
  await expect(result((callback) => store.set(sid, { sid }, callback))).resolves.toBe('OK');
  await expect(redis.admin.get(`sess:${sid}`)).resolves.toBe(JSON.stringify({ sid }));
  await expect(store.get(sid)).resolves.toEqual({ sid });
  await expect(store.ids()).resolves.toEqual([sid]);
  await expect(store.all()).resolves.toEqual([{ sid, id: sid }]);
  await expect(store.touch(sid, { sid })).resolves.toBe('OK');
  await expect(store.destroy(sid)).resolves.toBe(1);
  await expect(redis.admin.dbSize()).resolves.toBe(0);
});

test.each([
  ['CR LF', 'a\r\n$5\r\nb\r\n'],
  ['NUL', 'a\0b\0'],
  ['an emoji', '\u{1f600}'],
  ['a lone high surrogate', 'a\ud83d'],
  ['a lone low surrogate', '\ude00b'],
  ['surrogates the wrong way round', '\ude00\ud83d'],
  ['latin1 characters only', '\x80\xff'],
  ['an empty string', ''],
])('a value with %s comes back as it went in', async (_, text) => {
  const store = redis.store();
  const data = { text, [text]: [text] };
  await store.set('a', data);
  await expect(store.get('a')).resolves.toEqual(data);
  await expect(result((callback) => store.all(callback))).resolves.toEqual([{ ...data, id: 'a' }]);
});

test('every UTF-16 code unit comes back', async () => {
  const store = redis.store();
  const units = Array.from({ length: 0x10000 }, (_, unit) => String.fromCharCode(unit));
  await store.set('a', { units });
  expect((await store.get('a')).units.join()).toBe(units.join());
});

// Strings are read in another way after one that was not ASCII, into memory that they leave behind.
describe.each([
  ['ASCII', 'a'],
  ['Latin-1', 'aü'],
  ['Greek', 'α'],
  ['emoji', '\u{1f600}'],
  ['a little of all', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaüα会\u{1f600}'],
])('ids and values of %s', (_, letters) => {
  // In UTF-16 units. What a reader begins with, takes in one pass, and keeps is among them.
  test.each([1, 1_365, 4_091, 4_095, 4_096, 262_140, 700_000])(
    'of %d units come back after any others',
    async (length) => {
      const store = redis.store();
      const comesBack = async (sid, text) => {
        await store.set(sid, { text });
        const stored = await redis.admin.get(`sess:${sid}`);
        // Compared by ===: a failing toBe would print both.
        expect(stored === JSON.stringify({ text })).toBe(true);
      };
      const text = letters.repeat(Math.ceil(length / letters.length));
      for (const before of ['a', 'ü', '\u{1f600}'.repeat(500_000), 'a'.repeat(1_200_000)]) {
        await comesBack(before.slice(0, 10), before);
        await comesBack(text, text);
      }
    },
  );
});

describe('large payloads', () => {
  test.each([
    ['16 MiB of ASCII', () => 'x'.repeat(16 * 2 ** 20)],
    ['16 MiB of emoji', () => '\u{1f600}'.repeat(4 * 2 ** 20)],
    ['16 MiB of CR LF', () => '\r\n'.repeat(4 * 2 ** 20)],
  ])('%s come back as they went in', async (_, make) => {
    const store = redis.store();
    const text = make();
    await expect(store.set('big', { text })).resolves.toBe('OK');
    const { text: back } = await store.get('big');
    // Compared by ===: a failing toBe would print both.
    expect(back === text).toBe(true);
  });

  test('do not disturb the small ones around them', async () => {
    const store = redis.store();
    const text = 'y'.repeat(8 * 2 ** 20);
    const sets = [{ n: 1 }, { text }, { n: 3 }].map((data, n) => store.set(`s${n}`, data));
    await expect(Promise.all(sets)).resolves.toEqual(['OK', 'OK', 'OK']);
    const got = await Promise.all([0, 1, 2, 0].map((n) => store.get(`s${n}`)));
    expect([got[0], got[2], got[3]]).toEqual([{ n: 1 }, { n: 3 }, { n: 1 }]);
    expect(got[1].text === text).toBe(true);
  });
});

const badIds = [
  ['empty', ''],
  ['undefined', undefined],
  ['null', null],
  ['a number', 5],
  ['an object', { toString: () => 'a' }],
  ['a String object', new String('a')],
  ['a Symbol', Symbol('a')],
  ['a lone high surrogate', 'a\ud800'],
  ['a lone low surrogate', '\udc00a'],
];

describe.each(badIds)('an id that is %s', (_, sid) => {
  test.each([
    ['get', (store, cb) => store.get(sid, cb)],
    ['set', (store, cb) => store.set(sid, { user: 'ann' }, cb)],
    ['touch', (store, cb) => store.touch(sid, { user: 'ann' }, cb)],
    ['destroy', (store, cb) => store.destroy(sid, cb)],
  ])('is an error of %s, and no command', async (method, ask) => {
    const store = redis.store();
    await store.get('connected');
    const monitor = await redis.monitor();
    await expect(failure((callback) => ask(store, callback))).resolves.toMatchObject({
      code: 'ERR_INVALID_ARG_TYPE',
    });
    await expect(ask(store)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    await expect(store.access[method](sid, {})).rejects.toMatchObject({
      code: 'ERR_INVALID_ARG_TYPE',
    });
    await expect(monitor.commands()).resolves.toEqual([]);
  });
});

describe('a stored value that is no JSON', () => {
  test.each([
    ['text', 'very-secret words'],
    ['half an object', '{"user":"very-secret"'],
    ['nothing', ''],
    ['an object and more', '{"user":"very-secret"}}'],
  ])('(%s) is ERR_SESSION_PARSE, shows nothing of it, and stays', async (_, value) => {
    const store = redis.store();
    await redis.admin.set('sess:hidden-id', value);
    const reported = once(store, 'error');
    const given = await failure((callback) => store.get('hidden-id', callback));
    await expect(result((callback) => store.all(callback))).resolves.toEqual([]);
    for (const error of [given, ...(await reported)]) {
      expect(error.code).toBe('ERR_SESSION_PARSE');
      const shown = inspect(error, { depth: Infinity, showHidden: true });
      expect(shown).not.toContain('very-secret');
      expect(shown).not.toContain('hidden-id');
    }
    await expect(store.access.get('hidden-id')).rejects.toMatchObject({
      code: 'ERR_SESSION_PARSE',
    });
    await expect(redis.admin.get('sess:hidden-id')).resolves.toBe(value);
  });
});

describe('a session that is no JSON', () => {
  const circular = { secret: 'very-secret' };
  circular.self = circular;

  test.each([
    ['circular', circular],
    ['a BigInt', { n: 1n }],
    ['an object that makes nothing of itself', { toJSON() {} }],
  ])('(%s) is ERR_SESSION_SERIALIZE, and nothing is stored', async (_, session) => {
    const store = redis.store();
    await redis.admin.set('sess:a', '{"kept":true}');
    const error = await failure((callback) => store.set('a', session, callback));
    expect(error.code).toBe('ERR_SESSION_SERIALIZE');
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain('very-secret');
    await expect(store.access.set('a', session)).rejects.toMatchObject({
      code: 'ERR_SESSION_SERIALIZE',
    });
    await expect(redis.admin.get('sess:a')).resolves.toBe('{"kept":true}');
  });
});

test('a key that holds no string is WRONGTYPE, without its name', async () => {
  const store = redis.store();
  await redis.admin.hSet('sess:hidden-id', 'f', 'v');
  const error = await failure((callback) => store.get('hidden-id', callback));
  expect(error).toMatchObject({ code: 'ERR_REDIS_REPLY', reply: 'WRONGTYPE' });
  expect(inspect(error)).not.toContain('hidden-id');
});
