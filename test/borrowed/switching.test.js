'use strict';

// The switch: an application on connect-redis is given this store with the client that it has, and
// goes back. Its visitors notice nothing.

const { RedisStore: ConnectRedis } = require('connect-redis');
const { RedisStore } = require('../..');
const { clientNamed, openClient } = require('../helpers/borrowed-clients');
const { startCounterApp } = require('../helpers/counter-app');
const { openPlace } = require('../helpers/places');

const places = {};
beforeAll(async () => {
  [places.server, places.cluster] = await Promise.all([openPlace('server'), openPlace('cluster')]);
});
afterAll(() => Promise.all(Object.values(places).map((place) => place.stop())));

const names = ['node-redis 6', 'node-redis 5', 'node-redis 6, Cluster', 'node-redis 6, keyPrefix'];

describe.each(names)('an application with %s', (name) => {
  const borrowed = clientNamed(name);
  let opened;
  let witness;
  beforeAll(async () => {
    opened = await openClient(borrowed, places[borrowed.place].where);
    witness = places[borrowed.place].witness();
  });
  afterAll(() => opened.close());
  afterEach(() => witness.flushAll());

  /** The same client object and prefix, whichever store. */
  const STORES = {
    theirs: () => new ConnectRedis({ client: opened.client, prefix: 'shop:' }),
    ours: () => new RedisStore({ client: opened.client, prefix: 'shop:' }),
  };

  test('its visitors stay logged in from there to here and back, and their count goes on', async () => {
    let visitor;
    let id;
    for (const [turn, which] of ['theirs', 'ours', 'theirs', 'ours'].entries()) {
      const app = await startCounterApp(STORES[which]());
      visitor = visitor ? visitor.movesTo(app) : app.visitor();
      if (turn === 0) ({ id } = await visitor.post('/login/ann'));
      for (const visits of [2 * turn + 1, 2 * turn + 2]) {
        await expect(visitor.get('/visit')).resolves.toMatchObject({ visits });
      }
      await expect(visitor.get('/who')).resolves.toMatchObject({ id, user: 'ann' });
      await app.close();
    }
    await expect(witness.keys()).resolves.toEqual([`${borrowed.prefix}shop:${id}`]);
  });

  test('a logout at one is a logout at the other', async () => {
    for (const [from, to] of [
      ['theirs', 'ours'],
      ['ours', 'theirs'],
    ]) {
      const first = await startCounterApp(STORES[from]());
      const second = await startCounterApp(STORES[to]());
      const visitor = first.visitor();
      await visitor.post('/login/ann');
      const there = visitor.movesTo(second);
      await expect(there.get('/who')).resolves.toMatchObject({ user: 'ann' });
      await there.post('/logout');
      await expect(visitor.get('/who')).resolves.toMatchObject({ user: null });
      await Promise.all([first.close(), second.close()]);
    }
  });

  test('both count and list the same sessions', async () => {
    const [theirs, ours] = [STORES.theirs(), STORES.ours()];
    for (const sid of ['a', 'b']) await theirs.set(sid, { cookie: {}, sid });
    for (const sid of ['c', 'd']) await ours.set(sid, { cookie: {}, sid });
    await expect(ours.ids().then((ids) => ids.sort())).resolves.toEqual(['a', 'b', 'c', 'd']);
    await expect(theirs.get('c')).resolves.toMatchObject({ sid: 'c' });
    await expect(ours.get('a')).resolves.toMatchObject({ sid: 'a' });
  });
});
