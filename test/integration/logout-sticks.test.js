'use strict';

// A session that was destroyed while a request had it loaded is not brought back by that request.

const { deferred } = require('../helpers/until');
const { outcome } = require('../helpers/outcome');
const { startApp } = require('../helpers/app');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const fresh = (fields) => ({
  cookie: { originalMaxAge: 60_000, expires: new Date(Date.now() + 60_000).toISOString() },
  ...fields,
});

/** Loads a session as express-session does. */
async function load(store, sid) {
  const req = { sessionID: sid, sessionStore: store };
  store.createSession(req, await store.get(sid));
  return req.session;
}

test('a loaded session is saved while it exists', async () => {
  const store = redis.store();
  await store.set('a', fresh({ visits: 1 }));
  const session = await load(store, 'a');
  session.visits = 2;
  await expect(store.set('a', session)).resolves.toBe('OK');
  await expect(store.access.set('a', session)).resolves.toBe(true);
  await expect(store.get('a')).resolves.toMatchObject({ visits: 2 });
});

test.each([
  ['by the same store', (store) => store.destroy('a')],
  ['by another client', () => redis.admin.del('sess:a')],
  ['by another store', () => redis.store().clear()],
])('a loaded session destroyed %s is not brought back', async (_, destroy) => {
  const store = redis.store();
  await store.set('a', fresh({ user: 'ann' }));
  const session = await load(store, 'a');
  await destroy(store);

  const { error, result } = await outcome((callback) => store.set('a', session, callback));
  expect(error).toBeNull();
  expect(result).toBeNull();
  await expect(store.access.set('a', session)).resolves.toBe(false);
  await expect(outcome((callback) => session.save(callback))).resolves.toMatchObject({
    error: null,
  });
  await expect(redis.admin.exists('sess:a')).resolves.toBe(0);
});

test('a destroyed session is dropped whatever its expiry is', async () => {
  for (const options of [{ ttl: false }, { ttl: () => 60 }, { ttl: 60 }]) {
    const store = redis.store(options);
    await store.set('a', { cookie: { originalMaxAge: null, expires: null } });
    const session = await load(store, 'a');
    await store.destroy('a');
    await expect(store.set('a', session)).resolves.toBeNull();
    await expect(redis.admin.exists('sess:a')).resolves.toBe(0);
  }
});

test('it costs the server a condition, not another command', async () => {
  const store = redis.store();
  await store.set('a', fresh());
  const session = await load(store, 'a');
  const monitor = await redis.monitor();
  await store.set('a', session);
  const commands = await monitor.commands();
  expect(commands).toHaveLength(1);
  expect(commands[0][0]).toBe('SET');
  expect(commands[0]).toContain('XX');
});

test('no tombstone is left in Redis', async () => {
  const store = redis.store();
  await store.set('a', fresh());
  const session = await load(store, 'a');
  await store.destroy('a');
  await store.set('a', session);
  await expect(redis.admin.dbSize()).resolves.toBe(0);
});

test('plain data is stored after a destroy, as something new', async () => {
  const store = redis.store();
  await store.set('a', fresh({ user: 'ann' }));
  await load(store, 'a');
  await store.destroy('a');
  await expect(store.set('a', fresh({ user: 'eve' }))).resolves.toBe('OK');
  await expect(store.get('a')).resolves.toMatchObject({ user: 'eve' });
});

test('what inherits from plain data is no plain data: its second save does not bring it back', async () => {
  const store = redis.store();
  const session = Object.assign(Object.create({ role: 'guest' }), { cookie: {}, user: 'ann' });
  await store.set('a', session);
  await store.destroy('a');
  await expect(store.set('a', session)).resolves.toBeNull();
  await expect(redis.admin.exists('sess:a')).resolves.toBe(0);
});

test('data that get gave, but that no request loaded, is stored plainly', async () => {
  const store = redis.store();
  await store.set('a', fresh({ user: 'ann' }));
  const data = await store.get('a');
  await store.destroy('a');
  await expect(store.set('a', data)).resolves.toBe('OK');
});

test('a session that store.load gave is known as loaded', async () => {
  const store = redis.store();
  await store.set('a', fresh({ user: 'ann' }));
  const session = await new Promise((resolve, reject) => {
    store.load('a', (error, loaded) => (error ? reject(error) : resolve(loaded)));
  });
  expect(session).toMatchObject({ id: 'a', user: 'ann' });
  await store.destroy('a');
  await expect(store.set('a', session)).resolves.toBeNull();
});

test('nothing of this shows in the session', async () => {
  const store = redis.store();
  const data = fresh({ user: 'ann' });
  await store.set('a', data);
  const session = await load(store, 'a');
  expect(Object.keys(session).sort()).toEqual(['cookie', 'user']);
  expect(Object.getOwnPropertySymbols(session)).toEqual([]);
  await store.set('a', session);
  expect(Object.keys(JSON.parse(await redis.admin.get('sess:a'))).sort()).toEqual([
    'cookie',
    'user',
  ]);
});

describe('in an application', () => {
  /** An application with a slow request that changes its session, held up until `release`. */
  async function slowApp(store, options) {
    const entered = deferred();
    const held = deferred();
    const app = redis.track(
      await startApp(store, {
        ...options,
        routes(routed) {
          routed.post('/slow', async (req, res) => {
            req.session.slow = true;
            entered.resolve();
            await held.promise;
            res.json({ id: req.sessionID });
          });
        },
      }),
    );
    return { app, entered: entered.promise, release: held.resolve };
  }

  test('logging out in a second tab sticks while a slow request is running', async () => {
    const { app, entered, release } = await slowApp(redis.store());
    const visitor = app.visitor();
    const { id } = await visitor.post('/login/ann');
    const secondTab = app.visitor();
    secondTab.cookie = visitor.cookie;

    const slow = visitor.post('/slow');
    await entered;
    await secondTab.post('/logout');
    release();
    await expect(slow).resolves.toMatchObject({ status: 200 });

    await expect(redis.admin.exists(`sess:${id}`)).resolves.toBe(0);
    await expect(visitor.get('/who')).resolves.toMatchObject({ user: null });
  });

  test('the slow request is saved when nobody logged out', async () => {
    const { app, entered, release } = await slowApp(redis.store());
    const visitor = app.visitor();
    const { id } = await visitor.post('/login/ann');
    const slow = visitor.post('/slow');
    await entered;
    await visitor.get('/who');
    release();
    await slow;
    expect(JSON.parse(await redis.admin.get(`sess:${id}`))).toMatchObject({
      user: 'ann',
      slow: true,
    });
  });

  test('with resave, too, logging out sticks', async () => {
    const { app, entered, release } = await slowApp(redis.store(), { session: { resave: true } });
    const visitor = app.visitor();
    const { id } = await visitor.post('/login/ann');
    const secondTab = app.visitor();
    secondTab.cookie = visitor.cookie;
    const slow = visitor.post('/slow');
    await entered;
    await secondTab.post('/logout');
    release();
    await slow;
    await expect(redis.admin.exists(`sess:${id}`)).resolves.toBe(0);
  });

  test('a regenerated session is stored although the loaded one is gone', async () => {
    const app = redis.track(await startApp(redis.store()));
    const visitor = app.visitor();
    await visitor.post('/login/ann');
    const monitor = await redis.monitor();
    const { id } = await visitor.post('/regenerate');
    const sets = (await monitor.commands()).filter(([name]) => name === 'SET');
    expect(sets.map(([, key]) => key)).toEqual([`sess:${id}`]);
    expect(sets[0]).not.toContain('XX');
    await expect(visitor.get('/who')).resolves.toMatchObject({ id, user: 'ann' });
  });
});
