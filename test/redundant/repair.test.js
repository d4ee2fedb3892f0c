'use strict';

// A session that one trusted server has lost is written there again when it is read: with the time
// that it has left, and never one that was destroyed.

const { useRedundant } = require('../helpers/redundant');
const { fresh } = require('../helpers/requests');
const { until } = require('../helpers/until');

const redundant = useRedundant(2);

const onBoth = (sid) =>
  until(async () => (await redundant.copies(sid)) === 2, { what: `${sid} on both` });
const repairs = (store, index) => store.clients[index].stats().redundancy.repairs;

/** A session on both servers, and then on one of them no more. */
async function lost(store, sid, index, session = fresh({ sid })) {
  await store.set(sid, session);
  await onBoth(sid);
  await redundant.admins[index].del(`sess:${sid}`);
}

/** Resolves when a repair that was begun before this has been carried out, if it ever will be. */
async function repairsAreOver(store, index) {
  await lost(store, 'last', index);
  await store.get('last');
  await onBoth('last');
}

test.each([0, 1])('what server %i has lost is written there again', async (index) => {
  const store = await redundant.trustedStore();
  await lost(store, 'a', index);
  const kept = await redundant.members[1 - index].read('a');
  expect(repairs(store, index)).toBe(0);
  await expect(store.get('a')).resolves.toMatchObject({ sid: 'a' });
  await onBoth('a');
  await expect(redundant.members[index].read('a')).resolves.toBe(kept);
  await until(() => repairs(store, index) === 1, { what: 'the repair in the statistics' });
  expect(repairs(store, 1 - index)).toBe(0);
});

test('with the time that it has left', async () => {
  const store = await redundant.trustedStore();
  await lost(store, 'a', 1);
  await redundant.admins[0].pExpire('sess:a', 33_000);
  await store.get('a');
  await onBoth('a');
  const [one, other] = await redundant.timesLeft('a');
  expect(one).toBeLessThanOrEqual(33_000);
  expect(Math.abs(one - other)).toBeLessThan(1000);
});

test('one that never expires stays so', async () => {
  const store = await redundant.trustedStore({ ttl: false });
  await lost(store, 'a', 1, { sid: 'a' });
  await store.get('a');
  await onBoth('a');
  await expect(redundant.timesLeft('a')).resolves.toEqual([-1, -1]);
});

test('getMany has the same done', async () => {
  const store = await redundant.trustedStore();
  await lost(store, 'a', 1);
  await lost(store, 'b', 0);
  await store.access.getMany(['a', 'b']);
  await onBoth('a');
  await onBoth('b');
});

test('not one that this process destroyed after it was read', async () => {
  const store = await redundant.trustedStore();
  await lost(store, 'a', 1);
  await expect(store.get('a')).resolves.toMatchObject({ sid: 'a' });
  await store.destroy('a');
  await repairsAreOver(store, 1);
  await expect(redundant.copies('a')).resolves.toBe(0);
  await expect(store.get('a')).resolves.toBeNull();
});

test('not one that this process destroyed while it was read', async () => {
  const store = await redundant.trustedStore();
  await lost(store, 'a', 1);
  const read = store.get('a');
  await store.destroy('a');
  await read;
  await repairsAreOver(store, 1);
  await expect(redundant.copies('a')).resolves.toBe(0);
});

test('not one that another process destroyed before the repair', async () => {
  const store = await redundant.trustedStore();
  const other = await redundant.trustedStore();
  await lost(store, 'a', 1);
  await store.get('a');
  await other.destroy('a');
  await repairsAreOver(store, 1);
  await expect(redundant.copies('a')).resolves.toBe(0);
});

test('what has been written there meanwhile is left alone', async () => {
  const store = await redundant.trustedStore();
  const other = await redundant.trustedStore();
  await lost(store, 'a', 1);
  await store.get('a');
  await other.set('a', fresh({ sid: 'a', n: 2 }));
  await repairsAreOver(store, 1);
  const texts = await redundant.read('a');
  expect(texts.map((text) => JSON.parse(text).n)).toEqual([2, 2]);
});

test('what the one that had it has lost by then is left where it is', async () => {
  const store = await redundant.trustedStore();
  await lost(store, 'a', 1);
  const kept = await redundant.members[0].read('a');
  await store.get('a');
  await redundant.admins[1].set('sess:a', kept, { PX: 60_000 });
  await redundant.admins[0].del('sess:a');
  await repairsAreOver(store, 1);
  // A repair counts after its second look: that at the session itself was before this one.
  await until(() => repairs(store, 1) === 1, { what: 'the second look at the last one' });
  await expect(redundant.members[1].read('a')).resolves.toBe(kept);
  await expect(store.get('a')).resolves.toMatchObject({ sid: 'a' });
});

test('a session that all servers have is not written again', async () => {
  const store = await redundant.trustedStore();
  await store.set('a', fresh());
  await onBoth('a');
  for (let i = 0; i < 100; i++) await store.get('a');
  await repairsAreOver(store, 1);
  await until(() => repairs(store, 1) > 0, { what: 'the repair in the statistics' });
  expect([repairs(store, 0), repairs(store, 1)]).toEqual([0, 1]);
});
