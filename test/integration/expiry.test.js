'use strict';

// How long a session lives, and that a request sees it truly.

const { failure, result } = require('../helpers/outcome');
const { until } = require('../helpers/until');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const future = (ms) => new Date(Date.now() + ms);

/** What has to wait for the connection is sent with what is left of its time by then. */
const connected = (store) => store.get('none');

/** The arguments that SET was sent with, after key and value. */
async function setOptions(store, data) {
  await connected(store);
  const monitor = await redis.monitor();
  await store.set('a', data);
  const set = (await monitor.commands()).find(([name]) => name === 'SET');
  return set.slice(3);
}

describe('ttl', () => {
  test.each([
    [86400, 86400000],
    [60, 60000],
    [1.5, 1500],
    [1.001, 1001],
    [2.007, 2007],
    [0.25, 250],
  ])('of %p seconds is sent as %p milliseconds', async (ttl, ms) => {
    await expect(setOptions(redis.store({ ttl }), { user: 'ann' })).resolves.toEqual([
      'PX',
      String(ms),
    ]);
  });

  test.each([
    [1.001, 1001],
    [2.007, 2007],
  ])('of %p seconds is the same at touch: %p milliseconds', async (ttl, ms) => {
    for (const option of [ttl, () => ttl]) {
      const store = redis.store({ ttl: option });
      await redis.admin.set('sess:a', '{}');
      await connected(store);
      const monitor = await redis.monitor();
      const before = Date.now();
      await store.touch('a', { user: 'ann' });
      const after = Date.now();
      const [[name, , time]] = await monitor.commands();
      // Relative or absolute: both are fine.
      const [from, to] = name === 'PEXPIREAT' ? [before, after] : [0, 0];
      expect(Number(time)).toBeGreaterThanOrEqual(from + ms);
      expect(Number(time)).toBeLessThanOrEqual(to + ms);
    }
  });

  test('is a day when nothing is said', async () => {
    await expect(setOptions(redis.store(), { user: 'ann' })).resolves.toEqual(['PX', '86400000']);
  });

  test('counts for a cookie whose expires is null', async () => {
    const data = { cookie: { expires: null } };
    await expect(setOptions(redis.store({ ttl: 60 }), data)).resolves.toEqual(['PX', '60000']);
  });

  test('does not count for a cookie that has an expiry', async () => {
    const [, ms] = await setOptions(redis.store({ ttl: 60 }), {
      cookie: { expires: future(5000) },
    });
    expect(Number(ms)).toBeLessThanOrEqual(5000);
  });

  test.each([[{ ttl: false }], [{ disableTTL: true }], [{ disableTTL: true, ttl: 60 }]])(
    'with %p keys never expire',
    async (options) => {
      const store = redis.store(options);
      await expect(setOptions(store, { cookie: { expires: future(5000) } })).resolves.toEqual([]);
      await expect(redis.admin.pTTL('sess:a')).resolves.toBe(-1);
      await expect(store.touch('a', { cookie: { expires: future(5000) } })).resolves.toBe('OK');
      await expect(redis.admin.pTTL('sess:a')).resolves.toBe(-1);
    },
  );
});

describe('a ttl function', () => {
  test('decides alone, whatever the cookie says', async () => {
    const store = redis.store({ ttl: () => 1.234 });
    const data = { cookie: { expires: future(60_000) } };
    await expect(setOptions(store, data)).resolves.toEqual(['PX', '1234']);
  });

  test('is given session and id, at set and at touch', async () => {
    const calls = [];
    const store = redis.store({ ttl: (...args) => calls.push(args) && 60 });
    const data = { user: 'ann' };
    await store.set('id1', data);
    await store.touch('id1', data);
    expect(calls).toEqual([
      [data, 'id1'],
      [data, 'id1'],
    ]);
    expect(calls[0][0]).toBe(data);
  });

  test('decides at touch, too', async () => {
    const store = redis.store({ ttl: (data) => data.seconds });
    await store.set('a', { seconds: 10 });
    await expect(store.touch('a', { seconds: 100 })).resolves.toBe('OK');
    await expect(redis.admin.pTTL('sess:a')).resolves.toBeGreaterThan(90_000);
  });

  test('that gives false means that this key never expires', async () => {
    const store = redis.store({ ttl: () => false });
    await expect(setOptions(store, { user: 'ann' })).resolves.toEqual([]);
  });

  test('that gives nothing above 0 says that the session expired', async () => {
    await redis.admin.set('sess:a', '{}');
    await expect(redis.store({ ttl: () => 0 }).set('a', {})).resolves.toBe(1);
    await expect(redis.store({ ttl: () => -5 }).set('a', {})).resolves.toBe(0);
    await expect(redis.admin.exists('sess:a')).resolves.toBe(0);
  });

  test.each([
    ['NaN', NaN],
    ['undefined', undefined],
    ['a string', '60'],
    ['an object', {}],
  ])('that gives %s is an error, and nothing is stored', async (_, value) => {
    const store = redis.store({ ttl: () => value });
    await failure((callback) => store.set('a', {}, callback));
    await redis.admin.set('sess:b', '{}');
    await failure((callback) => store.touch('b', {}, callback));
    await expect(redis.admin.exists('sess:a')).resolves.toBe(0);
    await expect(redis.admin.pTTL('sess:b')).resolves.toBe(-1);
  });

  test.each([
    ['throws', (error) => () => { throw error; }], // prettier-ignore
    ['rejects', (error) => () => Promise.reject(error)],
  ])('that %s gives that error to the callback', async (_, make) => {
    const error = new Error('no ttl today');
    const store = redis.store({ ttl: make(error) });
    await expect(failure((callback) => store.set('a', {}, callback))).resolves.toBe(error);
    await expect(failure((callback) => store.touch('a', {}, callback))).resolves.toBe(error);
    await expect(store.access.set('a', {})).rejects.toBe(error);
    await expect(redis.admin.exists('sess:a')).resolves.toBe(0);
  });
});

describe('the expiry that is shown where the key has none', () => {
  const date = future(50_000);
  const jsonAnd = (parse) => ({ parse, stringify: JSON.stringify });

  /** Each way to read a session. */
  const ways = [
    ['get', (store) => result((callback) => store.get('a', callback))],
    ['access.get', (store) => store.access.get('a')],
    ['all', async (store) => (await store.all())[0]],
    ['scan', async (store) => (await store.access.scan().next()).value],
    ['getMany', async (store) => (await store.access.getMany(['a']))[0]],
    ['update', (store) => store.access.update('a', (session) => ({ ...session }))],
  ];

  describe.each([
    ['JSON', JSON],
    ['a synchronous serializer', jsonAnd((text) => JSON.parse(text))],
    ['an asynchronous one', jsonAnd(async (text) => JSON.parse(text))],
  ])('with %s', (_, serializer) => {
    test.each(ways)('is a Date for %s', async (_way, read) => {
      const store = redis.store({ serializer, disableTTL: true });
      await store.set('a', { n: 1, cookie: { expires: date, originalMaxAge: 50_000 } });
      await expect(redis.admin.pTTL('sess:a')).resolves.toBe(-1);
      const { n, cookie } = await read(store);
      expect(cookie.expires).toBeInstanceOf(Date);
      expect({ n, expires: cookie.expires }).toEqual({ n: 1, expires: date });
    });

    test.each(ways)('stays null for %s of a cookie that has none', async (_way, read) => {
      const store = redis.store({ serializer, disableTTL: true });
      await store.set('a', { cookie: { expires: null, originalMaxAge: null } });
      const { cookie } = await read(store);
      expect(cookie).toEqual({ expires: null, originalMaxAge: null });
    });
  });
});

describe('the expiry in a cookie', () => {
  test.each([
    ['an invalid Date', new Date(NaN)],
    ['a string that is no date', 'tomorrow, perhaps'],
  ])('that is %s is none: the key lives for ttl seconds', async (_, expires) => {
    const store = redis.store({ ttl: 100 });
    const data = { n: 1, cookie: { expires } };
    await expect(result((callback) => store.set('a', data, callback))).resolves.toBe('OK');
    await expect(redis.admin.get('sess:a')).resolves.toBe(JSON.stringify(data));
    for (const touch of [async () => {}, () => store.touch('a', data)]) {
      await touch();
      const left = await redis.admin.pTTL('sess:a');
      expect(left).toBeGreaterThan(90_000);
      expect(left).toBeLessThanOrEqual(100_000);
      await redis.admin.pExpire('sess:a', 50_000);
    }
    await expect(store.access.update('a', () => data)).resolves.toBe(data);
    await expect(redis.admin.pTTL('sess:a')).resolves.toBeGreaterThan(90_000);
  });

  test('that is past destroys the key at set and at touch', async () => {
    const store = redis.store();
    const data = { cookie: { expires: future(-1) } };
    await redis.admin.set('sess:a', '{}');
    await store.set('a', data);
    await expect(redis.admin.exists('sess:a')).resolves.toBe(0);
    await redis.admin.set('sess:a', '{}');
    await store.touch('a', data);
    await expect(redis.admin.exists('sess:a')).resolves.toBe(0);
  });

  test('very far in the future is kept', async () => {
    const store = redis.store();
    const expires = new Date(8.64e15); // the last Date there is
    await expect(store.set('a', { user: 'ann', cookie: { expires } })).resolves.toBe('OK');
    expect(await redis.admin.pTTL('sess:a')).toBeGreaterThan(8e15);
    await expect(store.get('a')).resolves.toMatchObject({ user: 'ann' });
  });
});

describe('get', () => {
  const expiryOf = (session) => new Date(session.cookie.expires).valueOf();

  test("shows the key's real expiry, not the one of the JSON", async () => {
    const store = redis.store();
    await store.set('a', { cookie: { originalMaxAge: 1000, expires: future(1000) } });
    await store.touch('a', { cookie: { originalMaxAge: 1000, expires: future(90_000) } });
    const real = await redis.admin.pExpireTime('sess:a');
    const before = Date.now();
    const session = await store.get('a');
    const delay = Date.now() - before;
    expect(Math.abs(expiryOf(session) - real)).toBeLessThanOrEqual(delay + 1);
    expect(session.cookie.originalMaxAge).toBe(1000);
  });

  test('shows it through access, too', async () => {
    const store = redis.store();
    await redis.admin.set('sess:a', '{"cookie":{"expires":"2001-01-01T00:00:00.000Z"}}', {
      PX: 50_000,
    });
    const session = await store.access.get('a');
    expect(expiryOf(session) - Date.now()).toBeGreaterThan(40_000);
    expect(expiryOf(session) - Date.now()).toBeLessThanOrEqual(50_000);
  });

  test('leaves an expiry of null as it is', async () => {
    const store = redis.store();
    await store.set('a', { cookie: { originalMaxAge: null, expires: null } });
    await expect(store.get('a')).resolves.toEqual({
      cookie: { originalMaxAge: null, expires: null },
    });
  });

  test('leaves a session without a cookie as it is', async () => {
    const store = redis.store();
    await store.set('a', { user: 'ann' });
    await expect(store.get('a')).resolves.toEqual({ user: 'ann' });
  });

  test('asks for value and expiry together', async () => {
    const store = redis.store();
    await store.get('connected');
    const monitor = await redis.monitor();
    await store.get('a');
    await expect(monitor.commands()).resolves.toEqual([
      ['GET', 'sess:a'],
      ['PTTL', 'sess:a'],
    ]);
  });

  test('gives null once the session has expired', async () => {
    const store = redis.store({ ttl: 0.05 });
    await store.set('a', { user: 'ann' });
    await until(async () => (await store.get('a')) === null, { what: 'the expiry' });
    await expect(redis.admin.exists('sess:a')).resolves.toBe(0);
  });
});
