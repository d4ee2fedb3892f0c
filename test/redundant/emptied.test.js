'use strict';

// Servers that come back with nothing, or with old data, while others have lost no session: whatever
// they lack is no reason to remove it there, nor to say that there is none.

const { setTimeout: pause } = require('node:timers/promises');
const { createClient } = require('../..');
const { HASTY, standing, standings, trusted, useRedundant } = require('../helpers/redundant');
const { fresh, load } = require('../helpers/requests');
const { until } = require('../helpers/until');

// Answers may take a busy machine long: an update that fails in time says nothing here.
const PATIENT = { ...HASTY, commandTimeout: 1000 };

/** Between two operations of one who goes on: the machine has other things to do. */
const LULL = 5;
/** In all: several servers come back, each of which settles. */
const LONG = 120_000;

const copies = (redundant, sid, count) =>
  until(async () => (await redundant.copies(sid)) === count, { what: `${sid} on ${count}` });
const increment = (session) => ({ ...session, n: session.n + 1 });

/** So many that it takes a while until the last of them is written again. */
const many = Array.from({ length: 500 }, (_, n) => `s${n}`);
const addMany = (admin) =>
  admin.mSet(Object.fromEntries(many.map((sid) => [`sess:${sid}`, '{"n":0}'])));

/** The connections of all stores to some servers break; they trust these again when this resolves. */
async function cut(redundant, indices, ...stores) {
  const clients = stores.flatMap((store) => indices.map((index) => store.clients[index]));
  const before = clients.map((client) => client.stats().reconnections);
  const kill = (index) => redundant.admins[index].sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal']);
  await Promise.all(indices.map(kill));
  const isBack = (client, n) =>
    client.stats().reconnections > before[n] && client.stats().redundancy.standing === 'trusted';
  await until(() => clients.every(isBack), { what: `trust in ${indices}, again`, within: LONG });
}

/**
 * Has every store update one session after the other, over and over.
 * @returns {(() => Promise<any>) & { seen: any }} ends that, and gives what came of it
 */
function keepUpdating(stores, sids) {
  const seen = { tried: 0, acknowledged: 0, none: 0 };
  let isOver = false;
  let next = 0;
  const updating = [...stores, ...stores].map(async (store) => {
    for (; !isOver; await pause(LULL)) {
      seen.tried++;
      try {
        const updated = await store.access.update(sids[next++ % sids.length], increment);
        if (updated) seen.acknowledged++;
        else seen.none++;
      } catch ({ code }) {
        // The test has failed before it ended this. In time, or by whom, is another matter.
        if (code === 'ERR_REDIS_CLOSED') return;
      }
    }
  });
  const stop = async () => {
    isOver = true;
    await Promise.all(updating);
    return seen;
  };
  return Object.assign(stop, { seen });
}

describe('of three servers, two that come back empty one after the other', () => {
  const redundant = useRedundant(3);

  const two = async (options = PATIENT) => [
    await redundant.trustedStore(options),
    await redundant.trustedStore(options),
  ];
  const all = (stores, what, ...args) => Promise.all(stores.map((store) => what(store, ...args)));

  /**
   * Restarts each with nothing while both stores update sessions.
   *
   * @param {number[]} indices
   * @param {string[]} settled how it must stand before the next one is restarted
   * @param {boolean} [withCuts] the connections to the others break meanwhile
   */
  async function run(indices, settled, withCuts = false) {
    const stores = await two();
    await Promise.all(redundant.admins.map(addMany));
    // One of them all the time, by both; each of the others now and then.
    const stops = [keepUpdating(stores, ['s0']), keepUpdating(stores, many.slice(1))];
    const more = async () => {
      const before = stops.map(({ seen }) => seen.acknowledged);
      const isMore = ({ seen }, n) => seen.acknowledged > before[n] + 20;
      await until(() => stops.every(isMore), { what: 'updates', within: LONG });
    };
    for (const index of indices) {
      await more();
      await redundant.members[index].kill();
      await all(stores, standing, index, 'away');
      await more();
      if (withCuts) {
        const others = [0, 1, 2].filter((other) => other !== index);
        await cut(redundant, others, ...stores);
      }
      await redundant.members[index].start({ empty: true });
      await all(stores, standing, index, ...settled);
    }
    await more();
    const [ofOne, ofMany] = await Promise.all(stops.map((stop) => stop()));
    await all(stores, trusted);
    expect([ofOne.none, ofMany.none]).toEqual([0, 0]);
    for (const store of stores) {
      const found = await store.access.getMany(many);
      expect(found.filter((session) => session === null)).toEqual([]);
      // Which server decides two processes may see in two ways meanwhile: how often an update counts
      // is not promised, that the session is there is.
      expect(found[0].n).toBeGreaterThan(0);
    }
    for (const admin of redundant.admins) await expect(admin.dbSize()).resolves.toBe(many.length);
  }

  test(
    'take no session away from the one that was never touched',
    async () => {
      await run([2, 0], ['trusted']);
    },
    LONG,
  );

  test(
    'nor if that was out of reach for a moment',
    async () => {
      await run([2, 0], ['settling', 'trusted'], true);
    },
    LONG,
  );

  test(
    'nor does the second one while the first one is settling',
    async () => {
      await run([2, 0, 2], ['settling', 'trusted']);
    },
    LONG,
  );

  test.each([
    ['get', (store) => store.get('a')],
    ['touch', (store) => store.access.touch('a', fresh())],
    ['exists', (store) => store.access.exists('a')],
    ['a save', async (store) => store.set('a', await load(store, 'a'))],
    ['getMany', async (store) => (await store.access.getMany(['a']))[0]],
    ['ids', async (store) => (await store.ids()).includes('a')],
    ['length', async (store) => (await store.length()) >= 1],
    ['all', async (store) => (await store.all()).some(({ id }) => id === 'a')],
  ])('%s finds it all the while', async (_, ask) => {
    const stores = await two();
    await stores[0].set('a', fresh({ n: 1 }));
    await copies(redundant, 'a', 3);
    let isOver = false;
    const seen = new Set();
    const asking = stores.map(async (store) => {
      for (; !isOver; await pause(LULL)) {
        const answer = await ask(store).catch(({ code }) => code);
        if (answer === 'ERR_REDIS_CLOSED') return; // the test has failed before it ended this
        if (answer !== 'ERR_REDIS_TIMEOUT') seen.add(Boolean(answer));
      }
    });
    for (const index of [2, 0]) {
      await redundant.members[index].kill();
      await all(stores, standing, index, 'away');
      await redundant.members[index].start({ empty: true });
      await all(stores, standing, index, 'settling', 'trusted');
    }
    await all(stores, trusted);
    isOver = true;
    await Promise.all(asking);
    expect([...seen]).toEqual([true]);
    await copies(redundant, 'a', 3);
  });

  test('a session that is destroyed or lapses meanwhile stays so', async () => {
    const stores = await two();
    for (const sid of ['destroyed', 'kept']) await stores[0].set(sid, fresh({ sid }));
    await stores[0].set('short', fresh({}, 1500));
    await copies(redundant, 'short', 3);
    await redundant.members[2].kill();
    await all(stores, standing, 2, 'away');
    await redundant.members[2].start({ empty: true });
    await all(stores, standing, 2, 'settling', 'trusted');
    await redundant.members[0].kill();
    await all(stores, standing, 0, 'away');
    await stores[1].destroy('destroyed');
    await redundant.members[0].start({ empty: true });
    await all(stores, trusted);
    await copies(redundant, 'short', 0);
    await copies(redundant, 'destroyed', 0);
    await copies(redundant, 'kept', 3);
    for (const store of stores) await expect(store.get('destroyed')).resolves.toBeNull();
  });
});

describe('while an intact server was out of reach for a moment', () => {
  const redundant = useRedundant(2, { args: [] });

  test.each([
    [0, 1],
    [1, 0],
  ])('number %i, empty, is filled by number %i before it is asked', async (empty, kept) => {
    const store = await redundant.trustedStore(PATIENT);
    await Promise.all(redundant.admins.map(addMany));
    await redundant.members[empty].kill();
    await standing(store, empty, 'away');
    await cut(redundant, [kept], store);
    await redundant.members[empty].start({ empty: true });
    await standing(store, empty, 'settling', 'trusted');
    expect(standings(store)[empty]).toBe('settling');
    const updated = await Promise.all(many.map((sid) => store.access.update(sid, increment)));
    expect(updated.filter((session) => session === null)).toEqual([]);
    await trusted(store);
    await expect(redundant.admins[empty].dbSize()).resolves.toBe(many.length);
    const found = await store.access.getMany(many);
    expect(found.filter((session) => session?.n !== 1)).toEqual([]);
  });

  test.each([
    [0, 1],
    [1, 0],
  ])('number %i, with old data, takes what number %i has', async (old, kept) => {
    const store = await redundant.trustedStore(PATIENT);
    await store.set('a', fresh({ n: 1 }));
    await copies(redundant, 'a', 2);
    await redundant.admins[old].sendCommand(['SAVE']);
    await store.set('a', fresh({ n: 2 }));
    const changed = async () => (await redundant.members[old].read('a')).includes('"n":2');
    await until(changed, { what: 'the change' });
    await redundant.members[old].kill();
    await standing(store, old, 'away');
    await cut(redundant, [kept], store);
    await redundant.members[old].start();
    await trusted(store);
    for (let i = 0; i < 20; i++) await expect(store.get('a')).resolves.toMatchObject({ n: 2 });
    const texts = await redundant.read('a');
    expect(texts.map((text) => JSON.parse(text).n)).toEqual([2, 2]);
  });
});

describe('a process that starts when one server is empty', () => {
  const redundant = useRedundant(2);
  const both = [0, 1];

  /** A store that has never seen the server of that number with the session. */
  async function lateStore(empty, options) {
    const stored = JSON.stringify(fresh({ n: 1 }));
    await redundant.admins[1 - empty].set('sess:a', stored, { PX: 60_000 });
    return redundant.trustedStore({ ...PATIENT, ...options });
  }

  test.each(both)('updates what the other has: number %i', async (empty) => {
    const store = await lateStore(empty);
    await expect(store.access.update('a', increment)).resolves.toMatchObject({ n: 2 });
    await copies(redundant, 'a', 2);
    for (const text of await redundant.read('a')) expect(JSON.parse(text).n).toBe(2);
    await expect(store.access.update('none', increment)).resolves.toBeNull();
  });

  test.each(both)('merges into what the other has: number %i', async (empty) => {
    const store = await lateStore(empty, { concurrencyMerge: true });
    const session = await load(store, 'a');
    session.user = 'ann';
    await expect(store.set('a', session)).resolves.toBe('OK');
    await copies(redundant, 'a', 2);
    await expect(store.get('a')).resolves.toMatchObject({ n: 1, user: 'ann' });
  });

  test.each([
    ['that end with it', (clients) => clients],
    ['that stay', (clients) => clients.map((one) => redundant.track(createClient(one)))],
  ])('is told at its end of an update that still looks for it: clients %s', async (_, make) => {
    const store = await lateStore(0, { clients: make(redundant.clients), commandTimeout: 10_000 });
    await redundant.admins[0].sendCommand(['CONFIG', 'RESETSTAT']);
    const update = store.access.update('a', increment);
    update.catch(() => {});
    const hasLooked = async () => {
      const told = await redundant.admins[0].sendCommand(['INFO', 'commandstats']);
      return told.includes('cmdstat_mget:') && store.clients[0].stats().inFlight === 0;
    };
    await until(hasLooked, { what: 'the first look' });
    await store.close();
    await expect(update).rejects.toMatchObject({ code: 'ERR_REDIS_CLOSED' });
  });

  test('does not update what was destroyed while it looked for it', async () => {
    const store = await lateStore(0);
    const other = await redundant.trustedStore(PATIENT);
    let reads = 0;
    const update = store.access.update('a', (session) => {
      reads++;
      return increment(session);
    });
    await until(() => reads > 0, { what: 'the session, read' });
    await other.destroy('a');
    await expect(update).resolves.toBeNull();
    await expect(redundant.copies('a')).resolves.toBe(0);
  });

  test.each(both)('removes nothing where a save was told that there is none: %i', async (empty) => {
    const store = await lateStore(empty);
    const session = await load(store, 'a');
    const kept = redundant.members[1 - empty];
    await kept.stop();
    await expect(store.set('a', session)).resolves.toBeNull();
    await standing(store, 1 - empty, 'away');
    await kept.continue();
    await trusted(store);
    await expect(kept.read('a')).resolves.not.toBeNull();
    await expect(store.get('a')).resolves.toMatchObject({ n: 1 });
    expect(standings(store)).toEqual(['trusted', 'trusted']);
  });
});
