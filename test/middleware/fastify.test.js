'use strict';

// @fastify/session takes the stores of express-session: a real Fastify application, in a process
// of its own.

const path = require('node:path');
const plugin = require('@fastify/session');
const connectHiredis = require('../..');
const { forkApp } = require('../helpers/forked-app');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const APP = path.join(__dirname, 'fixtures/fastify-app.js');

/** @param {{ store?: object, cookie?: object, bound?: boolean }} [options] */
async function start({ store = {}, cookie = { maxAge: 60_000 }, bound } = {}) {
  return redis.track(
    await forkApp(APP, {
      store: { url: redis.server.url, ...store },
      session: { cookie: { secure: false, ...cookie } },
      bound,
    }),
  );
}

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
  await expect(redis.admin.exists(`sess:${id}`)).resolves.toBe(0);
});

test('a visitor stays logged in when the application starts again', async () => {
  const first = await start();
  const visitor = first.visitor();
  await visitor.post('/login/ann');
  await first.close();
  const again = visitor.movesTo(await start());
  await expect(again.get('/visit')).resolves.toMatchObject({ user: 'ann', visits: 1 });
});

test('a session expires in Redis with its cookie', async () => {
  const visitor = (await start()).visitor();
  const { id } = await visitor.post('/login/ann');
  const [, expires] = visitor.setCookie.match(/Expires=([^;]+)/);
  const keyExpires = await redis.admin.pExpireTime(`sess:${id}`);
  // The cookie has whole seconds.
  expect(Math.abs(keyExpires - new Date(expires))).toBeLessThan(2000);

  await redis.admin.pExpire(`sess:${id}`, -1);
  await expect(visitor.get('/visit')).resolves.toMatchObject({ status: 200, user: null });
});

test('each request renews a rolling session, in Redis and in the cookie', async () => {
  const visitor = (await start()).visitor();
  const { id } = await visitor.post('/login/ann');
  await redis.admin.pExpire(`sess:${id}`, 10_000);
  const { isDate, expires } = await visitor.get('/who');
  expect(isDate).toBe(true);
  expect(new Date(expires) - Date.now()).toBeGreaterThan(50_000);
  await expect(redis.admin.pTTL(`sess:${id}`)).resolves.toBeGreaterThan(50_000);
  expect(visitor.setCookie).toMatch(/Expires=/);
});

test('a session kept alive by its key alone is not taken for an expired one', async () => {
  const visitor = (await start()).visitor();
  const { id } = await visitor.post('/login/ann');
  // What a session looks like that was written long ago and touched ever since.
  const stored = JSON.parse(await redis.admin.get(`sess:${id}`));
  const past = new Date(Date.now() - 60_000).toISOString();
  Object.assign(stored.cookie, { expires: past, originalExpires: past });
  await redis.admin.set(`sess:${id}`, JSON.stringify(stored), { KEEPTTL: true });
  await expect(visitor.get('/who')).resolves.toMatchObject({ id, user: 'ann' });
});

test('a fixed expiry given as a Date ends the session at that moment', async () => {
  const expires = new Date(Date.now() + 90_000);
  const visitor = (await start({ cookie: { expires } })).visitor();
  const { id } = await visitor.post('/login/ann');
  await visitor.get('/visit');
  await expect(visitor.get('/visit')).resolves.toMatchObject({ user: 'ann', visits: 2 });
  const keyExpires = await redis.admin.pExpireTime(`sess:${id}`);
  expect(Math.abs(keyExpires - expires)).toBeLessThan(2000);
});

test('a session whose cookie has no expiry lives as long as ttl says', async () => {
  const visitor = (await start({ store: { ttl: 120 }, cookie: {} })).visitor();
  const { id } = await visitor.post('/login/ann');
  await expect(visitor.get('/visit')).resolves.toMatchObject({ user: 'ann', visits: 1 });
  expect(visitor.setCookie).not.toMatch(/Expires=/);
  const left = await redis.admin.pTTL(`sess:${id}`);
  expect(left).toBeGreaterThan(110_000);
  expect(left).toBeLessThanOrEqual(120_000);
});

test('a session that was destroyed after its request saved it is not brought back', async () => {
  const visitor = (await start()).visitor();
  await visitor.post('/login/ann');
  const { id } = await visitor.post('/saved-and-destroyed');
  await expect(redis.admin.exists(`sess:${id}`)).resolves.toBe(0);
  await expect(visitor.get('/visit')).resolves.toMatchObject({ user: null });
});

test('regenerate moves the data to a new id and ends the old one', async () => {
  const visitor = (await start()).visitor();
  const { id } = await visitor.post('/login/ann');
  const { id: newId } = await visitor.post('/regenerate');
  expect(newId).not.toBe(id);
  await expect(visitor.get('/visit')).resolves.toMatchObject({ user: 'ann', visits: 1 });
  await expect(redis.admin.keys('*')).resolves.toEqual([`sess:${newId}`]);
});

test('reload shows what was saved meanwhile', async () => {
  const visitor = (await start()).visitor();
  await visitor.post('/login/ann');
  await expect(visitor.post('/reload')).resolves.toMatchObject({ status: 200, user: 'eve' });
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

test('the factory gives a store of the plugin', async () => {
  const Bound = connectHiredis(plugin);
  expect(redis.track(new Bound({ url: redis.server.url }))).toBeInstanceOf(plugin.Store);
  expect(Bound).not.toBe(connectHiredis.RedisStore);

  const visitor = (await start({ bound: true })).visitor();
  await visitor.post('/login/ann');
  await expect(visitor.get('/visit')).resolves.toMatchObject({ user: 'ann', visits: 1 });
});
