'use strict';

// A real Express 5 application with express-session over the store, seen from the outside.

const { RedisStore, createClient } = require('../..');
const { startApp } = require('../helpers/app');
const { until } = require('../helpers/until');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const forms = [
  ['new RedisStore(createClient())', (url) => new RedisStore(redis.track(createClient(url)))],
  [
    'new RedisStore({ client })',
    (url) => new RedisStore({ client: redis.track(createClient({ url })) }),
  ],
  ['new RedisStore({ url })', (url) => new RedisStore({ url })],
];

const start = async (store, options) => redis.track(await startApp(redis.track(store), options));

describe.each(forms)('%s', (_, makeStore) => {
  test('serves an application from login to logout', async () => {
    const store = makeStore(redis.server.url);
    const app = await start(store);
    const ann = app.visitor();
    const bob = app.visitor();

    const { id } = await ann.post('/login/ann');
    await bob.post('/login/bob');
    await expect(ann.get('/who')).resolves.toEqual({ status: 200, id, user: 'ann' });
    await expect(bob.get('/who')).resolves.toMatchObject({ user: 'bob' });
    await expect(store.access.get(id)).resolves.toMatchObject({ user: 'ann' });
    await expect(redis.admin.dbSize()).resolves.toBe(2);

    await ann.post('/logout');
    await expect(ann.get('/who')).resolves.toMatchObject({ status: 200, user: null });
    await expect(bob.get('/who')).resolves.toMatchObject({ user: 'bob' });
    await expect(store.access.get(id)).resolves.toBeNull();
  });
});

test('a visitor stays logged in when the application starts again', async () => {
  const first = await startApp(redis.store());
  const visitor = first.visitor();
  await visitor.post('/login/ann');
  await first.close();

  const second = await start(redis.store());
  const sameVisitor = second.visitor();
  sameVisitor.cookie = visitor.cookie;
  await expect(sameVisitor.get('/who')).resolves.toMatchObject({ user: 'ann' });
});

test('two processes worth of stores serve the same visitor in turn', async () => {
  const apps = [await start(redis.store()), await start(redis.store())];
  const visitors = apps.map((app) => app.visitor());
  await visitors[0].post('/login/ann');
  visitors[1].cookie = visitors[0].cookie;
  await expect(visitors[1].get('/who')).resolves.toMatchObject({ user: 'ann' });
  await visitors[1].post('/logout');
  await expect(visitors[0].get('/who')).resolves.toMatchObject({ user: null });
});

test('regenerate moves the data to a new id and ends the old one', async () => {
  const app = await start(redis.store());
  const visitor = app.visitor();
  const { id: oldId } = await visitor.post('/login/ann');
  const { id: newId } = await visitor.post('/regenerate');
  expect(newId).not.toBe(oldId);
  await expect(visitor.get('/who')).resolves.toMatchObject({ id: newId, user: 'ann' });
  await expect(redis.admin.keys('*')).resolves.toEqual([`sess:${newId}`]);
});

test('a request that changes nothing renews the expiry without writing the session', async () => {
  const app = await start(redis.store());
  const visitor = app.visitor();
  const { id } = await visitor.post('/login/ann');
  await redis.admin.pExpire(`sess:${id}`, 10_000);
  const monitor = await redis.monitor();

  await visitor.get('/who');
  const left = await redis.admin.pTTL(`sess:${id}`);
  expect(left).toBeGreaterThan(50_000);
  expect(left).toBeLessThanOrEqual(60_000);
  expect((await monitor.commands()).map(([name]) => name)).not.toContain('SET');
});

test('a request sees the expiry that the touches before it gave the session', async () => {
  const app = await start(redis.store());
  const visitor = app.visitor();
  const { id } = await visitor.post('/login/ann');
  // As if the last touch had been 50 seconds ago: the JSON says another time.
  await redis.admin.pExpire(`sess:${id}`, 10_000);
  const { expires, maxAge } = await visitor.get('/cookie');
  const left = new Date(expires) - Date.now();
  expect(left).toBeGreaterThan(5_000);
  expect(left).toBeLessThanOrEqual(10_000);
  expect(maxAge).toBe(60_000);
});

test('an explicit save after touches keeps a session that its JSON calls expired', async () => {
  const app = await start(redis.store());
  const visitor = app.visitor();
  const { id } = await visitor.post('/login/ann');
  // What a session looks like that was written long ago and touched ever since.
  const stored = JSON.parse(await redis.admin.get(`sess:${id}`));
  stored.cookie.expires = new Date(Date.now() - 60_000).toISOString();
  await redis.admin.set(`sess:${id}`, JSON.stringify(stored), { KEEPTTL: true });

  await expect(visitor.post('/save')).resolves.toMatchObject({ status: 200, id });
  await expect(visitor.get('/who')).resolves.toMatchObject({ id, user: 'ann' });
});

test('rolling sessions renew the cookie with each response', async () => {
  const app = await start(redis.store(), { session: { rolling: true } });
  const visitor = app.visitor();
  const { id } = await visitor.post('/login/ann');
  await redis.admin.pExpire(`sess:${id}`, 10_000);

  await visitor.get('/who');
  const expires = new Date(visitor.setCookie.match(/Expires=([^;]+)/)[1]);
  expect(expires - Date.now()).toBeGreaterThan(50_000);
  await expect(redis.admin.pTTL(`sess:${id}`)).resolves.toBeGreaterThan(50_000);
});

test('a session whose cookie has no expiry lives as long as ttl says', async () => {
  const app = await start(redis.store({ ttl: 120 }), { session: { cookie: {} } });
  const visitor = app.visitor();
  const { id } = await visitor.post('/login/ann');
  const left = await redis.admin.pTTL(`sess:${id}`);
  expect(left).toBeGreaterThan(110_000);
  expect(left).toBeLessThanOrEqual(120_000);

  await expect(visitor.get('/cookie')).resolves.toEqual({
    status: 200,
    expires: null,
    maxAge: null,
  });
});

test('reload shows what another request saved meanwhile', async () => {
  const store = redis.store();
  const app = await start(store, {
    routes(routed) {
      routed.post('/reload', async (req, res, next) => {
        const changed = JSON.parse(JSON.stringify(req.session));
        await store.access.set(req.sessionID, { ...changed, user: 'eve' });
        req.session.reload((error) => (error ? next(error) : res.json({ user: req.session.user })));
      });
    },
  });
  const visitor = app.visitor();
  await visitor.post('/login/ann');
  await expect(visitor.post('/reload')).resolves.toMatchObject({ status: 200, user: 'eve' });
  await expect(visitor.get('/who')).resolves.toMatchObject({ user: 'eve' });
});

test('a session that cannot be parsed reaches the error handler, and stays stored', async () => {
  const app = await start(redis.store());
  const visitor = app.visitor();
  const { id } = await visitor.post('/login/ann');
  await redis.admin.set(`sess:${id}`, '{broken');
  await expect(visitor.get('/who')).resolves.toMatchObject({
    status: 500,
    code: 'ERR_SESSION_PARSE',
  });
  await expect(redis.admin.get(`sess:${id}`)).resolves.toBe('{broken');
});

test('a store given a client leaves the client open when it closes', async () => {
  const client = redis.client();
  const [first, second] = [new RedisStore(client), new RedisStore({ client, prefix: 'b:' })];
  await first.access.set('a', { user: 'ann' });
  await first.close();
  await expect(second.access.set('a', { user: 'bob' })).resolves.toBe(true);
  await expect(second.access.get('a')).resolves.toEqual({ user: 'bob' });
  await expect(new RedisStore(client).access.get('a')).resolves.toEqual({ user: 'ann' });
});

test('a store that made its client closes it', async () => {
  const store = redis.store({ clientName: 'owned' });
  await store.access.get('a');
  const isConnected = async () =>
    /name=owned/.test(await redis.admin.sendCommand(['CLIENT', 'LIST']));
  await expect(isConnected()).resolves.toBe(true);
  const { client } = store;
  await store.close();
  expect(client.state).toBe('closed');
  await until(async () => !(await isConnected()), { what: 'the end of its connection' });
});
