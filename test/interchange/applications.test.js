'use strict';

// An application that is switched from connect-redis to this store, and back: the same Redis, the
// same secret, and visitors that notice nothing.

const { versions } = require('../helpers/connect-redis-versions');
const { startCounterApp } = require('../helpers/counter-app');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

describe.each(versions)('%s', (_, open) => {
  /** Applications on one Redis: one on connect-redis, one on this store. */
  async function startBoth(options) {
    const theirs = redis.track(await open(redis.server));
    return {
      theirs: redis.track(await startCounterApp(theirs.store, options)),
      ours: redis.track(await startCounterApp(redis.store(), options)),
    };
  }

  test('a visitor stays logged in from there to here and back, and the count goes on', async () => {
    let visitor;
    let id;
    for (const [turn, name] of ['theirs', 'ours', 'theirs', 'ours'].entries()) {
      // One application after the other, as releases are.
      const opened = name === 'theirs' && redis.track(await open(redis.server));
      const store = opened ? opened.store : redis.store();
      const app = redis.track(await startCounterApp(store));
      visitor = visitor ? visitor.movesTo(app) : app.visitor();
      if (turn === 0) ({ id } = await visitor.post('/login/ann'));
      const visits = 2 * turn;
      await expect(visitor.get('/visit')).resolves.toMatchObject({ visits: visits + 1 });
      await expect(visitor.get('/visit')).resolves.toMatchObject({ visits: visits + 2 });
      await expect(visitor.get('/who')).resolves.toMatchObject({ id, user: 'ann' });
      await app.close();
      if (opened) await opened.close();
    }
    await expect(redis.admin.keys('*')).resolves.toEqual([`sess:${id}`]);
  });

  test('both serve a visitor at the same time, as in a rolling release', async () => {
    const { theirs, ours } = await startBoth();
    const there = theirs.visitor();
    await there.post('/login/ann');
    const here = there.movesTo(ours);
    for (let visits = 1; visits <= 6; visits += 2) {
      await expect(there.get('/visit')).resolves.toMatchObject({ user: 'ann', visits });
      await expect(here.get('/visit')).resolves.toMatchObject({ user: 'ann', visits: visits + 1 });
    }
  });

  test('a logout at one of them is a logout at the other', async () => {
    const { theirs, ours } = await startBoth();
    for (const [first, second] of [
      [theirs, ours],
      [ours, theirs],
    ]) {
      const visitor = first.visitor();
      await visitor.post('/login/ann');
      const elsewhere = visitor.movesTo(second);
      await expect(elsewhere.get('/who')).resolves.toMatchObject({ user: 'ann' });
      await elsewhere.post('/logout');
      await expect(visitor.get('/who')).resolves.toMatchObject({ user: null });
    }
    await expect(redis.admin.dbSize()).resolves.toBe(0);
  });

  test('a request that changes nothing renews the session at either', async () => {
    const { theirs, ours } = await startBoth();
    const there = theirs.visitor();
    const { id } = await there.post('/login/ann');
    const here = there.movesTo(ours);
    const written = await redis.admin.get(`sess:${id}`);
    for (const visitor of [here, there, here]) {
      await redis.admin.pExpire(`sess:${id}`, 10_000);
      await visitor.get('/who');
      await expect(redis.admin.pTTL(`sess:${id}`)).resolves.toBeGreaterThan(50_000);
    }
    await expect(redis.admin.get(`sess:${id}`)).resolves.toBe(written);
  });

  test('sessions that last as long as the browser go both ways', async () => {
    const { theirs, ours } = await startBoth({ session: { cookie: {} } });
    const visitor = theirs.visitor();
    const { id } = await visitor.post('/login/ann');
    const here = visitor.movesTo(ours);
    await expect(here.get('/visit')).resolves.toMatchObject({ user: 'ann', visits: 1 });
    await expect(here.get('/who')).resolves.toMatchObject({ expires: null, originalMaxAge: null });
    await expect(visitor.get('/visit')).resolves.toMatchObject({ user: 'ann', visits: 2 });
    await expect(visitor.get('/who')).resolves.toMatchObject({ expires: null });
    await expect(redis.admin.ttl(`sess:${id}`)).resolves.toBeGreaterThan(86_000);
  });

  test('rolling sessions send the same cookie at either', async () => {
    const { theirs, ours } = await startBoth({ session: { rolling: true } });
    const there = theirs.visitor();
    await there.post('/login/ann');
    const here = there.movesTo(ours);
    await here.get('/who');
    await there.get('/who');
    const shape = ({ setCookie }) => setCookie.replace(/Expires=[^;]+/, 'Expires=*');
    expect(shape(here)).toBe(shape(there));
    expect(shape(here)).toContain('Expires=*');
  });
});
