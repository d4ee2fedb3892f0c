'use strict';

// Which server's answer a read gives: the first with data of those that can be trusted; nothing
// only when all of those had nothing.

const { failure } = require('../helpers/outcome');
const { PATIENCE } = require('../helpers/patience');
const {
  keepReading,
  standing,
  standings,
  storeWithSettling,
  trusted,
  useRedundant,
} = require('../helpers/redundant');
const { soon } = require('../helpers/soon');
const { until } = require('../helpers/until');

const redundant = useRedundant(2);
const both = [0, 1];

const planted = (index, sid, session, ms = 60_000) =>
  redundant.admins[index].set(`sess:${sid}`, JSON.stringify(session), { PX: ms });

describe('of servers that are trusted', () => {
  test.each(both)('a session that only server %i has is found', async (index) => {
    const store = await redundant.trustedStore();
    await planted(index, 'a', { n: 1 });
    await expect(store.get('a')).resolves.toEqual({ n: 1 });
    await planted(index, 'b', { n: 2 });
    await expect(store.access.exists('b')).resolves.toBe(true);
    await planted(index, 'c', { n: 3 });
    await expect(store.access.ttl('c')).resolves.toBe(60);
  });

  test('getMany finds each where it is', async () => {
    const store = await redundant.trustedStore();
    await planted(0, 'a', { n: 1 });
    await planted(1, 'b', { n: 2 });
    const got = await store.access.getMany(['a', 'none', 'b']);
    expect(got).toEqual([{ n: 1 }, null, { n: 2 }]);
  });

  test.each(both)('data comes before an error of server %i', async (index) => {
    const store = await redundant.trustedStore();
    await redundant.admins[index].rPush('sess:a', 'no string');
    await planted(1 - index, 'a', { n: 1 });
    await expect(store.get('a')).resolves.toEqual({ n: 1 });
  });

  test('an error that all of them give is told', async () => {
    const store = await redundant.trustedStore();
    for (const admin of redundant.admins) await admin.rPush('sess:a', 'no string');
    const error = await failure((callback) => store.get('a', callback));
    expect(error).toMatchObject({ code: 'ERR_REDIS_REPLY', reply: 'WRONGTYPE' });
  });

  test("the session's expiry is that on its server", async () => {
    const store = await redundant.trustedStore();
    const cookie = { originalMaxAge: 1000, expires: new Date(0) };
    await planted(1, 'a', { cookie }, 600_000);
    const session = await store.get('a');
    expect(Math.abs(session.cookie.expires - Date.now() - 600_000)).toBeLessThan(5000);
  });
});

describe('a server that is away', () => {
  test.each(both)('decides nothing: number %i', async (index) => {
    const store = await redundant.trustedStore();
    await store.set('a', { n: 1 });
    await redundant.members[index].kill();
    await expect(soon(() => store.get('a'))).resolves.toEqual({ n: 1 });
    await expect(soon(() => store.get('none'))).resolves.toBeNull();
    await expect(soon(() => store.access.getMany(['a', 'none']))).resolves.toEqual([
      { n: 1 },
      null,
    ]);
  });

  test.each(both)('decides nothing, never having been there: number %i', async (index) => {
    await redundant.members[index].kill();
    const store = redundant.store({ commandTimeout: PATIENCE });
    await standing(store, 1 - index, 'trusted');
    await expect(soon(() => store.get('none'))).resolves.toBeNull();
    await expect(soon(() => store.set('a', { n: 1 }))).resolves.toBe('OK');
    await expect(soon(() => store.get('a'))).resolves.toEqual({ n: 1 });
  });
});

describe('a server that is catching up', () => {
  /** It answers reads, but whatever is written there waits. */
  const pauseWrites = (index) =>
    redundant.admins[index].sendCommand(['CLIENT', 'PAUSE', '60000', 'WRITE']);
  const endPause = (index) => redundant.admins[index].sendCommand(['CLIENT', 'UNPAUSE']);

  test.each(both)('neither delays nor decides: number %i', async (index) => {
    const store = await redundant.trustedStore();
    await store.set('destroyed', { n: 1 });
    await store.set('changed', { n: 1 });
    await until(async () => (await redundant.copies('changed')) === 2, { what: 'both' });
    await pauseWrites(index);
    await expect(soon(() => store.destroy('destroyed'))).resolves.toBe(1);
    await expect(soon(() => store.set('changed', { n: 2 }))).resolves.toBe('OK');
    const stop = ['destroyed', 'changed'].map((sid) => keepReading(store, sid));

    // The server still has what it had, and would tell.
    await standing(store, index, 'away', 'catching up');
    await standing(store, index, 'catching up');
    expect(await redundant.members[index].read('destroyed')).toBe('{"n":1}');
    for (let i = 0; i < 20; i++) {
      await expect(soon(() => store.get('destroyed'))).resolves.toBeNull();
      await expect(soon(() => store.get('changed'))).resolves.toEqual({ n: 2 });
      await expect(soon(() => store.ids())).resolves.toEqual(['changed']);
    }
    await endPause(index);
    await trusted(store);
    await expect(stop[0]()).resolves.toEqual([null]);
    await expect(stop[1]()).resolves.toEqual([{ n: 2 }]);
    await expect(redundant.members[index].read('destroyed')).resolves.toBeNull();
    await expect(redundant.members[index].read('changed')).resolves.toBe('{"n":2}');
  });
});

describe('a server that is settling', () => {
  test('decides nothing, but takes what is written; then it is asked', async () => {
    const store = await storeWithSettling(redundant, 1);
    await planted(1, 'ghost', { n: 1 });
    await planted(0, 'old', { n: 2 });
    await expect(soon(() => store.get('ghost'))).resolves.toBeNull();
    await expect(soon(() => store.get('old'))).resolves.toEqual({ n: 2 });
    await expect(soon(() => store.set('new', { n: 3 }))).resolves.toBe('OK');
    await until(async () => (await redundant.members[1].read('new')) !== null, { what: 'new' });
    expect(standings(store)).toEqual(['trusted', 'settling']); // else nothing was tested
    await trusted(store);
    await expect(store.get('ghost')).resolves.toEqual({ n: 1 });
  });

  test('decides when the last one that was trusted is gone', async () => {
    const store = await storeWithSettling(redundant, 1);
    await store.set('a', { n: 1 });
    await until(async () => (await redundant.copies('a')) === 2, { what: 'both' });
    expect(standings(store)).toEqual(['trusted', 'settling']);
    await redundant.members[0].kill();
    await expect(store.get('a')).resolves.toEqual({ n: 1 });
    await expect(store.get('none')).resolves.toBeNull();
  });
});
