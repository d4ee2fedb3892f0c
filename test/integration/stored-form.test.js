'use strict';

// What is in Redis: `SET prefix+sid <json> PX <ms>`, the same as connect-redis, which can read and
// write the very sessions.

const session = require('express-session');
const { RedisStore: ConnectRedis } = require('connect-redis');
const { useRedis } = require('../helpers/use-redis');
const { startApp } = require('../helpers/app');

const redis = useRedis();

const MINUTE = 60_000;
const inAMinute = () => new Date(Date.now() + MINUTE);

/** A session as express-session makes it. */
function makeSession(fields, maxAge = MINUTE) {
  const cookie = new session.Cookie({ maxAge });
  return Object.assign(new session.Session({ sessionID: 'x' }, { cookie }), fields);
}

test('a session is one SET of its JSON with its expiry in milliseconds', async () => {
  const store = redis.store();
  await store.get('connected');
  const monitor = await redis.monitor();
  const data = makeSession({ user: 'ann' });
  const before = Date.now();
  await store.set('abc', data);
  const after = Date.now();

  const commands = await monitor.commands();
  expect(commands).toHaveLength(1);
  const [name, key, value, ...options] = commands[0];
  expect([name, key]).toEqual(['SET', 'sess:abc']);
  expect(value).toBe(JSON.stringify(data));
  expect(options).toEqual(['PX', expect.any(String)]);
  const expires = data.cookie.expires.valueOf();
  expect(Number(options[1])).toBeGreaterThanOrEqual(expires - after);
  expect(Number(options[1])).toBeLessThanOrEqual(expires - before);
});

test('the prefix is put before the id, whatever it is', async () => {
  for (const prefix of ['', 'app:', 'ünï\u{1f600}:', 'a b*']) {
    const store = redis.store({ prefix });
    await store.set('id', { user: prefix });
    await expect(redis.admin.get(`${prefix}id`)).resolves.toBe(JSON.stringify({ user: prefix }));
    await expect(store.get('id')).resolves.toEqual({ user: prefix });
  }
});

test('the server keeps the expiry of the cookie to the millisecond', async () => {
  const store = redis.store();
  await store.get('connected');
  const expires = inAMinute();
  const before = Date.now();
  await store.set('a', { cookie: { expires } });
  const delay = Date.now() - before;
  // PX counts from the moment when the server gets it: no earlier, later by the way at most.
  const keyExpires = await redis.admin.pExpireTime('sess:a');
  expect(keyExpires - expires.valueOf()).toBeGreaterThanOrEqual(-1);
  expect(keyExpires - expires.valueOf()).toBeLessThanOrEqual(delay + 1);
});

test.each([
  ['a Date', (date) => date],
  ['an ISO string', (date) => date.toISOString()],
  ['a number', (date) => date.valueOf()],
])('the expiry of a cookie may be %s', async (_, form) => {
  const store = redis.store();
  await expect(store.set('a', { cookie: { expires: form(inAMinute()) } })).resolves.toBe('OK');
  const left = await redis.admin.pTTL('sess:a');
  expect(left).toBeGreaterThan(MINUTE - 5000);
  expect(left).toBeLessThanOrEqual(MINUTE);
});

describe('connect-redis', () => {
  test('reads what this store wrote', async () => {
    const theirs = new ConnectRedis({ client: redis.admin });
    const data = makeSession({ user: 'ann', list: [1, { deep: 'é😀' }] });
    await redis.store().set('a', data);
    await expect(theirs.get('a')).resolves.toEqual(JSON.parse(JSON.stringify(data)));
    await expect(theirs.ids()).resolves.toEqual(['a']);
  });

  test('writes what this store reads', async () => {
    const theirs = new ConnectRedis({ client: redis.admin });
    const data = makeSession({ user: 'ann', list: [1, { deep: 'é😀' }] });
    await theirs.set('a', data);
    const store = redis.store();
    const read = await store.get('a');
    expect(read).toMatchObject({ user: 'ann', list: [1, { deep: 'é😀' }] });
    expect(read.cookie).toMatchObject({ originalMaxAge: MINUTE, httpOnly: true, path: '/' });
    await expect(store.all()).resolves.toMatchObject([{ id: 'a', user: 'ann' }]);
    await expect(store.destroy('a')).resolves.toBe(1);
    await expect(theirs.get('a')).resolves.toBeNull();
  });

  test('stores the same text under the same key', async () => {
    const data = makeSession({ user: 'ann' });
    await new ConnectRedis({ client: redis.admin }).set('theirs', data);
    await redis.store().set('ours', data);
    const [theirs, ours] = await redis.admin.mGet(['sess:theirs', 'sess:ours']);
    expect(ours).toBe(theirs);
  });

  test('can be replaced, and come back, with the visitors logged in', async () => {
    const stores = [
      new ConnectRedis({ client: redis.admin }),
      redis.store(),
      new ConnectRedis({ client: redis.admin }),
    ];
    let cookie = '';
    for (const [index, store] of stores.entries()) {
      const app = redis.track(await startApp(store));
      const visitor = app.visitor();
      visitor.cookie = cookie;
      if (index === 0) await visitor.post('/login/ann');
      await expect(visitor.get('/who')).resolves.toMatchObject({ user: 'ann' });
      await visitor.post('/save');
      cookie = visitor.cookie;
    }
  });
});
