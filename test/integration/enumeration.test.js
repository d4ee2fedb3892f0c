'use strict';

// clear, length, ids and all: exactly the sessions of the prefix, in bounded batches.

const { result } = require('../helpers/outcome');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

/** All four answers of a store, the ids sorted. */
async function enumerate(store) {
  const all = await store.all();
  return {
    ids: (await result((callback) => store.ids(callback))).sort(),
    all: all.map(({ id }) => id).sort(),
    length: await store.length(),
  };
}

const prefixes = [
  // [prefix, keys that the prefix, taken as a glob, would match or that are near it]
  ['a[1]*?', ['a1-and-x', 'a1*?x', 'a[1]', 'a[1]x', 'a[1]**x', 'b', 'xa[1]*?y']],
  ['a\\', ['a', 'ab', 'a*', 'a/b']],
  ['a\\b:', ['ab:x', 'a\\\\b:x']],
  ['a\\*', ['a*x', 'a\\x', 'a\\bcx']],
  ['[^-]', ['x1', '^x', '-x', '[x']],
  ['a[^-]:', ['ax:1', 'a^:1', 'a-:1']],
  ['[a-z]:', ['b:1', 'a:1', '-:1']],
  [']', ['[]', 'x]']],
  ['?', ['x', 'xy']],
  ['*', ['x', 'xy']],
  ['é\u{1f600}*:', ['é\u{1f600}x:1', 'éx:1']],
  ['line\r\n\0', ['line', 'line\r\nx', 'lineX\r\n\0x']],
];

test.each(prefixes)('prefix %j sees and clears its own keys only', async (prefix, others) => {
  const own = ['1', 'two', '*', '[x]', '\\'].map((id) => `${prefix}${id}`);
  for (const key of [...own, ...others]) await redis.admin.set(key, '{}');
  const store = redis.store({ prefix });
  const ids = own.map((key) => key.slice(prefix.length)).sort();

  await expect(enumerate(store)).resolves.toEqual({ ids, all: ids, length: ids.length });
  await expect(store.clear()).resolves.toBe(ids.length);
  await expect(redis.admin.keys('*').then((keys) => keys.sort())).resolves.toEqual(
    [...others].sort(),
  );
});

test('an empty prefix sees every key', async () => {
  await redis.admin.mSet({ a: '{}', 'b:c': '{}' });
  const store = redis.store({ prefix: '' });
  await expect(enumerate(store)).resolves.toEqual({
    ids: ['a', 'b:c'],
    all: ['a', 'b:c'],
    length: 2,
  });
  await expect(store.clear()).resolves.toBe(2);
});

test('another database is another world', async () => {
  const here = redis.store({ url: `${redis.server.url}?db=1` });
  const there = redis.store({ url: `${redis.server.url}?db=2` });
  await here.set('a', {});
  await there.set('b', {});
  await expect(here.ids()).resolves.toEqual(['a']);
  await expect(here.clear()).resolves.toBe(1);
  await expect(there.ids()).resolves.toEqual(['b']);
});

test('keys that hold something else than a string are no sessions, and are left alone', async () => {
  const { admin } = redis;
  await admin.hSet('sess:hash', 'f', 'v');
  await admin.rPush('sess:list', 'v');
  await admin.sAdd('sess:set', 'v');
  await admin.zAdd('sess:zset', { score: 1, value: 'v' });
  await admin.xAdd('sess:stream', '*', { f: 'v' });
  await admin.set('sess:session', '{}');
  const store = redis.store();

  await expect(enumerate(store)).resolves.toEqual({
    ids: ['session'],
    all: ['session'],
    length: 1,
  });
  await expect(store.clear()).resolves.toBe(1);
  expect((await admin.keys('*')).sort()).toEqual(
    ['hash', 'list', 'set', 'stream', 'zset'].map((type) => `sess:${type}`),
  );
});

test('a key that is no UTF-8 is of the prefix, too, and is cleared', async () => {
  await redis.admin.sendCommand(['SET', Buffer.from('sess:\xff\xfe', 'latin1'), '{}']);
  const store = redis.store();
  await expect(store.length()).resolves.toBe(1);
  await expect(store.clear()).resolves.toBe(1);
  await expect(redis.admin.dbSize()).resolves.toBe(0);
});

test('each session of all has its data, its id and nothing more', async () => {
  const store = redis.store();
  await redis.admin.mSet({ 'sess:a': '{"user":"ann","id":"mine"}', 'sess:b': '{"user":"bob"}' });
  const all = await store.all();
  expect(all.sort((x, y) => (x.id < y.id ? -1 : 1))).toEqual([
    { user: 'ann', id: 'a' },
    { user: 'bob', id: 'b' },
  ]);
});

test('no command asks for more than a batch of scanCount keys', async () => {
  const store = redis.store({ scanCount: 10 });
  await redis.admin.eval(
    `for i = 1, 500 do redis.call('SET', 'sess:' .. i, '{}') redis.call('SET', 'x:' .. i, '{}') end`,
  );
  const monitor = await redis.monitor();
  await store.ids();
  await store.length();
  await store.all();
  await store.clear();
  const commands = await monitor.commands();

  const scans = commands.filter(([name]) => name === 'SCAN');
  expect(scans.length).toBeGreaterThanOrEqual(4 * 50);
  for (const scan of scans) expect(scan[scan.findIndex((w) => /^count$/i.test(w)) + 1]).toBe('10');

  const bulk = commands.filter(([name]) => ['MGET', 'UNLINK', 'DEL'].includes(name));
  expect(bulk.length).toBeGreaterThanOrEqual(2 * 50);
  for (const [, ...keys] of bulk) expect(keys.length).toBeLessThanOrEqual(10);
  // One of the whole keyspace would be the thing to avoid.
  expect(commands.map(([name]) => name)).not.toContain('KEYS');
  expect(commands.map(([name]) => name)).not.toContain('FLUSHDB');
});

test('clear removes by UNLINK', async () => {
  const store = redis.store();
  await redis.admin.mSet({ 'sess:a': '{}', 'sess:b': '{}' });
  await expect(store.clear()).resolves.toBe(2);
  await expect(redis.calls('del')).resolves.toBe(0);
  await expect(redis.calls('unlink')).resolves.toBeGreaterThanOrEqual(1);
});

test('sessions that lapse in between are skipped', async () => {
  await redis.admin.eval(
    `for i = 1, 3000 do redis.call('SET', 'sess:' .. i, '{"n":' .. i .. '}', 'PX', i % 300 + 1) end`,
  );
  const store = redis.store({ scanCount: 50 });
  let rounds = 0;
  let sessions;
  do {
    sessions = await store.all();
    for (const { n, id } of sessions) expect(n).toBe(Number(id));
    const ids = await store.ids();
    expect(new Set(ids).size).toBe(ids.length);
    rounds++;
  } while (sessions.length > 0 && rounds < 10_000);
  expect(sessions).toEqual([]);
});

describe('where the server has no UNLINK', () => {
  const old = useRedis({ args: ['--rename-command', 'UNLINK', ''] });

  test('sessions are removed all the same', async () => {
    const store = old.store();
    await old.admin.mSet({ 'sess:a': '{}', 'sess:b': '{}', 'sess:c': '{}', other: 'x' });
    await expect(store.destroy('a')).resolves.toBe(1);
    await expect(store.access.destroy('a')).resolves.toBe(false);
    const lapsed = { cookie: { expires: new Date(Date.now() - 1) } };
    await expect(store.set('b', lapsed)).resolves.toBe(1);
    await expect(store.clear()).resolves.toBe(1);
    await expect(old.admin.keys('*')).resolves.toEqual(['other']);
  });
});
