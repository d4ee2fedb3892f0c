'use strict';

// What a server missed while it was away, it is told before it answers again.

const { startApp } = require('../helpers/app');
const { keepReading, standing, standings, trusted, useRedundant } = require('../helpers/redundant');
const { fresh } = require('../helpers/requests');
const { until } = require('../helpers/until');

const redundant = useRedundant(2);
const both = [0, 1];

const statistics = (store, index) => store.clients[index].stats().redundancy;
const fieldsOf = (text) => {
  if (text === null) return null;
  const { cookie: _, ...fields } = JSON.parse(text);
  return fields;
};
/** What each server has stored, the cookies left out. */
const stored = async (sid) => (await redundant.read(sid)).map(fieldsOf);
const onBoth = (sid) =>
  until(async () => (await redundant.copies(sid)) === 2, { what: `${sid} on both` });

/** A store that knows of three sessions, one of whose servers is gone since. */
async function storeInOutage(index, options) {
  const store = await redundant.trustedStore(options);
  for (const sid of ['kept', 'changed', 'destroyed']) {
    await store.set(sid, fresh({ n: 1 }));
    await onBoth(sid);
  }
  await redundant.members[index].kill();
  await standing(store, index, 'away');
  return store;
}

describe('a server that was away', () => {
  test.each(both)('is told what was set, touched and destroyed: number %i', async (index) => {
    const store = await storeInOutage(index);
    await expect(store.set('new', fresh({ n: 1 }))).resolves.toBe('OK');
    await expect(store.set('changed', fresh({ n: 2 }))).resolves.toBe('OK');
    await expect(store.touch('kept', fresh({}, 600_000))).resolves.toBe('OK');
    await expect(store.destroy('destroyed')).resolves.toBe(1);
    expect(statistics(store, index)).toMatchObject({ standing: 'away', journal: 4, missed: 4 });

    await redundant.members[index].start();
    await trusted(store);
    await expect(stored('new')).resolves.toEqual([{ n: 1 }, { n: 1 }]);
    await expect(stored('changed')).resolves.toEqual([{ n: 2 }, { n: 2 }]);
    await expect(stored('destroyed')).resolves.toEqual([null, null]);
    for (const left of await redundant.timesLeft('kept')) expect(left).toBeGreaterThan(500_000);
    expect(statistics(store, index)).toMatchObject({ journal: 0, missed: 4 });
    expect(standings(store)).toEqual(['trusted', 'trusted']);
  });

  test.each(both)('has it when it is the only one left: number %i', async (index) => {
    const store = await storeInOutage(index);
    await store.set('new', fresh({ n: 1 }));
    await store.set('changed', fresh({ n: 2 }));
    await store.destroy('destroyed');
    await redundant.members[1 - index].kill();
    await standing(store, 1 - index, 'away');
    await redundant.members[index].start();
    // Nobody else can be trusted: there is no reason to wait for others' journals.
    await expect(store.get('new')).resolves.toMatchObject({ n: 1 });
    await expect(store.get('changed')).resolves.toMatchObject({ n: 2 });
    await expect(store.get('kept')).resolves.toMatchObject({ n: 1 });
    await expect(store.get('destroyed')).resolves.toBeNull();
    expect(standings(store)[index]).toBe('trusted');
  });

  test.each(both)('gives back no destroyed session at any time: number %i', async (index) => {
    const store = await storeInOutage(index);
    await store.destroy('destroyed');
    const stop = keepReading(store, 'destroyed');
    await redundant.members[index].start();
    await trusted(store);
    await store.get('kept');
    await expect(stop()).resolves.toEqual([null]);
    await expect(stored('destroyed')).resolves.toEqual([null, null]);
  });

  test('has a destroyed session that was set again, and none that was set and destroyed', async () => {
    const store = await storeInOutage(1);
    await store.destroy('destroyed');
    await store.set('destroyed', fresh({ n: 3 }));
    await store.set('short', fresh({ n: 1 }));
    await store.destroy('short');
    await redundant.members[1].start();
    await trusted(store);
    await expect(stored('destroyed')).resolves.toEqual([{ n: 3 }, { n: 3 }]);
    await expect(stored('short')).resolves.toEqual([null, null]);
  });

  test('is told the time that sessions have left, not what they had', async () => {
    const store = await storeInOutage(1);
    await store.set('new', fresh({ n: 1 }));
    await store.touch('kept', fresh({}, 60_000));
    // A real span of time is what is asked about here.
    const isOlder = async () => (await redundant.admins[0].pTTL('sess:kept')) < 57_500;
    await until(isOlder, { what: 'an expiry that is nearer' });
    await redundant.members[1].start();
    await trusted(store);
    for (const sid of ['new', 'kept']) {
      const [one, other] = await redundant.timesLeft(sid);
      expect(Math.abs(one - other)).toBeLessThan(1000);
    }
  });

  test('gets no session that has lapsed meanwhile', async () => {
    const store = await storeInOutage(1);
    await store.set('short', fresh({ n: 1 }, 300));
    await until(async () => (await redundant.members[0].read('short')) === null, { what: 'lapse' });
    const stop = keepReading(store, 'short');
    await redundant.members[1].start();
    await trusted(store);
    await expect(stop()).resolves.toEqual([null]);
  });

  test('is told what other processes did, by them', async () => {
    const store = await storeInOutage(1);
    const other = redundant.store();
    await standing(other, 0, 'trusted');
    await other.destroy('destroyed');
    await other.set('new', fresh({ n: 1 }));
    await store.set('changed', fresh({ n: 2 }));
    const stop = keepReading(store, 'destroyed');
    await redundant.members[1].start();
    await Promise.all([trusted(store), trusted(other)]);
    await expect(stop()).resolves.toEqual([null]);
    await expect(stored('destroyed')).resolves.toEqual([null, null]);
    await expect(stored('new')).resolves.toEqual([{ n: 1 }, { n: 1 }]);
    await expect(stored('changed')).resolves.toEqual([{ n: 2 }, { n: 2 }]);
  });

  test('is told a logout that a loaded session must not undo', async () => {
    const store = await storeInOutage(1);
    const request = { sessionID: 'destroyed', sessionStore: store };
    store.createSession(request, await store.get('destroyed'));
    await store.destroy('destroyed');
    await expect(store.set('destroyed', request.session)).resolves.toBeNull();
    await redundant.members[1].start();
    await trusted(store);
    await expect(stored('destroyed')).resolves.toEqual([null, null]);
  });
});

describe('a server that stood still, and is the same when it goes on', () => {
  test.each(both)('is told what it missed, and not compared: number %i', async (index) => {
    const store = await redundant.trustedStore();
    for (const sid of ['changed', 'destroyed']) {
      await store.set(sid, fresh({ n: 1 }));
      await onBoth(sid);
    }
    const { comparisons } = statistics(store, index);
    await redundant.members[index].stop();
    await expect(store.set('changed', fresh({ n: 2 }))).resolves.toBe('OK');
    await expect(store.destroy('destroyed')).resolves.toBe(1);
    await standing(store, index, 'away');
    await expect(store.set('new', fresh({ n: 1 }))).resolves.toBe('OK');
    const stop = keepReading(store, 'destroyed');
    await redundant.members[index].continue();
    await trusted(store);
    await expect(stop()).resolves.toEqual([null]);
    await expect(stored('changed')).resolves.toEqual([{ n: 2 }, { n: 2 }]);
    await expect(stored('destroyed')).resolves.toEqual([null, null]);
    await expect(stored('new')).resolves.toEqual([{ n: 1 }, { n: 1 }]);
    expect(statistics(store, index)).toMatchObject({ journal: 0, missed: 3, comparisons });
  });
});

describe('visitors of an application', () => {
  test('stay logged in while each server in turn is replaced by an empty one', async () => {
    const store = await redundant.trustedStore();
    const app = redundant.track(await startApp(store));
    const [ann, bob, eve] = [app.visitor(), app.visitor(), app.visitor()];
    await ann.post('/login/ann');
    await eve.post('/login/eve');
    const formerEve = app.visitor();
    formerEve.cookie = eve.cookie;
    for (const index of both) {
      await redundant.members[index].kill();
      await expect(ann.get('/who')).resolves.toMatchObject({ status: 200, user: 'ann' });
      if (index === 0) await bob.post('/login/bob');
      if (index === 1) await eve.post('/logout');
      await expect(bob.get('/who')).resolves.toMatchObject({ status: 200, user: 'bob' });
      await redundant.members[index].start({ empty: true });
      await expect(ann.get('/who')).resolves.toMatchObject({ status: 200, user: 'ann' });
      await trusted(store);
      await expect(bob.get('/who')).resolves.toMatchObject({ status: 200, user: 'bob' });
    }
    await expect(formerEve.get('/who')).resolves.toMatchObject({ status: 200, user: null });
    for (const admin of redundant.admins) await expect(admin.dbSize()).resolves.toBe(2);
  });
});
