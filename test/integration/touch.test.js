'use strict';

// Keeping a session alive: touch, and how to do less of it.

const { failure, outcome } = require('../helpers/outcome');
const { PATIENCE, inTheEnd } = require('../helpers/patience');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const lasting = (ms) => ({ cookie: { expires: new Date(Date.now() + ms) } });

test('touch gives the key the expiry of the cookie, to the millisecond', async () => {
  const store = redis.store();
  await store.set('a', lasting(10_000));
  const session = lasting(90_000);
  const before = Date.now();
  await store.touch('a', session);
  const delay = Date.now() - before;
  const late = (await redis.admin.pExpireTime('sess:a')) - session.cookie.expires.valueOf();
  expect(late).toBeGreaterThanOrEqual(-1);
  expect(late).toBeLessThanOrEqual(delay + 1);
});

test('touch gives the ttl to a session without expiry', async () => {
  const store = redis.store({ ttl: 90 });
  await redis.admin.set('sess:a', '{}', { PX: 5000 });
  await store.touch('a', { cookie: { expires: null } });
  const left = await redis.admin.pTTL('sess:a');
  expect(left).toBeGreaterThan(80_000);
  expect(left).toBeLessThanOrEqual(90_000);
});

test('touch does not change what is stored', async () => {
  const store = redis.store();
  await redis.admin.set('sess:a', '{"user":"ann"}');
  await store.touch('a', { ...lasting(60_000), user: 'eve' });
  await expect(redis.admin.get('sess:a')).resolves.toBe('{"user":"ann"}');
});

test('touch is one command', async () => {
  const store = redis.store();
  await store.set('a', lasting(10_000));
  const monitor = await redis.monitor();
  await store.touch('a', lasting(20_000));
  const commands = await monitor.commands();
  expect(commands).toHaveLength(1);
  expect(commands[0][1]).toBe('sess:a');
});

test("touch of a key that is gone is 'EXPIRED', no error, and brings nothing back", async () => {
  const store = redis.store();
  const { error, result } = await outcome((cb) => store.touch('gone', lasting(60_000), cb));
  expect(error).toBeNull();
  expect(result).toBe('EXPIRED');
  await expect(store.access.touch('gone', lasting(60_000))).resolves.toBe(false);
  await expect(redis.admin.exists('sess:gone')).resolves.toBe(0);
});

test.each([[{ ttl: false }], [{ disableTTL: true }], [{ ttl: () => false }]])(
  "with %p, too, touch of a key that is gone is 'EXPIRED'",
  async (options) => {
    const store = redis.store(options);
    await expect(store.touch('gone', lasting(60_000))).resolves.toBe('EXPIRED');
    await expect(store.access.touch('gone', lasting(60_000))).resolves.toBe(false);
  },
);

test('with disableTouch it does nothing, and succeeds', async () => {
  const store = redis.store({ disableTouch: true });
  await store.set('a', lasting(10_000));
  const monitor = await redis.monitor();
  await expect(store.touch('a', lasting(90_000))).resolves.toBe('OK');
  await expect(store.access.touch('a', lasting(90_000))).resolves.toBe(true);
  await expect(store.touch('none', lasting(90_000))).resolves.toBe('OK');
  await expect(monitor.commands()).resolves.toEqual([]);
  expect(await redis.admin.pTTL('sess:a')).toBeLessThanOrEqual(10_000);
});

describe('touchAfter', () => {
  const HOUR = 3_600_000;
  const isTouch = ([name]) => /EXPIRE/.test(name);

  /** Counts the touches that reach the server. */
  async function counter() {
    const monitor = await redis.monitor();
    return async () => (await monitor.commands()).filter(isTouch).length;
  }

  test('of 0, the default, sends every touch', async () => {
    const store = redis.store();
    await store.set('a', lasting(HOUR));
    const touches = await counter();
    for (let i = 0; i < 3; i++) await store.touch('a', lasting(HOUR));
    await expect(touches()).resolves.toBe(3);
  });

  test('keeps back the touch of a session that this process just wrote', async () => {
    const store = redis.store({ touchAfter: 60 });
    await store.set('a', lasting(HOUR));
    const touches = await counter();
    await expect(store.touch('a', lasting(HOUR))).resolves.toBe('OK');
    await expect(store.access.touch('a', lasting(HOUR))).resolves.toBe(true);
    await expect(touches()).resolves.toBe(0);
  });

  test('keeps back the touch of a session that this process just touched', async () => {
    const store = redis.store({ touchAfter: 60 });
    await redis.admin.set('sess:a', '{}', { PX: 5000 });
    const touches = await counter();
    for (let i = 0; i < 5; i++) await store.touch('a', lasting(HOUR));
    await expect(touches()).resolves.toBe(1);
    expect(await redis.admin.pTTL('sess:a')).toBeGreaterThan(HOUR - 60_000);
  });

  test('sends the touch of a session that another process wrote', async () => {
    const store = redis.store({ touchAfter: 60 });
    await redis.admin.set('sess:a', '{}', { PX: 5000 });
    await store.get('a');
    const touches = await counter();
    await store.touch('a', lasting(HOUR));
    await expect(touches()).resolves.toBe(1);
  });

  test('counts for each session alone', async () => {
    const store = redis.store({ touchAfter: 60 });
    await store.set('a', lasting(HOUR));
    await redis.admin.set('sess:b', '{}');
    const touches = await counter();
    await store.touch('a', lasting(HOUR));
    await store.touch('b', lasting(HOUR));
    await expect(touches()).resolves.toBe(1);
  });

  test('sends the next touch once the time is over', async () => {
    const store = redis.store({ touchAfter: 0.1 });
    const touches = await counter();
    const written = performance.now();
    await store.set('a', lasting(HOUR));
    let sent = 0;
    while (sent === 0 && performance.now() < written + PATIENCE) {
      await store.touch('a', lasting(HOUR));
      sent += await touches();
    }
    expect(sent).toBe(1);
    expect(performance.now() - written).toBeGreaterThanOrEqual(98);
  });

  test('never keeps back so long that a session in use lapses', async () => {
    // Each touch asks for another two seconds: kept back for a minute, the key would be gone.
    const LIFE = 2000;
    const store = redis.store({ touchAfter: 60 });
    await store.set('a', lasting(LIFE));
    const end = performance.now() + 2.5 * LIFE;
    for (let last = performance.now(); last < end;) {
      const touched = await store.touch('a', lasting(LIFE));
      const there = await redis.admin.exists('sess:a');
      const gap = performance.now() - last;
      last += gap;
      // What a busy machine does not let be touched in time may lapse.
      if (gap < LIFE / 8) expect([touched, there]).toEqual(['OK', 1]);
      else await store.set('a', lasting(LIFE));
    }
  });

  test('does not keep back a touch that moves the expiry by much more than it', async () => {
    const store = redis.store({ touchAfter: 5 });
    await store.set('a', lasting(10_000));
    // The application made the session permanent: "remember me".
    await store.touch('a', lasting(HOUR));
    expect(await redis.admin.pTTL('sess:a')).toBeGreaterThan(HOUR - 60_000);
  });

  test("says 'EXPIRED' after this process destroyed the session", async () => {
    const store = redis.store({ touchAfter: 60 });
    await store.set('a', lasting(HOUR));
    await store.destroy('a');
    await expect(store.touch('a', lasting(HOUR))).resolves.toBe('EXPIRED');
    await store.set('b', lasting(HOUR));
    await store.clear();
    await expect(store.touch('b', lasting(HOUR))).resolves.toBe('EXPIRED');
  });

  test("says 'EXPIRED' after a destroy that overtook no write", async () => {
    const store = redis.store({ touchAfter: 60 });
    // All in one tick: the results come when all three are sent.
    await Promise.all([store.set('a', lasting(HOUR)), store.destroy('a')]);
    await expect(redis.admin.exists('sess:a')).resolves.toBe(0);
    await expect(store.touch('a', lasting(HOUR))).resolves.toBe('EXPIRED');

    await store.set('b', lasting(HOUR));
    const touched = store.touch('b', lasting(2 * HOUR));
    await Promise.all([touched, store.clear()]);
    await expect(store.touch('b', lasting(2 * HOUR))).resolves.toBe('EXPIRED');
  });

  test('does not trust an older renewal after a write of which nothing is known', async () => {
    const options = { touchAfter: 60, commandTimeout: 300, backoff: { min: 5, max: 50 } };
    const store = redis.store(options);
    await inTheEnd(() => store.set('a', lasting(HOUR)));
    await redis.server.kill('SIGSTOP');
    try {
      await failure((callback) => store.set('a', lasting(20_000), callback));
    } finally {
      await redis.server.kill('SIGCONT');
    }
    // The server may have taken that write although nobody heard of it.
    await redis.admin.pExpire('sess:a', 20_000);
    await inTheEnd(() => store.touch('a', lasting(HOUR)));
    expect(await redis.admin.pTTL('sess:a')).toBeGreaterThan(HOUR - 60_000);
  });

  test('does not trust a renewal that failed', async () => {
    const store = redis.store({ touchAfter: 60 });
    await expect(store.touch('a', lasting(HOUR))).resolves.toBe('EXPIRED');
    await redis.admin.set('sess:a', '{}', { PX: 5000 });
    await expect(store.touch('a', lasting(HOUR))).resolves.toBe('OK');
    expect(await redis.admin.pTTL('sess:a')).toBeGreaterThan(HOUR - 60_000);
  });
});
