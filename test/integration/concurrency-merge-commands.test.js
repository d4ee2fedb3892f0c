'use strict';

// What concurrencyMerge asks of the server, and what it makes of the answers.

const { create, fresh, load } = require('../helpers/requests');
const { failure, outcome } = require('../helpers/outcome');
const { until } = require('../helpers/until');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();
const merging = (options) => redis.store({ concurrencyMerge: true, ...options });

/** Loads, changes and saves a session, as a request does. */
async function request(store, change, sid = 'a') {
  const session = await load(store, sid);
  change(session);
  return store.set(sid, session);
}
const increment = (session) => {
  session.n = (session.n ?? 0) + 1;
};
const names = async (monitor) => (await monitor.commands()).map(([name]) => name);
// What the script itself asks shows, too.
const SAVED = ['EVALSHA', 'GET', 'SET'];

describe('a save', () => {
  test('is one round trip when nobody interfered', async () => {
    const store = merging();
    await store.set('a', fresh({ n: 0 }));
    await request(store, increment); // here the server may learn the script
    const session = await load(store, 'a');
    const monitor = await redis.monitor();
    for (let round = 0; round < 3; round++) {
      increment(session);
      await expect(store.set('a', session)).resolves.toBe('OK');
      await expect(names(monitor)).resolves.toEqual(SAVED);
    }
    await expect(redis.calls('watch')).resolves.toBe(0);
    await expect(redis.calls('multi')).resolves.toBe(0);
  });

  test('is two when one other request had saved', async () => {
    const store = merging();
    await store.set('a', fresh({ n: 0 }));
    await request(store, increment);
    const session = await load(store, 'a');
    await request(store, (other) => (other.theirs = 1));
    const monitor = await redis.monitor();
    session.mine = 1;
    await store.set('a', session);
    await expect(names(monitor)).resolves.toEqual(['EVALSHA', 'GET', 'PTTL', ...SAVED]);
  });

  test('teaches the server the script when that does not know it, once', async () => {
    const store = merging();
    await store.set('a', fresh({ n: 0 }));
    for (let round = 1; round <= 3; round++) {
      await redis.admin.scriptFlush();
      const session = await load(store, 'a');
      const monitor = await redis.monitor();
      increment(session);
      await expect(store.set('a', session)).resolves.toBe('OK');
      await expect(names(monitor)).resolves.toEqual(['EVALSHA', 'EVAL', 'GET', 'SET']);
      // That the server knows it by this name now shows that the digest is right.
      increment(session);
      await store.set('a', session);
      await expect(names(monitor)).resolves.toEqual(SAVED);
      monitor.close();
      await expect(store.get('a')).resolves.toMatchObject({ n: 2 * round });
    }
  });

  test('teaches it also when many find that out at once', async () => {
    const store = merging();
    await redis.admin.scriptFlush();
    const sids = Array.from({ length: 50 }, (_, n) => `s${n}`);
    await Promise.all(sids.map((sid) => store.set(sid, fresh({ n: 0 }))));
    const results = await Promise.all(sids.map((sid) => request(store, increment, sid)));
    expect(results).toEqual(sids.map(() => 'OK'));
    const found = await store.access.getMany(sids);
    expect(found.map(({ n }) => n)).toEqual(sids.map(() => 1));
  });

  test('gives up when others change the session faster than it can, in time', async () => {
    let round = 0;
    const store = merging({
      commandTimeout: 1500,
      serializer: {
        parse: JSON.parse,
        async stringify(session) {
          // Somebody else is always there first.
          await redis.admin.set('sess:a', JSON.stringify({ cookie: {}, round: ++round }));
          return JSON.stringify(session);
        },
      },
    });
    await redis.admin.set('sess:a', JSON.stringify(fresh({})));
    const session = await load(store, 'a');
    session.n = 1;
    const error = await failure((callback) => store.set('a', session, callback));
    expect(error).toMatchObject({ code: 'ERR_REDIS_TIMEOUT' });
    expect(round).toBeGreaterThan(2);
  });
});

describe('the expiry', () => {
  /** What the server was told at the last write of the session. */
  const told = async (monitor) =>
    Number((await monitor.commands()).filter(([name]) => name === 'EVALSHA').at(-1)[6]);

  test('of the key is that of the cookie, to the millisecond', async () => {
    const store = merging();
    await store.set('a', fresh({ n: 0 }));
    await request(store, increment);
    const session = await load(store, 'a');
    session.cookie.expires = new Date(Date.now() + 1_234_567);
    const monitor = await redis.monitor();
    const before = Date.now();
    await store.set('a', session);
    const after = Date.now();
    const left = await told(monitor);
    expect(left).toBeLessThanOrEqual(session.cookie.expires - before);
    expect(left).toBeGreaterThanOrEqual(session.cookie.expires - after);
  });

  test('is set at a save that merges, too', async () => {
    const store = merging();
    await store.set('a', fresh({ n: 0 }));
    await request(store, increment);
    const session = await load(store, 'a');
    await request(store, (other) => (other.theirs = 1));
    session.cookie.maxAge = 2_000_000;
    const monitor = await redis.monitor();
    await store.set('a', session);
    expect(await told(monitor)).toBeGreaterThan(1_990_000);
    expect(await redis.admin.pTTL('sess:a')).toBeGreaterThan(1_990_000);
  });

  test('that a key has not stays away', async () => {
    const store = merging({ ttl: false });
    await store.set('a', fresh({ n: 0 }));
    await expect(request(store, increment)).resolves.toBe('OK');
    await expect(redis.admin.pTTL('sess:a')).resolves.toBe(-1);
  });

  test('that is past destroys the session', async () => {
    const store = merging();
    await store.set('a', fresh({ n: 0 }));
    const session = await load(store, 'a');
    session.cookie.expires = new Date(Date.now() - 1);
    await expect(store.set('a', session)).resolves.toBe(1);
    await expect(redis.admin.exists('sess:a')).resolves.toBe(0);
  });

  test('may be a few milliseconds away', async () => {
    const store = merging();
    await store.set('a', fresh({ n: 0 }));
    await request(store, increment);
    await request(store, (session) => (session.cookie.expires = new Date(Date.now() + 30)));
    await until(async () => (await store.get('a')) === null, { every: 1 });
  });
});

describe('touch', () => {
  test('is what it was', async () => {
    const store = merging();
    await store.set('a', fresh({ n: 0 }));
    const session = await load(store, 'a');
    session.touch();
    session.n = 1;
    const monitor = await redis.monitor();
    await expect(store.touch('a', session)).resolves.toBe('OK');
    expect(await monitor.commands()).toEqual([
      [expect.stringMatching(/^PEXPIRE/), 'sess:a', expect.any(String)],
    ]);
    await expect(store.get('a')).resolves.toMatchObject({ n: 0 });
    // Nor does it make the next save a conflict.
    await store.set('a', session);
    await expect(redis.calls('evalsha')).resolves.toBe(1);
  });

  test.each([[true], [false]])(
    'with touchAfter and concurrencyMerge: %p is sent after a save that shortened the expiry',
    async (concurrencyMerge) => {
      const store = redis.store({ touchAfter: 600, concurrencyMerge });
      await store.set('a', fresh({ n: 0 }, 3_600_000));
      const other = await load(store, 'a');
      await request(store, (session) => (session.cookie.maxAge = 10_000));
      expect(await redis.admin.pTTL('sess:a')).toBeLessThanOrEqual(10_000);
      await expect(store.touch('a', other)).resolves.toBe('OK');
      expect(await redis.admin.pTTL('sess:a')).toBeGreaterThan(3_500_000);
    },
  );

  test.each([[true], [false]])(
    'with touchAfter and concurrencyMerge: %p tells the end of a session that a save found gone',
    async (concurrencyMerge) => {
      const store = redis.store({ touchAfter: 600, concurrencyMerge });
      await store.set('a', fresh({ n: 0 }));
      const session = await load(store, 'a');
      await redis.admin.del('sess:a');
      await expect(store.set('a', session)).resolves.toBeNull();
      await expect(store.touch('a', session)).resolves.toBe('EXPIRED');
    },
  );
});

describe('values', () => {
  const texts = ['\r\n\0', 'é\u{1f600}', '\ud800 alone', '$-1\r\n', ' '.repeat(300_000), '%s{}[]'];

  test('of any bytes come back as they went in, merged or not', async () => {
    const store = merging();
    await store.set('a', fresh({ texts: {} }));
    const late = await load(store, 'a');
    const sessions = await Promise.all(texts.map(() => load(store, 'a')));
    for (const [index, text] of texts.entries()) {
      sessions[index].texts[index] = text;
      sessions[index].texts[`${text.slice(0, 9)}as a key`] = index;
      await expect(store.set('a', sessions[index])).resolves.toBe('OK');
    }
    late.texts.late = 1;
    await store.set('a', late);
    const found = await store.get('a');
    for (const [index, text] of texts.entries()) {
      expect(found.texts[index]).toBe(text);
      expect(found.texts[`${text.slice(0, 9)}as a key`]).toBe(index);
    }
    expect(found.texts.late).toBe(1);
  });

  test('under ids of any text do, too', async () => {
    const store = merging();
    for (const sid of ['\r\n\0', 'é\u{1f600}', '{a}b', ' ']) {
      await store.set(sid, create(store, sid, { n: 1 }));
      await expect(request(store, increment, sid)).resolves.toBe('OK');
      await expect(store.get(sid)).resolves.toMatchObject({ n: 2 });
    }
  });

  test.each([
    ['no UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0x80])],
    ['no JSON', Buffer.from('O:8:"stdClass":0:{}')],
    ['a number', Buffer.from('5')],
    ['nothing', Buffer.from('')],
  ])(
    'that another wrote meanwhile and that are %s are ERR_SESSION_PARSE, and stay',
    async (_, bytes) => {
      const store = merging();
      await store.set('a', fresh({ n: 0 }));
      const session = await load(store, 'a');
      await redis.admin.sendCommand(['SET', 'sess:a', bytes]);
      session.n = 1;
      const error = await failure((callback) => store.set('a', session, callback));
      expect(error).toMatchObject({ code: 'ERR_SESSION_PARSE' });
      expect(await redis.admin.sendCommand(['GET', 'sess:a'])).toBe(bytes.toString());
      await expect(failure((callback) => store.get('a', callback))).resolves.toMatchObject({
        code: 'ERR_SESSION_PARSE',
      });
    },
  );

  test('that are JSON but not quite UTF-8 can be loaded and saved', async () => {
    const store = merging();
    const bytes = Buffer.from('{"cookie":{"originalMaxAge":null,"expires":null},"name":"zo\xeb"}', 'latin1'); // prettier-ignore
    await redis.admin.sendCommand(['SET', 'sess:a', bytes]);
    const late = await load(store, 'a');
    await expect(request(store, increment)).resolves.toBe('OK');
    late.late = 1;
    await expect(outcome((callback) => store.set('a', late, callback))).resolves.toMatchObject({
      error: null,
      result: 'OK',
    });
    await expect(store.get('a')).resolves.toMatchObject({ name: 'zo\ufffd', n: 1, late: 1 });
  });

  test('that are no string any more are an error of the server', async () => {
    const store = merging();
    await store.set('a', fresh({ n: 0 }));
    const session = await load(store, 'a');
    await redis.admin.del('sess:a');
    await redis.admin.hSet('sess:a', 'f', 'v');
    session.n = 1;
    const error = await failure((callback) => store.set('a', session, callback));
    expect(error).toMatchObject({ code: 'ERR_REDIS_REPLY', reply: 'WRONGTYPE' });
    await expect(redis.admin.hGet('sess:a', 'f')).resolves.toBe('v');
  });
});
