'use strict';

// A request that changes nothing but its cookie: express-session calls touch, and what is stored is
// the new cookie with the data that is there.

const { Cookie } = require('express-session');
const { create, fresh, load } = require('../helpers/requests');
const { failure } = require('../helpers/outcome');
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

describe('an ordinary touch', () => {
  test.each([
    ['of a session as it was loaded', () => {}],
    ['with data that changed, which is for set', (session) => (session.n = 1)],
    ['of another expiry', (session) => session.cookie._expires.setTime(Date.now() + HOUR)],
    ['whose age drifted', (session) => (session.cookie.originalMaxAge -= 999)],
    ['whose age grew by less than a second', (session) => (session.cookie.maxAge = MINUTE + 900)],
    ['without a cookie', (session) => delete session.cookie],
  ])('%s renews the expiry, and nothing else', async (_, change) => {
    const { store, session } = await loaded();
    const before = await redis.admin.get('sess:a');
    change(session);
    const monitor = await redis.monitor();
    await expect(store.touch('a', session)).resolves.toBe('OK');
    await expect(names(monitor)).resolves.toEqual(RENEWAL);
    await expect(redis.admin.get('sess:a')).resolves.toBe(before);
  });

  test.each([
    ['plain data', async () => ({ ...fresh({}), cookie: { originalMaxAge: HOUR, path: '/x' } })],
    [
      'what get gave, changed',
      async (store) => {
        const data = await store.get('a');
        data.cookie.originalMaxAge = HOUR;
        return data;
      },
    ],
    [
      'the session of another id',
      async (store) => {
        await store.set('b', fresh({}));
        const session = await load(store, 'b');
        session.cookie.maxAge = HOUR;
        return session;
      },
    ],
    [
      'a session that is not stored yet',
      async (store) => {
        const session = create(store, 'a', {});
        session.cookie.originalMaxAge = HOUR;
        return session;
      },
    ],
  ])('by %s renews the expiry, and nothing else', async (_, make) => {
    const { store } = await loaded();
    const session = await make(store);
    const monitor = await redis.monitor();
    await expect(store.access.touch('a', session)).resolves.toBe(true);
    await expect(names(monitor)).resolves.toEqual(RENEWAL);
    expect((await stored()).cookie.originalMaxAge).toBe(MINUTE);
  });
});

describe('a cookie that changed', () => {
  test('is stored, with its time to live, and the data is left alone', async () => {
    const { store, session } = await loaded();
    session.cookie.maxAge = HOUR;
    session.n = 1; // nobody asked to store it
    await expect(store.touch('a', session)).resolves.toBe('OK');
    const { cookie, ...data } = await stored();
    expect(data).toEqual({ n: 0 });
    expect(cookie).toEqual(JSON.parse(JSON.stringify(session.cookie)));
    expect(await left()).toBeGreaterThan(HOUR - MINUTE);
  });

  test.each([
    ['to a longer age by two seconds', (cookie) => (cookie.maxAge = MINUTE + 2000)],
    ['to a shorter one', (cookie) => (cookie.maxAge = MINUTE - 2000)],
    ['to one that ends with the browser', (cookie) => (cookie.maxAge = null)],
    ['to a date', (cookie) => (cookie.expires = new Date(Date.now() + HOUR))],
    ['in its path', (cookie) => (cookie.path = '/x')],
    ['in its domain', (cookie) => (cookie.domain = 'example.org')],
    ['in httpOnly', (cookie) => (cookie.httpOnly = false)],
    ['in secure', (cookie) => (cookie.secure = 'auto')],
    ['in sameSite', (cookie) => (cookie.sameSite = 'lax')],
    ['in priority', (cookie) => (cookie.priority = 'low')],
    ['in partitioned', (cookie) => (cookie.partitioned = true)],
    ['for a whole new one', (_, session) => (session.cookie = new Cookie({ maxAge: HOUR }))],
    ['for plain data', (_, session) => (session.cookie = { signed: true, path: '/' })],
  ])('%s is stored', async (_, change) => {
    const { store, session } = await loaded();
    change(session.cookie, session);
    await expect(store.access.touch('a', session)).resolves.toBe(true);
    await expect(stored()).resolves.toEqual({
      n: 0,
      cookie: JSON.parse(JSON.stringify(session.cookie)),
    });
  });

  test('is stored once: the next touch is an ordinary one', async () => {
    const { store, session } = await loaded();
    session.cookie.maxAge = HOUR;
    await store.touch('a', session);
    const monitor = await redis.monitor();
    await store.touch('a', session);
    await expect(names(monitor)).resolves.toEqual(RENEWAL);
    session.cookie.maxAge = MINUTE;
    await store.touch('a', session);
    expect((await stored()).cookie.originalMaxAge).toBeGreaterThan(MINUTE - 100);
    expect((await stored()).cookie.originalMaxAge).toBeLessThan(HOUR - MINUTE);
  });

  test('that a save has stored is compared with that one', async () => {
    const { store, session } = await loaded();
    session.cookie.maxAge = HOUR;
    await store.set('a', session);
    const monitor = await redis.monitor();
    await store.touch('a', session);
    await expect(names(monitor)).resolves.toEqual(RENEWAL);
    session.cookie.maxAge = MINUTE; // as it was loaded
    await store.touch('a', session);
    expect((await stored()).cookie.originalMaxAge).toBeLessThan(HOUR - MINUTE);
  });

  test('since createSession made a whole one of it is stored, as MemoryStore does', async () => {
    const store = redis.store();
    await redis.admin.set('sess:a', '{"cookie":{"expires":null},"n":0}');
    const session = await load(store, 'a');
    session.touch();
    await expect(store.touch('a', session)).resolves.toBe('OK');
    await expect(stored()).resolves.toEqual({
      n: 0,
      cookie: { httpOnly: true, path: '/' },
    });
    const monitor = await redis.monitor();
    const again = await load(store, 'a');
    await store.touch('a', again);
    await expect(names(monitor)).resolves.toEqual(['GET', 'PTTL', ...RENEWAL]);
  });

  test('of a new session that its request has stored is stored, too', async () => {
    const store = redis.store();
    const session = create(store, 'a', { n: 1 });
    await store.set('a', session);
    session.cookie.path = '/x';
    await store.touch('a', session);
    await expect(stored()).resolves.toMatchObject({ n: 1, cookie: { path: '/x' } });
  });

  test('is stored through what the application has wrapped the session in', async () => {
    const { store, session } = await loaded();
    session.cookie.maxAge = HOUR;
    await store.touch('a', new Proxy(session, {}));
    expect((await stored()).cookie.originalMaxAge).toBeGreaterThan(HOUR - 100);
  });

  test('leaves what another request saved meanwhile', async () => {
    const { store, session } = await loaded();
    const theirs = await load(redis.store(), 'a');
    theirs.cart = ['apple'];
    await redis.store().set('a', theirs);
    session.cookie.maxAge = HOUR;
    await store.touch('a', session);
    await expect(stored()).resolves.toMatchObject({ n: 0, cart: ['apple'] });
    expect((await stored()).cookie.originalMaxAge).toBeGreaterThan(HOUR - 100);
  });

  test('leaves a key named __proto__ what it is', async () => {
    const { store, session } = await loaded();
    await redis.admin.set('sess:a', '{"cookie":{},"__proto__":{"x":1}}');
    session.cookie.maxAge = HOUR;
    await store.touch('a', session);
    const text = await redis.admin.get('sess:a');
    expect(text).toMatch(/"originalMaxAge".*,"__proto__":\{"x":1\}\}$/);
  });

  test.each([[{}], [{ concurrencyMerge: true }], [{ ttl: false }], [{ ttl: () => 60 }]])(
    "of a session that is gone is 'EXPIRED', and brings nothing back (%p)",
    async (options) => {
      const { store, session } = await loaded(options);
      session.cookie.maxAge = HOUR;
      await redis.admin.del('sess:a');
      await expect(store.touch('a', session)).resolves.toBe('EXPIRED');
      await expect(store.access.touch('a', session)).resolves.toBe(false);
      await expect(redis.admin.dbSize()).resolves.toBe(0);
    },
  );

  test('to one that is over ends the session', async () => {
    const { store, session } = await loaded();
    session.cookie.maxAge = 0;
    await expect(store.touch('a', session)).resolves.toBe('EXPIRED');
    await expect(redis.admin.exists('sess:a')).resolves.toBe(0);
  });

  test('of a session that cannot be parsed any more is an error, and changes nothing', async () => {
    const { store, session } = await loaded();
    await redis.admin.set('sess:a', '{broken');
    session.cookie.maxAge = HOUR;
    const error = await failure((callback) => store.touch('a', session, callback));
    expect(error).toMatchObject({ code: 'ERR_SESSION_PARSE' });
    await expect(redis.admin.get('sess:a')).resolves.toBe('{broken');
  });

  test('where there is null now is no session', async () => {
    const { store, session } = await loaded();
    await redis.admin.set('sess:a', 'null');
    session.cookie.maxAge = HOUR;
    await expect(store.touch('a', session)).resolves.toBe('EXPIRED');
    await expect(redis.admin.get('sess:a')).resolves.toBe('null');
  });
});

describe('somebody else writes between the reading and the writing', () => {
  /** A serializer through which, so often, somebody else has changed the session first. */
  function interfered(times) {
    let round = 0;
    return {
      rounds: () => round,
      parse: JSON.parse,
      async stringify(session) {
        if (round < times) {
          round++;
          await redis.admin.set('sess:a', JSON.stringify({ cookie: {}, round }));
        }
        return JSON.stringify(session);
      },
    };
  }

  test('once, or three times: the cookie goes into what they wrote', async () => {
    for (const times of [1, 3]) {
      const serializer = interfered(times);
      const store = redis.store({ serializer });
      await redis.admin.set('sess:a', JSON.stringify(fresh({})));
      const session = await load(store, 'a');
      session.cookie.maxAge = HOUR;
      await expect(store.touch('a', session)).resolves.toBe('OK');
      await expect(stored()).resolves.toMatchObject({ round: times });
      expect((await stored()).cookie.originalMaxAge).toBeGreaterThan(HOUR - 100);
    }
  });

  test('without end: it gives up, in time', async () => {
    const serializer = interfered(Infinity);
    const store = redis.store({ serializer, commandTimeout: 200 });
    await redis.admin.set('sess:a', JSON.stringify(fresh({})));
    const session = await load(store, 'a');
    session.cookie.maxAge = HOUR;
    const error = await failure((callback) => store.touch('a', session, callback));
    expect(error).toMatchObject({ code: 'ERR_REDIS_TIMEOUT' });
    expect(serializer.rounds()).toBeGreaterThan(2);
  });
});

test('the cookie is stored as it was at the call', async () => {
  const { store, session } = await loaded();
  session.cookie.path = '/then';
  const touched = store.touch('a', session);
  session.cookie.path = '/later';
  await touched;
  expect((await stored()).cookie.path).toBe('/then');
});
