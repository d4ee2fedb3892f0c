'use strict';

// A server of which the journal cannot tell what it lacks is compared key by key with one that is
// trusted: it gets what it has not, and loses what it should not have.

const { keepReading, standing, trusted, useRedundant } = require('../helpers/redundant');
const { fresh } = require('../helpers/requests');
const { until } = require('../helpers/until');

const MAX_JOURNAL = 10_000;
// Much at once: that takes a busy machine its time.
const PATIENT = { commandTimeout: 2000 };
const MEGABYTE = 2 ** 20;
const both = [0, 1];

const statistics = (store, index) => store.clients[index].stats().redundancy;

/** Resolves when both servers hold the same: gives it, by key. */
async function agreed({ admins, members }) {
  const contents = ({ admin }) => contentsOf(admin);
  const equal = async () => {
    const sizes = await Promise.all(admins.map((admin) => admin.dbSize()));
    if (sizes[0] !== sizes[1]) return false;
    const [one, other] = await Promise.all(members.map(contents));
    return JSON.stringify(one) === JSON.stringify(other) && one;
  };
  return until(equal, { what: 'that both servers hold the same' });
}

async function contentsOf(admin) {
  const keys = (await admin.keys('*')).sort();
  if (keys.length === 0) return {};
  const values = await admin.mGet(keys);
  return Object.fromEntries(keys.map((key, n) => [key, values[n]]));
}

/** Not all at once: each has its deadline. */
async function setAll(store, sids) {
  for (let from = 0; from < sids.length; from += 250) {
    const some = sids.slice(from, from + 250);
    await Promise.all(some.map((sid) => store.set(sid, fresh({ sid }))));
  }
}

/** A store with `count` sessions on both servers. */
async function filledStore(redundant, count, options) {
  const store = await redundant.trustedStore({ ...PATIENT, ...options });
  const sids = Array.from({ length: count }, (_, n) => `s${n}`);
  await setAll(store, sids);
  await agreed(redundant);
  return { store, sids };
}

describe('a server that comes back', () => {
  const redundant = useRedundant(2);

  test.each(both)('with nothing is filled again: number %i', async (index) => {
    const { store, sids } = await filledStore(redundant, 1000);
    await redundant.members[index].kill();
    await standing(store, index, 'away');
    await store.set('late', fresh({ sid: 'late' }));
    await store.destroy('s0');
    // A real span of time: the filled server must get what is left, not what was.
    const isOlder = async () => (await redundant.admins[1 - index].pTTL('sess:s1')) < 58_500;
    await until(isOlder, { what: 'an expiry that is nearer' });
    await redundant.members[index].start({ empty: true });
    await trusted(store);

    expect(statistics(store, index).comparisons).toBeGreaterThan(0);
    const contents = await agreed(redundant);
    expect(Object.keys(contents)).toEqual(
      ['late', ...sids.slice(1)].map((sid) => `sess:${sid}`).sort(),
    );
    for (const sid of ['late', 's1', 's999']) {
      const [one, other] = await redundant.timesLeft(sid);
      expect(Math.abs(one - other)).toBeLessThan(1000);
    }
    await redundant.members[1 - index].kill();
    await expect(store.get('s500')).resolves.toMatchObject({ sid: 's500' });
    await expect(store.get('s0')).resolves.toBeNull();
  });

  test('with nothing loses none of the sessions that are written meanwhile', async () => {
    const { store } = await filledStore(redundant, 2000, { scanCount: 10 });
    await redundant.members[1].kill();
    await standing(store, 1, 'away');
    await redundant.members[1].start({ empty: true });
    let n = 0;
    const expected = new Map();
    while (statistics(store, 1).standing !== 'trusted') {
      const [kept, changed, destroyed] = [`new${n}`, `s${n % 2000}`, `s${(n + 1000) % 2000}`];
      await Promise.all([
        store.set(kept, fresh({ n })),
        store.set(changed, fresh({ n })),
        store.destroy(destroyed),
      ]);
      expected.set(kept, n).set(changed, n).set(destroyed, null);
      n++;
    }
    const contents = await agreed(redundant);
    expect(n).toBeGreaterThan(10);
    for (const [sid, number] of expected) {
      expect(JSON.parse(contents[`sess:${sid}`] ?? '{"n":null}').n).toBe(number);
    }
  });

  test('is not compared beyond the prefix of the store', async () => {
    const { store } = await filledStore(redundant, 10, { prefix: 'mine:' });
    for (const admin of redundant.admins) await admin.set('theirs:a', '{}');
    await redundant.members[1].kill();
    await standing(store, 1, 'away');
    await redundant.members[1].start({ empty: true });
    await redundant.admins[1].set('theirs:b', '{}');
    await trusted(store);
    const contents = await contentsOf(redundant.admins[1]);
    expect(Object.keys(contents).filter((key) => key.startsWith('theirs:'))).toEqual(['theirs:b']);
    expect(Object.keys(contents)).toHaveLength(11);
  });

  test('and has missed a clear keeps nothing of what it had', async () => {
    const { store } = await filledStore(redundant, 500);
    await redundant.members[1].stop();
    await expect(store.clear()).resolves.toBe(500);
    const stop = keepReading(store, 's7');
    await store.set('after', fresh({ sid: 'after' }));
    await standing(store, 1, 'away');
    await redundant.members[1].continue();
    await trusted(store);
    await expect(stop()).resolves.toEqual([null]);
    expect(statistics(store, 1).comparisons).toBeGreaterThan(0);
    expect(Object.keys(await agreed(redundant))).toEqual(['sess:after']);
  });

  test('fills the next one that comes back with nothing', async () => {
    const { store, sids } = await filledStore(redundant, 100);
    for (const index of [0, 1, 0]) {
      await redundant.members[index].kill();
      await standing(store, index, 'away');
      await redundant.members[index].start({ empty: true });
      await trusted(store);
    }
    const contents = await agreed(redundant);
    expect(Object.keys(contents)).toEqual(sids.map((sid) => `sess:${sid}`).sort());
  });
});

describe('a journal that runs over', () => {
  const redundant = useRedundant(2);

  /** Has `write` run while a server is away, and expects that this was too much for its journal. */
  async function overflow(write) {
    const store = await redundant.trustedStore(PATIENT);
    await store.set('destroyed', fresh());
    await store.set('kept', fresh({ sid: 'kept' }));
    await agreed(redundant);
    const { comparisons } = statistics(store, 1);
    await redundant.members[1].stop();
    await store.destroy('destroyed');
    await standing(store, 1, 'away');
    await write(store);
    expect(statistics(store, 1).journal).toBeLessThanOrEqual(MAX_JOURNAL);
    const stop = keepReading(store, 'destroyed');
    await redundant.members[1].continue();
    await trusted(store);
    await expect(stop()).resolves.toEqual([null]);
    expect(statistics(store, 1).journal).toBe(0);
    expect(statistics(store, 1).comparisons).toBeGreaterThan(comparisons);
    return agreed(redundant);
  }

  test('by its length leads to a comparison, deletions included', async () => {
    const count = MAX_JOURNAL + 100;
    const contents = await overflow(async (store) => {
      await setAll(
        store,
        Array.from({ length: count }, (_, n) => `s${n}`),
      );
    });
    expect(Object.keys(contents)).toHaveLength(count + 1);
    expect(contents).not.toHaveProperty('sess:destroyed');
  });

  test('by its bytes, too', async () => {
    const filler = 'x'.repeat(MEGABYTE);
    const contents = await overflow(async (store) => {
      for (let n = 0; n < 17; n++) await store.set(`s${n}`, fresh({ filler }));
    });
    expect(Object.keys(contents)).toHaveLength(18);
    expect(contents).not.toHaveProperty('sess:destroyed');
  });

  test('with room left does not', async () => {
    const store = await redundant.trustedStore(PATIENT);
    await redundant.members[1].stop();
    await store.set('first', fresh());
    await standing(store, 1, 'away');
    const { comparisons } = statistics(store, 1);
    await setAll(
      store,
      Array.from({ length: 2000 }, (_, n) => `s${n}`),
    );
    await redundant.members[1].continue();
    await trusted(store);
    expect(statistics(store, 1)).toMatchObject({ journal: 0, comparisons });
    expect(Object.keys(await agreed(redundant))).toHaveLength(2001);
  });
});

describe('a server that comes back with old data', () => {
  // As with Redis' defaults: now and then everything is written to one file.
  const redundant = useRedundant(2, { args: [] });

  test.each(both)('brings back no destroyed session at any time: number %i', async (index) => {
    const { store } = await filledStore(redundant, 100);
    await redundant.admins[index].sendCommand(['SAVE']);
    await store.destroy('s7');
    await store.set('s8', fresh({ sid: 's8', n: 2 }));
    await agreed(redundant);
    const stop = keepReading(store, 's7');
    await redundant.members[index].restart();
    await expect(redundant.members[index].read('s9')).resolves.not.toBeNull(); // it has old data
    await standing(store, index, 'settling');
    await trusted(store);
    await expect(stop()).resolves.toEqual([null]);

    const contents = await agreed(redundant);
    expect(Object.keys(contents)).toHaveLength(99);
    expect(contents).not.toHaveProperty('sess:s7');
    expect(JSON.parse(contents['sess:s8'])).toMatchObject({ n: 2 });
    await redundant.members[1 - index].kill();
    await expect(store.get('s7')).resolves.toBeNull();
    await expect(store.get('s8')).resolves.toMatchObject({ n: 2 });
  });

  test('nor one that another process destroyed, once both have caught up', async () => {
    const { store } = await filledStore(redundant, 100);
    const other = await redundant.trustedStore();
    await redundant.admins[1].sendCommand(['SAVE']);
    await other.destroy('s7');
    await agreed(redundant);
    const stop = keepReading(other, 's7');
    await redundant.members[1].restart();
    await Promise.all([standing(store, 1, 'settling'), standing(other, 1, 'settling')]);
    await Promise.all([trusted(store), trusted(other)]);
    await expect(stop()).resolves.toEqual([null]);
    await expect(store.get('s7')).resolves.toBeNull();
    expect(await agreed(redundant)).not.toHaveProperty('sess:s7');
  });
});
