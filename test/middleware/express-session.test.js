'use strict';

// The class for each release line of express-session's 1.x, in real Express applications.

const connectHiredis = require('../..');
const { startCounterApp } = require('../helpers/counter-app');
const { deferred } = require('../helpers/until');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const lines = [
  ['1.15', 'express-session-1-15'],
  ['1.17', 'express-session-1-17'],
  ['1.18', 'express-session-1-18'],
  ['1.19', 'express-session'],
].map(([line, name]) => [line, require(name), require(`${name}/package.json`).version]);

describe.each(lines)('express-session %s', (line, middleware, version) => {
  const makeStore = (options) =>
    redis.track(new (connectHiredis(middleware))({ url: redis.server.url, ...options }));
  const start = async (options, store = makeStore()) =>
    redis.track(await startCounterApp(store, { middleware, ...options }));

  test('is installed in that version', () => {
    expect(version.startsWith(`${line}.`)).toBe(true);
  });

  test("the store is one of that middleware's own", () => {
    expect(makeStore()).toBeInstanceOf(middleware.Store);
    expect(connectHiredis(middleware)).toBe(connectHiredis(middleware));
  });

  test('a visitor logs in, is counted and logs out', async () => {
    const app = await start();
    const ann = app.visitor();
    const bob = app.visitor();
    const { id } = await ann.post('/login/ann');
    await bob.post('/login/bob');
    await ann.get('/visit');
    await expect(ann.get('/visit')).resolves.toMatchObject({ user: 'ann', visits: 2 });
    await expect(bob.get('/visit')).resolves.toMatchObject({ user: 'bob', visits: 1 });
    await expect(redis.admin.exists(`sess:${id}`)).resolves.toBe(1);

    await ann.post('/logout');
    await expect(ann.get('/visit')).resolves.toMatchObject({ status: 200, user: null });
    await expect(bob.get('/visit')).resolves.toMatchObject({ user: 'bob', visits: 2 });
    await expect(redis.admin.dbSize()).resolves.toBe(1);
  });

  test('a visitor without a session leaves nothing in Redis', async () => {
    const visitor = (await start()).visitor();
    await expect(visitor.get('/visit')).resolves.toEqual({
      status: 200,
      user: null,
      visits: null,
    });
    expect(visitor.setCookie).toBe('');
    await expect(redis.admin.dbSize()).resolves.toBe(0);
  });

  test('a request that changes nothing renews the session without writing it', async () => {
    const visitor = (await start()).visitor();
    const { id } = await visitor.post('/login/ann');
    await redis.admin.pExpire(`sess:${id}`, 10_000);
    const monitor = await redis.monitor();
    await visitor.get('/who');
    await expect(redis.admin.pTTL(`sess:${id}`)).resolves.toBeGreaterThan(50_000);
    expect((await monitor.commands()).map(([name]) => name)).not.toContain('SET');
  });

  test('a rolling session sends its renewed cookie with each response', async () => {
    const visitor = (await start({ session: { rolling: true } })).visitor();
    await visitor.post('/login/ann');
    const first = visitor.setCookie;
    await visitor.get('/who');
    const [, expires] = visitor.setCookie.match(/Expires=([^;]+)/);
    expect(visitor.setCookie.split(';')[0]).toBe(first.split(';')[0]);
    expect(new Date(expires) - Date.now()).toBeGreaterThan(50_000);
  });

  test('resave writes what has not changed, too', async () => {
    const visitor = (await start({ session: { resave: true } })).visitor();
    const { id } = await visitor.post('/login/ann');
    const monitor = await redis.monitor();
    await visitor.get('/who');
    const writes = (await monitor.commands()).filter(([name]) => name === 'SET');
    expect(writes.map(([, key]) => key)).toEqual([`sess:${id}`]);
  });

  test('a request sees the expiry that its key really has', async () => {
    const visitor = (await start()).visitor();
    const { id } = await visitor.post('/login/ann');
    const stored = JSON.parse(await redis.admin.get(`sess:${id}`)).cookie;
    await redis.admin.pExpire(`sess:${id}`, 10_000);
    const { expires, originalMaxAge } = await visitor.get('/who');
    const left = new Date(expires) - Date.now();
    expect(left).toBeGreaterThan(5_000);
    expect(left).toBeLessThanOrEqual(10_000);
    // express-session reckons it from the clock, twice: a millisecond may be lacking.
    expect(stored.originalMaxAge).toBeGreaterThan(59_900);
    expect(originalMaxAge).toBe(stored.originalMaxAge);
  });

  test('a session that has lapsed is a new one', async () => {
    const visitor = (await start()).visitor();
    const { id } = await visitor.post('/login/ann');
    await redis.admin.pExpire(`sess:${id}`, -1);
    const next = await visitor.get('/who');
    expect(next).toMatchObject({ status: 200, user: null });
    expect(next.id).not.toBe(id);
  });

  test('regenerate gives the visitor a new session', async () => {
    const routes = (app) =>
      app.post('/regenerate', (req, res, next) => {
        req.session.regenerate((error) => {
          if (error) return next(error);
          req.session.user = 'ann again';
          req.session.visits = 0;
          res.json({ id: req.sessionID });
        });
      });
    const visitor = (await start({ routes })).visitor();
    const { id } = await visitor.post('/login/ann');
    const { id: newId } = await visitor.post('/regenerate');
    expect(newId).not.toBe(id);
    await expect(visitor.get('/visit')).resolves.toMatchObject({ user: 'ann again', visits: 1 });
    await expect(redis.admin.keys('*')).resolves.toEqual([`sess:${newId}`]);
  });

  test('a logout is not undone by a slower request that saves', async () => {
    const loaded = deferred();
    const loggedOut = deferred();
    const routes = (app) =>
      app.get('/slow', async (req, res) => {
        req.session.visits++;
        loaded.resolve();
        await loggedOut.promise;
        res.json({});
      });
    const visitor = (await start({ routes })).visitor();
    await visitor.post('/login/ann');
    const slow = visitor.get('/slow');
    await loaded.promise;
    await visitor.post('/logout');
    loggedOut.resolve();
    await expect(slow).resolves.toMatchObject({ status: 200 });
    await expect(redis.admin.dbSize()).resolves.toBe(0);
    await expect(visitor.get('/who')).resolves.toMatchObject({ user: null });
  });

  test('a stored value that cannot be parsed is an error of the request', async () => {
    const visitor = (await start()).visitor();
    const { id } = await visitor.post('/login/ann');
    await redis.admin.set(`sess:${id}`, '{broken');
    await expect(visitor.get('/who')).resolves.toMatchObject({
      status: 500,
      code: 'ERR_SESSION_PARSE',
    });
  });
});

test('stores of several middlewares serve the same sessions through one client', async () => {
  const client = redis.client();
  let visitor;
  for (const [index, [, middleware]] of lines.entries()) {
    const store = new (connectHiredis(middleware))(client);
    const app = redis.track(await startCounterApp(store, { middleware }));
    visitor = visitor ? visitor.movesTo(app) : app.visitor();
    if (index === 0) await visitor.post('/login/ann');
    await expect(visitor.get('/visit')).resolves.toMatchObject({ user: 'ann', visits: index + 1 });
  }
});
