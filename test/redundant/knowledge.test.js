'use strict';

// Servers that come back one after the other: what one of them held that was trusted must not be
// lost because the others came back later, and with less.

const { standing, standings, trusted, useRedundant } = require('../helpers/redundant');
const { until } = require('../helpers/until');

const SESSIONS = 200;
// Many at once take a busy machine its time, and nobody is to miss a server while it settles.
const PATIENT = { commandTimeout: 1500 };
const sids = Array.from({ length: SESSIONS }, (_, n) => `s${n}`);

/** A store with sessions on all servers. */
async function filledStore(redundant) {
  const store = await redundant.trustedStore(PATIENT);
  await Promise.all(sids.map((sid) => store.set(sid, { sid })));
  const sizes = () => Promise.all(redundant.admins.map((admin) => admin.dbSize()));
  await until(async () => (await sizes()).every((size) => size === SESSIONS), { what: 'all' });
  return store;
}

async function gone(store, { members }, index) {
  await members[index].kill();
  await standing(store, index, 'away');
}

/** Kills all servers but one, and reads. */
async function expectAllOf(store, redundant, index) {
  for (const other of redundant.members.keys()) {
    if (other !== index && redundant.members[other].isRunning) await gone(store, redundant, other);
  }
  const found = await store.access.getMany(sids);
  expect(found.filter((session) => session === null)).toEqual([]);
  expect(found).toEqual(sids.map((sid) => ({ sid })));
}

describe('of three servers', () => {
  const redundant = useRedundant(3);

  test('an empty one is filled by one that was filled itself after the first was lost', async () => {
    const store = await filledStore(redundant);
    const { members } = redundant;
    await gone(store, redundant, 0);
    await gone(store, redundant, 1);
    await members[1].start({ empty: true });
    await trusted(store, 1); // has everything, from number 2
    await gone(store, redundant, 2);
    await members[0].start({ empty: true });
    await trusted(store, 0);
    expect(standings(store)).toEqual(['trusted', 'trusted', 'away']);
    await expectAllOf(store, redundant, 0);
  });

  test('the same, the one that filled it being killed before it has filled the next', async () => {
    const store = await filledStore(redundant);
    const { members } = redundant;
    await gone(store, redundant, 0);
    await gone(store, redundant, 1);
    await members[1].start({ empty: true });
    await trusted(store, 1);
    await members[0].start({ empty: true });
    await standing(store, 0, 'catching up', 'settling');
    await gone(store, redundant, 2);
    await trusted(store, 0);
    await expectAllOf(store, redundant, 0);
  });

  test('one with old data brings back nothing, whoever was filled meanwhile', async () => {
    const store = await filledStore(redundant);
    const other = await redundant.trustedStore(PATIENT);
    const { members } = redundant;
    await gone(store, redundant, 0);
    await standing(other, 0, 'away');
    await other.destroy('s7'); // only the other process knows
    await gone(store, redundant, 1);
    await members[1].start({ empty: true });
    await Promise.all([trusted(store, 1), trusted(other, 1)]);
    await other.close(); // and takes its journal with it
    await gone(store, redundant, 2);
    await members[0].start();
    await trusted(store, 0);
    await expect(store.get('s7')).resolves.toBeNull();
  });
});

describe('of two servers', () => {
  const redundant = useRedundant(2);

  test.each([
    [0, 1],
    [1, 0],
  ])(
    'number %i, empty, is filled by number %i, which was away too but has its data',
    async (empty, kept) => {
      const store = await filledStore(redundant);
      await gone(store, redundant, empty);
      await gone(store, redundant, kept);
      await redundant.members[kept].start();
      await trusted(store, kept);
      await redundant.members[empty].start({ empty: true });
      await trusted(store, empty);
      // Believed as it is, it gets the rest while it serves.
      const client = store.clients[empty];
      await until(() => client.stats().redundancy.repairs === SESSIONS, { what: 'the rest' });
      await expectAllOf(store, redundant, empty);
    },
  );

  test.each([
    [0, 1],
    [1, 0],
  ])('number %i, with its data, gives it to number %i, which was empty', async (kept, empty) => {
    const store = await filledStore(redundant);
    await gone(store, redundant, kept);
    await gone(store, redundant, empty);
    await redundant.members[empty].start({ empty: true });
    await trusted(store, empty);
    await redundant.members[kept].start();
    await trusted(store, kept);
    const found = await store.access.getMany(sids);
    expect(found).toEqual(sids.map((sid) => ({ sid })));
  });
});

describe('what another process stores anew', () => {
  const redundant = useRedundant(2);

  test('is read by the one that had destroyed it', async () => {
    const one = await redundant.trustedStore();
    const other = await redundant.trustedStore();
    await one.set('a', { n: 1 });
    await one.destroy('a');
    await other.set('a', { n: 2 });
    await expect(one.get('a')).resolves.toEqual({ n: 2 });
    await expect(one.access.exists('a')).resolves.toBe(true);
  });

  test('is read by it after a server was away, too', async () => {
    const one = await redundant.trustedStore();
    const other = await redundant.trustedStore();
    await one.set('a', { n: 1 });
    await one.destroy('a');
    await redundant.members[0].restart({ empty: true });
    await Promise.all([standing(one, 0, 'settling'), standing(other, 0, 'settling')]);
    await Promise.all([trusted(one), trusted(other)]);
    await other.set('a', { n: 2 });
    await expect(one.get('a')).resolves.toEqual({ n: 2 });
  });
});
