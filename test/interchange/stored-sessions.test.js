'use strict';

// What connect-redis stored is read here, and the other way round: the same bytes, and the expiry
// that the key had.

const { RESP_TYPES } = require('redis');
const session = require('express-session');
const { versions, call, load } = require('../helpers/connect-redis-versions');
const { until } = require('../helpers/until');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const MINUTE = 60_000;

/** Nothing here is plain ASCII that any encoding gets right. */
const AWKWARD = {
  user: 'Ann-Sofie Åström',
  emoji: '👩🏽‍🚀',
  lines: 'a\r\nb\0c\u2028d',
  lone: '\ud800 alone',
  'quoted "key"': [1, -0.5, 2 ** 53, true, null, { deep: { deeper: [] } }],
  empty: '',
};

/** A session as express-session makes it. */
function makeSession(fields, maxAge = MINUTE) {
  const cookie = new session.Cookie({ maxAge });
  return Object.assign(new session.Session({ sessionID: 'x' }, { cookie }), fields);
}

/** The stored bytes. */
const bytes = (key) => redis.admin.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }).get(key);

/** How the key's expiry moved, in milliseconds, with how long it took: a clock runs meanwhile. */
async function moved(key, act) {
  const start = performance.now();
  const before = await redis.admin.pExpireTime(key);
  await act();
  const by = (await redis.admin.pExpireTime(key)) - before;
  return { by, took: Math.ceil(performance.now() - start) + 2 };
}

describe.each(versions)('%s', (_, open) => {
  const openTheirs = async (options) => redis.track(await open(redis.server, options)).store;

  test('a session written there is read here', async () => {
    const theirs = await openTheirs();
    const data = makeSession(AWKWARD);
    await call(theirs, 'set', 'a', data);
    const { cookie, ...fields } = await redis.store().get('a');
    expect(fields).toEqual(AWKWARD);
    expect({ ...cookie, expires: 0 }).toEqual({
      ...JSON.parse(JSON.stringify(data.cookie)),
      expires: 0,
    });
  });

  test('a session written here is read there', async () => {
    const theirs = await openTheirs();
    const data = makeSession(AWKWARD);
    await redis.store().set('a', data);
    await expect(call(theirs, 'get', 'a')).resolves.toEqual(JSON.parse(JSON.stringify(data)));
  });

  test('both store the same bytes', async () => {
    const data = makeSession(AWKWARD);
    await call(await openTheirs(), 'set', 'theirs', data);
    await redis.store().set('ours', data);
    await expect(bytes('sess:ours')).resolves.toEqual(await bytes('sess:theirs'));
  });

  test('reading and touching here leaves the bytes as they were written there', async () => {
    const store = redis.store();
    await call(await openTheirs(), 'set', 'a', makeSession(AWKWARD));
    const written = await bytes('sess:a');

    const loaded = await load(store, 'a');
    loaded.touch();
    await expect(store.touch('a', loaded)).resolves.toBe('OK');
    await expect(bytes('sess:a')).resolves.toEqual(written);
  });

  test('a session without an expiry of its own is written back here byte for byte', async () => {
    const theirs = await openTheirs();
    const store = redis.store();
    await call(theirs, 'set', 'a', makeSession(AWKWARD, null));
    const written = await bytes('sess:a');

    await expect(store.set('a', await load(store, 'a'))).resolves.toBe('OK');
    await expect(bytes('sess:a')).resolves.toEqual(written);
    await call(theirs, 'set', 'a', await load(theirs, 'a'));
    await expect(bytes('sess:a')).resolves.toEqual(written);
  });

  test('a session is written back here with nothing changed but its expiry made true', async () => {
    const store = redis.store();
    await call(await openTheirs(), 'set', 'a', makeSession(AWKWARD));
    const written = String(await bytes('sess:a'));
    await store.set('a', await load(store, 'a'));
    const again = String(await bytes('sess:a'));

    const expires = /"expires":"([^"]+)"/;
    expect(again.replace(expires, '')).toBe(written.replace(expires, ''));
    // They round up to seconds: the date in their JSON is up to one second early.
    const later = new Date(again.match(expires)[1]) - new Date(written.match(expires)[1]);
    expect(later).toBeGreaterThanOrEqual(-1);
    expect(later).toBeLessThan(3000);
  });

  test('a session written here is written back there byte for byte', async () => {
    const theirs = await openTheirs();
    await redis.store().set('a', makeSession(AWKWARD));
    const written = await bytes('sess:a');
    await call(theirs, 'set', 'a', await load(theirs, 'a'));
    await expect(bytes('sess:a')).resolves.toEqual(written);
  });

  test('reading here does not move the expiry of a key, and shows it', async () => {
    const store = redis.store();
    await call(await openTheirs(), 'set', 'a', makeSession(AWKWARD));
    let read;
    const { by, took } = await moved('sess:a', async () => {
      read = await store.get('a');
      await store.all();
      await store.ids();
    });
    expect(by).toBe(0);
    const shown = read.cookie.expires - (await redis.admin.pExpireTime('sess:a'));
    expect(shown).toBeGreaterThanOrEqual(-1);
    expect(shown).toBeLessThanOrEqual(took);
  });

  test('saving here what was loaded keeps the expiry that the key had', async () => {
    const store = redis.store();
    await call(await openTheirs(), 'set', 'a', makeSession(AWKWARD));
    const { by, took } = await moved('sess:a', async () => {
      await store.set('a', await load(store, 'a'));
    });
    expect(by).toBeGreaterThanOrEqual(-2);
    expect(by).toBeLessThanOrEqual(took);
  });

  test('reading there does not move the expiry that a key was given here', async () => {
    const theirs = await openTheirs();
    await redis.store().set('a', makeSession(AWKWARD));
    const { by } = await moved('sess:a', async () => {
      await call(theirs, 'get', 'a');
      await call(theirs, 'all');
    });
    expect(by).toBe(0);
  });

  test('a session that only touches there kept alive can be saved here', async () => {
    const theirs = await openTheirs();
    const store = redis.store();
    const data = makeSession({ user: 'ann' }, 1000);
    await call(theirs, 'set', 'a', data);
    const stale = data.cookie.expires;
    data.cookie.maxAge = MINUTE;
    await call(theirs, 'touch', 'a', data);
    await until(() => Date.now() > stale.valueOf(), { what: 'the expiry in the JSON' });

    await expect(store.set('a', await load(store, 'a'))).resolves.toBe('OK');
    await expect(call(theirs, 'get', 'a')).resolves.toMatchObject({ user: 'ann' });
    await expect(redis.admin.pTTL('sess:a')).resolves.toBeGreaterThan(MINUTE - 10_000);
  });

  test('both enumerate and remove the same sessions', async () => {
    const theirs = await openTheirs();
    const store = redis.store();
    await call(theirs, 'set', 'a', makeSession({ user: 'ann' }));
    await store.set('b', makeSession({ user: 'bob' }));
    await store.set('c', makeSession({ user: 'cyd' }));

    const users = (all) => Object.fromEntries(all.map(({ id, user }) => [id, user]));
    expect((await store.ids()).sort()).toEqual((await call(theirs, 'ids')).sort());
    expect(users(await store.all())).toEqual({ a: 'ann', b: 'bob', c: 'cyd' });
    expect(users(await call(theirs, 'all'))).toEqual({ a: 'ann', b: 'bob', c: 'cyd' });
    await expect(call(theirs, 'length')).resolves.toBe(await store.length());

    await expect(store.destroy('a')).resolves.toBe(1);
    await expect(call(theirs, 'get', 'a')).resolves.toBeFalsy();
    await call(theirs, 'destroy', 'b');
    await expect(store.get('b')).resolves.toBeNull();
    await expect(store.clear()).resolves.toBe(1);
    await expect(call(theirs, 'length')).resolves.toBe(0);
  });

  test('a prefix and a serializer carry over', async () => {
    const options = {
      prefix: 'shop [1]:',
      serializer: {
        stringify: (data) => Buffer.from(JSON.stringify(data)).toString('base64'),
        parse: (text) => JSON.parse(Buffer.from(text, 'base64').toString()),
      },
    };
    const theirs = await openTheirs(options);
    const store = redis.store(options);
    await call(theirs, 'set', 'a', makeSession(AWKWARD));
    await expect(store.get('a')).resolves.toMatchObject(AWKWARD);
    await store.set('b', makeSession(AWKWARD));
    await expect(call(theirs, 'get', 'b')).resolves.toMatchObject(AWKWARD);
  });

  test('keys that expire never there expire never here', async () => {
    const theirs = await openTheirs({ disableTTL: true });
    const store = redis.store({ disableTTL: true });
    await call(theirs, 'set', 'a', makeSession(AWKWARD));
    const loaded = await load(store, 'a');
    await store.touch('a', loaded);
    await store.set('a', loaded);
    await expect(redis.admin.pTTL('sess:a')).resolves.toBe(-1);
    await call(theirs, 'touch', 'a', loaded);
    await expect(redis.admin.pTTL('sess:a')).resolves.toBe(-1);
  });
});
