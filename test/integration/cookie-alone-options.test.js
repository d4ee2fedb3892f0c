'use strict';

// A request that changes nothing but its cookie, in stores with options: touchAfter, disableTouch, ttl,
// serializers, concurrencyMerge, deadlines. What it is about is in cookie-alone.test.js.

const v8 = require('node:v8');
const { fresh, load } = require('../helpers/requests');
const { failure } = require('../helpers/outcome');
const { until } = require('../helpers/until');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const names = async (monitor) => (await monitor.commands()).map(([name]) => name);
const RENEWAL = [expect.stringMatching(/^PEXPIRE/)];
const stored = async (sid = 'a') => JSON.parse(await redis.admin.get(`sess:${sid}`));
const left = () => redis.admin.pTTL('sess:a');

/** A store with a session that a request has loaded and touched, as express-session does. */
async function loaded(options, fields = { n: 0 }) {
  const store = redis.store(options);
  await store.set('a', fresh(fields));
  const session = await load(store, 'a');
  session.touch();
  return { store, session };
}

describe('options', () => {
  test('it overrides touchAfter, which goes on by the new expiry', async () => {
    const { store, session } = await loaded({ touchAfter: 600 });
    session.cookie.path = '/x';
    await expect(store.touch('a', session)).resolves.toBe('OK');
    expect((await stored()).cookie.path).toBe('/x');
    const monitor = await redis.monitor();
    await store.touch('a', session);
    await expect(names(monitor)).resolves.toEqual([]);
  });

  test('touchAfter goes on by that expiry to the millisecond, however long storing takes', async () => {
    const { store, session } = await loaded({ touchAfter: 600 });
    session.cookie.path = '/x';
    let now = Date.now();
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => (now += 1));
    try {
      await store.touch('a', session);
      const monitor = await redis.monitor();
      await store.touch('a', session);
      await expect(names(monitor)).resolves.toEqual([]);
    } finally {
      clock.mockRestore();
    }
  });

  test('it does not override disableTouch', async () => {
    const { store, session } = await loaded({ disableTouch: true });
    const before = await redis.admin.get('sess:a');
    session.cookie.maxAge = HOUR;
    const monitor = await redis.monitor();
    await expect(store.touch('a', session)).resolves.toBe('OK');
    await expect(names(monitor)).resolves.toEqual([]);
    await expect(redis.admin.get('sess:a')).resolves.toBe(before);
  });

  test.each([
    ['a ttl function', { ttl: () => 120 }, [110_000, 120_000]],
    ['an asynchronous one', { ttl: async () => 120 }, [110_000, 120_000]],
    ['ttl: false', { ttl: false }, [-1, -1]],
    ['disableTTL', { disableTTL: true }, [-1, -1]],
  ])('with %s, that decides on the time to live', async (_, options, [least, most]) => {
    const { store, session } = await loaded(options);
    session.cookie.maxAge = HOUR;
    await expect(store.touch('a', session)).resolves.toBe('OK');
    expect((await stored()).cookie.originalMaxAge).toBeGreaterThan(HOUR - 100);
    expect(await left()).toBeGreaterThanOrEqual(least);
    expect(await left()).toBeLessThanOrEqual(most);
  });

  test.each([
    [
      'asynchronous JSON',
      {
        parse: async (text) => JSON.parse(text),
        stringify: async (session) => JSON.stringify(session),
      },
    ],
    [
      'frozen sessions',
      {
        parse: (text) => {
          const { cookie, ...rest } = JSON.parse(text);
          return Object.preventExtensions({ cookie, ...rest });
        },
        stringify: (session) => JSON.stringify(session),
      },
    ],
  ])('with a serializer of %s', async (_, serializer) => {
    const { store, session } = await loaded({ serializer });
    session.cookie.maxAge = HOUR;
    await expect(store.touch('a', session)).resolves.toBe('OK');
    await expect(stored()).resolves.toMatchObject({ n: 0 });
    expect((await stored()).cookie.originalMaxAge).toBeGreaterThan(HOUR - 100);
  });

  test('with a serializer of bytes that goes by fields: other attributes count, too', async () => {
    const plain = ({ cookie, ...data }) => ({ ...data, cookie: { ...cookie } });
    const serializer = {
      binary: true,
      parse: (bytes) => v8.deserialize(bytes),
      stringify: (session) => v8.serialize(plain(session)),
    };
    const { store, session } = await loaded({ serializer });
    session.cookie.signed = true;
    await expect(store.touch('a', session)).resolves.toBe('OK');
    await expect(store.get('a')).resolves.toMatchObject({ n: 0, cookie: { signed: true } });
    const again = await load(store, 'a');
    expect(again.cookie.signed).toBe(true);
    again.touch();
    const monitor = await redis.monitor();
    await store.touch('a', again);
    await expect(names(monitor)).resolves.toEqual(RENEWAL);
  });
});

describe('with concurrencyMerge', () => {
  const merging = { concurrencyMerge: true };

  test('it is one round trip when nobody interfered, and so is the next save', async () => {
    const { store, session } = await loaded(merging);
    await store.set('a', session); // here the server may learn the script
    session.cookie.maxAge = HOUR;
    const monitor = await redis.monitor();
    await store.touch('a', session);
    await expect(names(monitor)).resolves.toEqual(['EVALSHA', 'GET', 'SET']);
    session.n = 1;
    await store.set('a', session);
    await expect(names(monitor)).resolves.toEqual(['EVALSHA', 'GET', 'SET']);
    await expect(stored()).resolves.toMatchObject({ n: 1 });
  });

  test('what others changed before it is kept by the next save', async () => {
    const { store, session } = await loaded(merging, { n: 0, old: 1 });
    const other = redis.store(merging);
    const theirs = await load(other, 'a');
    theirs.theirs = 1;
    delete theirs.old;
    await other.set('a', theirs);
    session.cookie.maxAge = HOUR;
    await store.touch('a', session);
    session.n = 1;
    await expect(store.set('a', session)).resolves.toBe('OK');
    const { cookie, ...data } = await stored();
    expect(data).toEqual({ n: 1, theirs: 1 });
    expect(cookie.originalMaxAge).toBeGreaterThan(HOUR - 100);
  });
});

test('a commandTimeout bounds it as any other', async () => {
  const { store, session } = await loaded({ commandTimeout: 200, backoff: { min: 5, max: 50 } });
  session.cookie.maxAge = HOUR;
  await redis.server.kill('SIGSTOP');
  try {
    const error = await failure((callback) => store.touch('a', session, callback));
    expect(error).toMatchObject({ code: 'ERR_REDIS_TIMEOUT' });
  } finally {
    await redis.server.kill('SIGCONT');
  }
  // It is still to be stored.
  const patient = () => store.touch('a', session).catch(patient);
  await patient();
  await until(async () => (await stored()).cookie.originalMaxAge > HOUR - 100, {});
});
