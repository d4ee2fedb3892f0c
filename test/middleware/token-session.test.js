'use strict';

// token-session keeps sessions by token, without cookies: here as a REST service has it.

const { promisify } = require('node:util');
const express = require('express');
const TokenSession = require('token-session');
const RedisStore = require('../..')(TokenSession);
const { serve } = require('../helpers/counter-app');
const { until } = require('../helpers/until');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const makeStore = (options) =>
  redis.track(new RedisStore({ url: redis.server.url, prefix: 'token:', ...options }));

/** token-session over the store; its methods as Promises. */
function makeSessions({ autoTouch, hackttl, ...storeOptions } = {}) {
  const store = makeStore(storeOptions);
  const sessions = new TokenSession({ store, autoTouch, hackttl });
  const method = (name) => promisify(sessions[name]).bind(sessions);
  return {
    store,
    create: method('new'),
    createFor: method('newWttl'),
    get: method('get'),
    set: method('set'),
    setFor: method('setWttl'),
    destroy: method('destroy'),
  };
}

test("the store is one of token-session's own", () => {
  expect(makeStore()).toBeInstanceOf(TokenSession.Store);
});

test('a REST service logs in, counts and logs out by token', async () => {
  const sessions = makeSessions();
  const app = express();
  const token = (req) => (req.get('authorization') ?? '').replace('Bearer ', '');
  app.post('/login/:user', async (req, res) => {
    const { sessionId } = await sessions.create({ user: req.params.user, visits: 0 });
    res.json({ token: sessionId });
  });
  app.get('/visit', async (req, res) => {
    const data = await sessions.get(token(req));
    if (!data) return res.status(401).json({});
    data.visits++;
    await sessions.set(token(req), data);
    res.json({ user: data.user, visits: data.visits });
  });
  app.post('/logout', async (req, res) => {
    await sessions.destroy(token(req));
    res.json({});
  });
  const visitor = redis.track(await serve(app)).visitor();
  const as = (login) => ({ authorization: `Bearer ${login.token}` });

  const ann = await visitor.post('/login/ann');
  const bob = await visitor.post('/login/bob');
  await visitor.get('/visit', as(ann));
  await expect(visitor.get('/visit', as(ann))).resolves.toMatchObject({ user: 'ann', visits: 2 });
  await expect(visitor.get('/visit', as(bob))).resolves.toMatchObject({ user: 'bob', visits: 1 });

  await visitor.post('/logout', as(ann));
  await expect(visitor.get('/visit', as(ann))).resolves.toMatchObject({ status: 401 });
  await expect(visitor.get('/visit', as(bob))).resolves.toMatchObject({ user: 'bob', visits: 2 });
  await expect(redis.admin.keys('*')).resolves.toEqual([`token:${bob.token}`]);
});

test('a session lives for the ttl of the store, whatever its cookie without a date says', async () => {
  const sessions = makeSessions({ ttl: 120 });
  const { sessionId } = await sessions.create({ user: 'ann' });
  await expect(sessions.get(sessionId)).resolves.toEqual({ user: 'ann', cookie: { maxAge: 0 } });
  const left = await redis.admin.pTTL(`token:${sessionId}`);
  expect(left).toBeGreaterThan(110_000);
  expect(left).toBeLessThanOrEqual(120_000);
});

test('a token that has lapsed, or never was, gives no session', async () => {
  const sessions = makeSessions();
  const { sessionId } = await sessions.create({ user: 'ann' });
  await redis.admin.pExpire(`token:${sessionId}`, -1);
  await expect(sessions.get(sessionId)).resolves.toBeNull();
  await expect(sessions.get('never-was')).resolves.toBeNull();
});

test('reading a session renews it', async () => {
  const sessions = makeSessions({ ttl: 120 });
  const { sessionId } = await sessions.create({ user: 'ann' });
  await redis.admin.pExpire(`token:${sessionId}`, 10_000);
  await sessions.get(sessionId);
  const left = () => redis.admin.pTTL(`token:${sessionId}`);
  // token-session does not wait for the touch that it sends.
  await until(async () => (await left()) > 110_000, { what: 'the touch' });
});

test('without autoTouch, reading a session does not renew it', async () => {
  const sessions = makeSessions({ ttl: 120, autoTouch: false });
  const { sessionId } = await sessions.create({ user: 'ann' });
  await redis.admin.pExpire(`token:${sessionId}`, 10_000);
  const monitor = await redis.monitor();
  await sessions.get(sessionId);
  const names = (await monitor.commands()).map(([name]) => name);
  expect(names.filter((name) => name.includes('EXPIRE'))).toEqual([]);
  await expect(redis.admin.pTTL(`token:${sessionId}`)).resolves.toBeLessThanOrEqual(10_000);
});

test('a session may be given a lifetime of its own', async () => {
  const sessions = makeSessions({ ttl: 120 });
  const { sessionId } = await sessions.createFor({ user: 'ann' }, 600);
  const left = await redis.admin.pTTL(`token:${sessionId}`);
  expect(left).toBeGreaterThan(590_000);
  expect(left).toBeLessThanOrEqual(600_000);
  expect(sessions.store.ttl).toBe(120);

  const { sessionId: other } = await sessions.create({ user: 'bob' });
  await expect(redis.admin.pTTL(`token:${other}`)).resolves.toBeLessThanOrEqual(120_000);
  await sessions.setFor(other, { user: 'bob' }, 300);
  await expect(redis.admin.pTTL(`token:${other}`)).resolves.toBeGreaterThan(290_000);
});

test('with disableTTL a token is good for ever', async () => {
  const sessions = makeSessions({ disableTTL: true });
  const { sessionId } = await sessions.create({ user: 'ann' });
  await sessions.get(sessionId);
  await expect(redis.admin.pTTL(`token:${sessionId}`)).resolves.toBe(-1);
});
