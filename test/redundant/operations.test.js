'use strict';

// What each operation does on several servers at once, and what it calls back with.

const { failure, outcome, result } = require('../helpers/outcome');
const { PATIENCE } = require('../helpers/patience');
const { useRedundant, standing, trusted } = require('../helpers/redundant');
const { fresh, load } = require('../helpers/requests');
const { until } = require('../helpers/until');

const SERVERS = 3;
const redundant = useRedundant(SERVERS);

/** Resolves when all servers hold the same text for this id; gives it, parsed. */
async function agreed(sid) {
  const texts = await until(
    async () => {
      const all = await redundant.read(sid);
      return all.every((text) => text === all[0]) && all;
    },
    { what: 'that all servers hold the same' },
  );
  return JSON.parse(texts[0]);
}

const gone = (sid) => until(async () => (await redundant.copies(sid)) === 0, { what: 'its end' });

/** A server that refuses to write, but still reads and deletes. */
const fill = (member) => member.admin.sendCommand(['CONFIG', 'SET', 'maxmemory', '1']);
const makeRoom = (member) => member.admin.sendCommand(['CONFIG', 'SET', 'maxmemory', '0']);

describe('with all servers there', () => {
  test('set stores the same on each of them, to the same moment', async () => {
    const store = await redundant.trustedStore();
    await expect(result((cb) => store.set('a', fresh({ n: 1 }), cb))).resolves.toBe('OK');
    await expect(agreed('a')).resolves.toMatchObject({ n: 1 });
    for (const left of await redundant.timesLeft('a')) {
      expect(left).toBeGreaterThan(55_000);
      expect(left).toBeLessThanOrEqual(60_000);
    }
  });

  test('each operation calls back as with one server', async () => {
    const store = await redundant.trustedStore();
    const tell = (name, ...args) => result((cb) => store[name](...args, cb));
    await expect(tell('get', 'a')).resolves.toBeNull();
    await expect(tell('touch', 'a', fresh())).resolves.toBe('EXPIRED');
    await expect(tell('destroy', 'a')).resolves.toBe(0);
    await expect(tell('set', 'a', { n: 1 })).resolves.toBe('OK');
    await expect(tell('get', 'a')).resolves.toEqual({ n: 1 });
    await expect(tell('touch', 'a', fresh())).resolves.toBe('OK');
    await expect(tell('length')).resolves.toBe(1);
    await expect(tell('ids')).resolves.toEqual(['a']);
    await expect(tell('all')).resolves.toEqual([{ id: 'a', n: 1 }]);
    await expect(tell('destroy', 'a')).resolves.toBe(1);
    await expect(tell('get', 'a')).resolves.toBeNull();
    await tell('set', 'b', { n: 2 });
    await expect(tell('clear')).resolves.toBe(1);
  });

  test('so do those of access', async () => {
    const { access } = await redundant.trustedStore();
    await expect(access.set('a', { n: 1 })).resolves.toBe(true);
    await expect(access.get('a')).resolves.toEqual({ n: 1 });
    await expect(access.exists('a')).resolves.toBe(true);
    await expect(access.exists('b')).resolves.toBe(false);
    await expect(access.touch('a', fresh())).resolves.toBe(true);
    await expect(access.touch('b', fresh())).resolves.toBe(false);
    await expect(access.ttl('a')).resolves.toBe(60);
    await expect(access.ttl('b')).resolves.toBe(-2);
    await expect(access.getMany(['a', 'b', 'a'])).resolves.toEqual([{ n: 1 }, null, { n: 1 }]);
    await expect(access.destroy('a')).resolves.toBe(true);
    await expect(access.destroy('a')).resolves.toBe(false);
  });

  test('touch renews on each of them', async () => {
    const store = await redundant.trustedStore();
    await store.set('a', fresh({ n: 1 }));
    await store.touch('a', fresh({}, 600_000));
    const renewed = async () => (await redundant.timesLeft('a')).every((left) => left > 500_000);
    await until(renewed, { what: 'the expiry on all servers' });
  });

  test('destroy removes from each of them', async () => {
    const store = await redundant.trustedStore();
    await store.set('a', {});
    await agreed('a');
    await expect(store.destroy('a')).resolves.toBe(1);
    await gone('a');
  });

  test('a session that has lapsed is removed from each of them', async () => {
    const store = await redundant.trustedStore();
    await store.set('a', {});
    await agreed('a');
    await expect(store.set('a', fresh({}, -1))).resolves.toBe(1);
    await gone('a');
  });

  test('a session that was destroyed since it was loaded stays so', async () => {
    const store = await redundant.trustedStore();
    await store.set('a', fresh({ user: 'ann' }));
    const session = await load(store, 'a');
    await store.destroy('a');
    await expect(store.set('a', session)).resolves.toBeNull();
    await gone('a');
  });

  test('thousands of operations at once each get their own result', async () => {
    const store = await redundant.trustedStore();
    const sids = Array.from({ length: 2000 }, (_, n) => `s${n}`);
    await Promise.all(sids.map((sid) => store.set(sid, { sid })));
    const got = await Promise.all(sids.map((sid) => store.get(sid)));
    expect(got).toEqual(sids.map((sid) => ({ sid })));
    const removed = await Promise.all(sids.map((sid) => store.destroy(sid)));
    expect(removed).toEqual(sids.map(() => 1));
    const sizes = () => Promise.all(redundant.admins.map((admin) => admin.dbSize()));
    await until(async () => Math.max(...(await sizes())) === 0, { what: 'empty servers' });
  });
});

describe('where servers differ', () => {
  test.each([0, 1, 2])(
    'touch and destroy find a session that only server %i has',
    async (index) => {
      const store = await redundant.trustedStore();
      await redundant.admins[index].set('sess:a', '{"n":1}', { PX: 5000 });
      await expect(store.touch('a', fresh())).resolves.toBe('OK');
      expect((await redundant.timesLeft('a'))[index]).toBeGreaterThan(50_000);
      await expect(store.destroy('a')).resolves.toBe(1);
      await gone('a');
    },
  );

  test.each([0, 1, 2])('a loaded session that server %i has lost is saved', async (index) => {
    const store = await redundant.trustedStore();
    await store.set('a', fresh({ visits: 1 }));
    await agreed('a');
    const session = await load(store, 'a');
    session.visits = 2;
    await redundant.admins[index].del('sess:a');
    await expect(store.set('a', session)).resolves.toBe('OK');
    await expect(store.get('a')).resolves.toMatchObject({ visits: 2 });
  });
});

describe('changes by compare-and-set', () => {
  const increment = (session) => ({ ...session, n: session.n + 1 });

  test('access.update is carried out on each server', async () => {
    const store = await redundant.trustedStore();
    await store.set('a', fresh({ n: 1 }));
    await expect(store.access.update('a', increment)).resolves.toMatchObject({ n: 2 });
    await expect(agreed('a')).resolves.toMatchObject({ n: 2 });
    await expect(store.access.update('none', increment)).resolves.toBeNull();
  });

  test('of updates of two processes at once none is lost, and in the end all servers agree', async () => {
    // A hundred at once take turns: the last of them must have the time for that.
    const patient = { commandTimeout: PATIENCE };
    const stores = [await redundant.trustedStore(patient), await redundant.trustedStore(patient)];
    await stores[0].set('a', fresh({ n: 0 }));
    await agreed('a');
    const updates = Array.from({ length: 100 }, (_, i) =>
      stores[i % 2].access.update('a', increment),
    );
    const counts = (await Promise.all(updates)).map(({ n }) => n);
    expect(counts.sort((x, y) => x - y)).toEqual(counts.map((_, index) => index + 1));
    await expect(stores[0].get('a')).resolves.toMatchObject({ n: 100 });
    await expect(agreed('a')).resolves.toMatchObject({ n: 100 });
  });

  test('concurrencyMerge keeps what both requests changed, on each server', async () => {
    const store = await redundant.trustedStore({ concurrencyMerge: true });
    await store.set('a', fresh({ cart: {} }));
    const [one, other] = [await load(store, 'a'), await load(store, 'a')];
    one.cart.apple = 1;
    other.cart.pear = 2;
    await Promise.all([store.set('a', one), store.set('a', other)]);
    const cart = { apple: 1, pear: 2 };
    await expect(store.get('a')).resolves.toMatchObject({ cart });
    await expect(agreed('a')).resolves.toMatchObject({ cart });
  });

  test.each([0, 1, 2])('both go on while server %i is away', async (index) => {
    const store = await redundant.trustedStore({ concurrencyMerge: true });
    await store.set('a', fresh({ n: 1 }));
    await agreed('a');
    await redundant.members[index].kill();
    await standing(store, index, 'away');
    await expect(store.access.update('a', increment)).resolves.toMatchObject({ n: 2 });
    const session = await load(store, 'a');
    session.user = 'ann';
    await expect(store.set('a', session)).resolves.toBe('OK');
    await redundant.members[index].start();
    await trusted(store);
    await expect(agreed('a')).resolves.toMatchObject({ n: 2, user: 'ann' });
  });
});

describe('where a server refuses to write', () => {
  test('the write succeeds all the same, and the server gets it later', async () => {
    const store = await redundant.trustedStore();
    await store.set('a', { n: 1 });
    await agreed('a');
    await fill(redundant.members[1]);
    await expect(store.set('a', { n: 2 })).resolves.toBe('OK');
    for (let i = 0; i < 50; i++) await expect(store.get('a')).resolves.toEqual({ n: 2 });
    const { missed } = store.clients[1].stats().redundancy;
    expect(missed).toBeGreaterThanOrEqual(1);
    await makeRoom(redundant.members[1]);
    await expect(agreed('a')).resolves.toEqual({ n: 2 });
    await trusted(store);
  });

  test('an error is told only if none of them takes it', async () => {
    const store = await redundant.trustedStore();
    for (const member of redundant.members) await fill(member);
    const error = await failure((cb) => store.set('a', {}, cb));
    expect(error).toMatchObject({ code: 'ERR_REDIS_REPLY', reply: 'OOM' });
    await expect(outcome((cb) => store.get('a', cb))).resolves.toMatchObject({ error: null });
    await expect(redundant.copies('a')).resolves.toBe(0);
  });
});
