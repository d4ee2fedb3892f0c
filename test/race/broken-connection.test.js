'use strict';

// A connection that breaks between a write and its answer: nobody knows whether it was carried
// out, and it must count once all the same.

const { fresh, create, load } = require('../helpers/requests');
const { outcome } = require('../helpers/outcome');
const { startCuttingProxy } = require('../helpers/cutting-proxy');
const { until } = require('../helpers/until');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();
const backoff = { min: 1, max: 20 };

let proxy, store, direct;
beforeEach(async () => {
  // The proxy first: it is closed last.
  proxy = await startCuttingProxy(redis.server);
  const options = { backoff, commandTimeout: 20_000, concurrencyMerge: true };
  store = redis.store({ ...options, url: undefined, socket: proxy.socket });
  direct = redis.store(options);
  await direct.set('a', fresh({ n: 0 }));
  // From here on the server knows the script.
  await store.access.update('a', () => {});
});
afterEach(() => proxy.close());

const increment = (session) => {
  session.n++;
};
const stored = () => redis.admin.get('sess:a').then(JSON.parse);

describe('a save of which the answer was lost', () => {
  test('is done once, called back once, and OK', async () => {
    const session = await load(store, 'a');
    session.n = 1;
    const writes = await redis.calls('evalsha');
    const cut = proxy.cutAfter('EVALSHA');
    const saved = outcome((callback) => store.set('a', session, callback));
    await cut;
    await expect(saved).resolves.toMatchObject({ error: null, result: 'OK' });
    await expect(redis.calls('evalsha')).resolves.toBe(writes + 2);
    await expect(stored()).resolves.toMatchObject({ n: 1 });
    // It is known to be stored: the next save is no conflict.
    session.n = 2;
    await expect(store.set('a', session)).resolves.toBe('OK');
    await expect(redis.calls('evalsha')).resolves.toBe(writes + 3);
    await expect(stored()).resolves.toMatchObject({ n: 2 });
  });

  test('keeps what another request changed elsewhere before it was repeated', async () => {
    const session = await load(store, 'a');
    session.mine = 1;
    const open = proxy.hold();
    const cut = proxy.cutAfter('EVALSHA');
    const saved = store.set('a', session);
    await cut;
    const other = await load(direct, 'a');
    expect(other).toMatchObject({ mine: 1 });
    other.theirs = 1;
    await direct.set('a', other);
    open();
    await expect(saved).resolves.toBe('OK');
    await expect(stored()).resolves.toMatchObject({ n: 0, mine: 1, theirs: 1 });
  });

  test('does not bring back what was destroyed before it was repeated', async () => {
    const session = await load(store, 'a');
    session.n = 1;
    const open = proxy.hold();
    const cut = proxy.cutAfter('EVALSHA');
    const saved = store.set('a', session);
    await cut;
    await direct.destroy('a');
    open();
    await expect(saved).resolves.toBeNull();
    await expect(redis.admin.exists('sess:a')).resolves.toBe(0);
  });

  test('gives the key the time that is left, not what was left at first', async () => {
    const session = await load(store, 'a');
    session.n = 1;
    const monitor = await redis.monitor();
    const open = proxy.hold();
    const cut = proxy.cutAfter('EVALSHA');
    const saved = store.set('a', session);
    await cut;
    const later = Date.now() + 25;
    await until(() => Date.now() >= later, { every: 1 });
    open();
    await expect(saved).resolves.toBe('OK');
    const [first, second] = (await monitor.commands())
      .filter(([name]) => name === 'EVALSHA')
      .map((words) => Number(words[6]));
    expect(first).toBeGreaterThan(50_000);
    expect(second).toBeLessThanOrEqual(first - 25);
    expect(second).toBeGreaterThan(first - 20_000);
  });

  test('is done when the save itself was lost, too', async () => {
    const session = await load(store, 'a');
    session.n = 1;
    const cut = proxy.cutBefore('EVALSHA');
    const saved = outcome((callback) => store.set('a', session, callback));
    await cut;
    await expect(saved).resolves.toMatchObject({ error: null, result: 'OK' });
    await expect(stored()).resolves.toMatchObject({ n: 1 });
  });

  test('of a new session is done once, too', async () => {
    const session = create(store, 'b', { n: 1 });
    const cut = proxy.cutAfter('SET');
    const saved = outcome((callback) => store.set('b', session, callback));
    await cut;
    await expect(saved).resolves.toMatchObject({ error: null, result: 'OK' });
    session.n = 2;
    await expect(store.set('b', session)).resolves.toBe('OK');
    await expect(store.get('b')).resolves.toMatchObject({ n: 2 });
  });
});

describe('an update of which the answer was lost', () => {
  test('counts once', async () => {
    const change = jest.fn(increment);
    const cut = proxy.cutAfter('EVALSHA');
    const updated = store.access.update('a', change);
    await cut;
    await expect(updated).resolves.toMatchObject({ n: 1 });
    expect(change).toHaveBeenCalledTimes(1);
    await expect(stored()).resolves.toMatchObject({ n: 1 });
  });

  test('counts once each time, however often that happens', async () => {
    for (let n = 1; n <= 20; n++) {
      const cut = proxy.cutAfter('EVALSHA');
      const updated = store.access.update('a', increment);
      await cut;
      await expect(updated).resolves.toMatchObject({ n });
    }
    await expect(stored()).resolves.toMatchObject({ n: 20 });
  });

  test('counts once although the server has forgotten the script meanwhile', async () => {
    const open = proxy.hold();
    const cut = proxy.cutAfter('EVALSHA');
    const updated = store.access.update('a', increment);
    await cut;
    // As a replica that took over: it has the data, but not the scripts.
    await redis.admin.scriptFlush();
    open();
    await expect(updated).resolves.toMatchObject({ n: 1 });
    await expect(stored()).resolves.toMatchObject({ n: 1 });
  });

  test('counts once when it was the first that the server saw of the script', async () => {
    await redis.admin.scriptFlush();
    const cut = proxy.cutAfter('EVAL\r');
    const updated = store.access.update('a', increment);
    await cut;
    await expect(updated).resolves.toMatchObject({ n: 1 });
    await expect(stored()).resolves.toMatchObject({ n: 1 });
  });

  // That nobody can say whether it was done is an answer, too, if it says so.
  const settled = (update) => update.then(() => 'counted', () => 'unknown'); // prettier-ignore

  test('is not counted twice when somebody else counted before it was repeated', async () => {
    const open = proxy.hold();
    const cut = proxy.cutAfter('EVALSHA');
    const updated = settled(store.access.update('a', increment));
    await cut;
    await direct.access.update('a', increment);
    open();
    await updated;
    await expect(stored()).resolves.toMatchObject({ n: 2 });
  });

  test('that was lost itself counts once it is repeated', async () => {
    const cut = proxy.cutBefore('EVALSHA');
    const updated = store.access.update('a', increment);
    await cut;
    await expect(updated).resolves.toMatchObject({ n: 1 });
    await expect(stored()).resolves.toMatchObject({ n: 1 });
  });

  test('that was never sent before is not taken for done because another wrote the same', async () => {
    await redis.admin.set('sess:a', '{"n":0}');
    const open = proxy.hold();
    const updated = store.access.update('a', async (session) => {
      increment(session);
      if (session.n > 1) return;
      // Away before this is written; and somebody else, who counts, too, is faster.
      const cut = proxy.cutAfter('GET');
      store.get('b').catch(() => {});
      await cut;
      await until(() => store.client.state !== 'ready');
      await redis.admin.set('sess:a', '{"n":1}');
      await redis.admin.scriptFlush();
      setImmediate(open);
    });
    await expect(updated).resolves.toEqual({ n: 2 });
    await expect(stored()).resolves.toEqual({ n: 2 });
  });

  test('gives null when the session was destroyed before it was repeated', async () => {
    const open = proxy.hold();
    const cut = proxy.cutAfter('EVALSHA');
    const updated = store.access.update('a', increment);
    await cut;
    await direct.destroy('a');
    open();
    await expect(updated).resolves.toBeNull();
    await expect(redis.admin.exists('sess:a')).resolves.toBe(0);
  });
});
