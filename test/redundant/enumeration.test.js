'use strict';

// clear, length, ids, all and scan see the sessions of all servers that are trusted, each once.

const { result } = require('../helpers/outcome');
const {
  standing,
  standings,
  storeWithSettling,
  trusted,
  useRedundant,
} = require('../helpers/redundant');
const { fresh } = require('../helpers/requests');
const { until } = require('../helpers/until');

const SERVERS = 3;
const redundant = useRedundant(SERVERS);

/** The answers of all five that only look, sorted. */
async function enumerate(store) {
  const scanned = [];
  for await (const { id } of store.access.scan()) scanned.push(id);
  const all = await store.all();
  return {
    ids: (await result((callback) => store.ids(callback))).sort(),
    all: all.map(({ id }) => id).sort(),
    scan: scanned.sort(),
    length: await store.length(),
  };
}

const seen = (...ids) => ({ ids, all: ids, scan: ids, length: ids.length });

const plant = (index, sid, session = {}) =>
  redundant.admins[index].set(`sess:${sid}`, JSON.stringify(session));

const sizes = () => Promise.all(redundant.admins.map((admin) => admin.dbSize()));

test('each session is seen once, wherever it is', async () => {
  const store = await redundant.trustedStore();
  await store.set('everywhere', {});
  for (const index of [0, 1, 2]) await plant(index, `on-${index}`);
  await plant(0, 'on-0-and-2');
  await plant(2, 'on-0-and-2');
  const ids = ['everywhere', 'on-0', 'on-0-and-2', 'on-1', 'on-2'];
  await expect(enumerate(store)).resolves.toEqual(seen(...ids));
});

test('no session at all is seen on empty servers', async () => {
  const store = await redundant.trustedStore();
  await expect(enumerate(store)).resolves.toEqual(seen());
});

test('thousands are each seen once, with their data', async () => {
  const store = await redundant.trustedStore({ scanCount: 50 });
  const sids = Array.from({ length: 3000 }, (_, n) => `s${String(n).padStart(4, '0')}`);
  await Promise.all(sids.map((sid) => store.set(sid, { sid })));
  // A third of them are missing on each server, another third on each.
  await until(async () => (await sizes()).every((size) => size === 3000), { what: 'all' });
  for (const [index, admin] of redundant.admins.entries()) {
    await admin.del(sids.filter((_, n) => n % SERVERS === index).map((sid) => `sess:${sid}`));
  }
  await expect(enumerate(store)).resolves.toEqual(seen(...sids));
  for (const { id, sid } of await store.all()) expect(id).toBe(sid);
});

test('other prefixes and other types are left out, on each server', async () => {
  const store = await redundant.trustedStore();
  await store.set('a', {});
  for (const admin of redundant.admins) {
    await admin.set('other:b', '{}');
    await admin.rPush('sess:list', 'x');
  }
  await expect(enumerate(store)).resolves.toEqual(seen('a'));
});

test('a server that is away, and what only it has, is not seen', async () => {
  const store = await redundant.trustedStore();
  await store.set('a', {});
  await plant(1, 'hidden');
  await redundant.members[1].kill();
  await standing(store, 1, 'away');
  await expect(enumerate(store)).resolves.toEqual(seen('a'));
});

test('a server that dies meanwhile makes nothing fail, and hides nothing that others have', async () => {
  const store = await redundant.trustedStore({ scanCount: 10 });
  const sids = Array.from({ length: 3000 }, (_, n) => `s${n}`).sort();
  await Promise.all(sids.map((sid) => store.set(sid, { sid })));
  await until(async () => (await sizes()).every((size) => size === 3000), { what: 'all' });
  const asked = [store.ids(), store.all(), store.length()];
  const killed = redundant.members[1].kill();
  const [ids, all, length] = await Promise.all(asked);
  await killed;
  expect(ids.sort()).toEqual(sids);
  expect(all.map(({ id }) => id).sort()).toEqual(sids);
  expect(length).toBe(3000);
});

test.each([0, 1, 2])('server %i, standing still, makes nothing fail', async (index) => {
  const store = await redundant.trustedStore();
  await store.set('a', {});
  await until(async () => (await redundant.copies('a')) === SERVERS, { what: 'all' });
  await redundant.members[index].stop();
  await expect(enumerate(store)).resolves.toEqual(seen('a'));
});

test('one that is settling is not seen either', async () => {
  const store = await storeWithSettling(redundant, 2);
  await store.set('a', {});
  await plant(2, 'ghost');
  await expect(enumerate(store)).resolves.toEqual(seen('a'));
  expect(standings(store)[2]).toBe('settling'); // else nothing was tested
  await trusted(store);
  await expect(enumerate(store)).resolves.toEqual(seen('a', 'ghost'));
});

describe('clear', () => {
  test('removes from every server, and counts each session once', async () => {
    const store = await redundant.trustedStore();
    await Promise.all(['a', 'b', 'c'].map((sid) => store.set(sid, {})));
    await until(async () => (await sizes()).every((size) => size === 3), { what: 'all' });
    await expect(store.access.clear()).resolves.toBe(3);
    await until(async () => Math.max(...(await sizes())) === 0, { what: 'empty servers' });
    await expect(enumerate(store)).resolves.toEqual(seen());
    await expect(store.clear()).resolves.toBe(0);
  });

  test('removes what only one of them has', async () => {
    const store = await redundant.trustedStore();
    for (const index of [0, 1, 2]) await plant(index, `on-${index}`);
    await store.clear();
    await until(async () => Math.max(...(await sizes())) === 0, { what: 'empty servers' });
  });

  test('leaves other prefixes alone', async () => {
    const store = await redundant.trustedStore();
    for (const admin of redundant.admins) await admin.set('other:b', '{}');
    await store.set('a', {});
    await store.clear();
    await until(async () => (await redundant.copies('a')) === 0, { what: 'the end of a' });
    await expect(sizes()).resolves.toEqual([1, 1, 1]);
  });

  test('reaches a server that was away as soon as that is back', async () => {
    const store = await redundant.trustedStore();
    await Promise.all(['a', 'b', 'c'].map((sid) => store.set(sid, fresh({}))));
    await until(async () => (await sizes()).every((size) => size === 3), { what: 'all' });
    await redundant.members[0].kill();
    await standing(store, 0, 'away');
    await expect(store.clear()).resolves.toBe(3);
    await store.set('d', fresh({}));
    await redundant.members[0].start();
    await trusted(store);
    await expect(enumerate(store)).resolves.toEqual(seen('d'));
    await expect(sizes()).resolves.toEqual([1, 1, 1]);
  });
});
