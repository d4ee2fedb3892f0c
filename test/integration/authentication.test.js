'use strict';

// User names and passwords: those that are right get in, those that are wrong are told and hidden.

const { inspect } = require('node:util');
const { RedisStore, createClient } = require('../..');
const { useRedis } = require('../helpers/use-redis');
const { failure } = require('../helpers/outcome');

// Every character that a URL or RESP could stumble over.
const PASS = 'p@ss:w/rd%? #é€';
const USER = 'web/user@app:%é';
const ACL_PASS = 'tok en/@:%25';

const redis = useRedis({
  tcp: true,
  args: ['--requirepass', PASS],
  admin: { password: PASS },
});

beforeAll(async () => {
  const rules = ['on', `>${ACL_PASS}`, '~*', '&*', '+@all', '-@dangerous'];
  await redis.admin.sendCommand(['ACL', 'SETUSER', USER, ...rules]);
});

const encoded = encodeURIComponent;

test.each([
  ['pass', ({ port }) => ({ port, pass: PASS })],
  ['password', ({ port }) => ({ port, password: PASS })],
  ['username default and pass', ({ port }) => ({ port, username: 'default', pass: PASS })],
  ['the password of a url', ({ port }) => ({ url: `redis://:${encoded(PASS)}@127.0.0.1:${port}` })],
  [
    'user and password of a url object',
    ({ port }) => ({ url: new URL(`redis://default:${encoded(PASS)}@127.0.0.1:${port}/1`) }),
  ],
  ['an ACL user and pass', ({ port }) => ({ port, username: USER, pass: ACL_PASS })],
  [
    'an ACL user in a url',
    ({ port }) => ({
      url: `redis://${encoded(USER)}:${encoded(ACL_PASS)}@127.0.0.1:${port}/2`,
    }),
  ],
])('a store gets in by %s', async (_, options) => {
  const store = redis.track(new RedisStore(options(redis.server)));
  await expect(store.access.set('in', { user: 'ann' })).resolves.toBe(true);
  await expect(store.access.get('in')).resolves.toEqual({ user: 'ann' });
});

test('a user without @dangerous can do all that a store does', async () => {
  const { port } = redis.server;
  const store = redis.track(new RedisStore({ port, username: USER, pass: ACL_PASS, db: 4 }));
  const data = { user: 'ann', cookie: { expires: null } };
  await expect(store.set('a', data)).resolves.toBe('OK');
  await expect(store.touch('a', data)).resolves.toBe('OK');
  await expect(store.get('a')).resolves.toEqual(data);
  await expect(store.ids()).resolves.toEqual(['a']);
  await expect(store.length()).resolves.toBe(1);
  await expect(store.all()).resolves.toEqual([{ ...data, id: 'a' }]);
  await expect(store.clear()).resolves.toBe(1);
  await expect(store.destroy('a')).resolves.toBe(0);
});

describe('a wrong password', () => {
  const WRONG = 'hunter2-is-wrong';

  /** The first error event of `emitter`. */
  const firstError = (emitter) => new Promise((resolve) => emitter.once('error', resolve));

  test('is reported by an error event of the client', async () => {
    const client = redis.track(createClient({ port: redis.server.port, pass: WRONG }));
    await expect(firstError(client)).resolves.toMatchObject({
      code: 'ERR_REDIS_REPLY',
      reply: 'WRONGPASS',
    });
  });

  test('is reported by an error event of the store, with the client', async () => {
    const store = redis.track(new RedisStore({ port: redis.server.port, pass: WRONG }));
    const error = await firstError(store);
    expect(error).toMatchObject({ code: 'ERR_REDIS_REPLY', reply: 'WRONGPASS' });
    expect(error.client).toBe(store.client);
  });

  test('fails an operation inside its deadline', async () => {
    const options = { port: redis.server.port, pass: WRONG, commandTimeout: 300 };
    const store = redis.track(new RedisStore(options));
    const error = await failure((callback) => store.get('a', callback));
    expect(['ERR_REDIS_REPLY', 'ERR_REDIS_TIMEOUT']).toContain(error.code);
  });

  test.each([
    ['as an option', (port) => ({ port, username: USER, pass: WRONG })],
    ['in a url', (port) => ({ url: `redis://${encoded(USER)}:${WRONG}@127.0.0.1:${port}` })],
  ])('given %s is in no message and no inspection', async (_, options) => {
    const store = redis.track(
      new RedisStore({ ...options(redis.server.port), commandTimeout: 300 }),
    );
    const reported = firstError(store);
    const failed = failure((callback) => store.get('a', callback));
    const everything = { depth: Infinity, showHidden: true };
    for (const what of [await reported, await failed, store, store.client, store.access]) {
      expect(inspect(what)).not.toContain(WRONG);
      expect(inspect(what, everything)).not.toContain(WRONG);
    }
  });

  test('is tried again, and works once the server accepts it', async () => {
    const { port } = redis.server;
    const backoff = { min: 10, max: 50 };
    const store = redis.track(
      new RedisStore({ port, username: 'late', pass: 'comes-later', backoff }),
    );
    await firstError(store);
    const rules = ['on', '>comes-later', '~*', '&*', '+@all'];
    await redis.admin.sendCommand(['ACL', 'SETUSER', 'late', ...rules]);
    await expect(store.access.set('in', {})).resolves.toBe(true);
  });
});

test('a missing password is an error that says so', async () => {
  const store = redis.track(new RedisStore({ port: redis.server.port, commandTimeout: 500 }));
  const error = await failure((callback) => store.get('a', callback));
  if (error.code !== 'ERR_REDIS_TIMEOUT') {
    expect(error).toMatchObject({ code: 'ERR_REDIS_REPLY', reply: 'NOAUTH' });
  }
});
