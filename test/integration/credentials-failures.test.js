'use strict';

// A function given as `credentials` that is of no use: whatever it does is told as an error, in
// bounded time, without anything of what it gave; and it is asked again.

const { inspect } = require('node:util');
const { RedisStore, createClient } = require('../..');
const { failure } = require('../helpers/outcome');
const { deferred, until } = require('../helpers/until');
const { useRedis } = require('../helpers/use-redis');

const SECRET = 'hunter2-is-planted';
const backoff = { min: 5, max: 20 };
const event = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));
const everything = { depth: Infinity, showHidden: true, getters: false };
const later = () => Date.now() + 60_000;

const redis = useRedis();

describe('is ERR_REDIS_CREDENTIALS with the reason as cause when it', () => {
  test.each([
    ['returns nothing', () => undefined],
    ['returns null', () => null],
    ['returns the password itself', () => SECRET],
    ['promises the password itself', async () => SECRET],
    ['returns a number', () => 7],
    ['returns a function', () => () => ({ password: SECRET })],
    ['leaves out the password', () => ({ username: SECRET })],
    ['gives a password that is null', () => ({ username: SECRET, password: null })],
    ['gives a Buffer', () => ({ password: Buffer.from(SECRET) })],
    ['gives the password in an array', () => ({ password: [SECRET] })],
    ['gives a password that is not well-formed', () => ({ password: `${SECRET}\ud800` })],
    ['gives a username that is a number', () => ({ username: 7, password: SECRET })],
    ['gives a username that is an object', () => ({ username: { SECRET }, password: SECRET })],
    ['gives a username that is not well-formed', () => ({ username: '\udc00', password: SECRET })],
    ['gives an expiry in words', () => ({ password: SECRET, expiresAt: 'tomorrow' })],
    ['gives an expiry as a string', () => ({ password: SECRET, expiresAt: String(later()) })],
    [
      'gives an expiry as an ISO string',
      () => ({ password: SECRET, expiresAt: new Date(later()).toISOString() }),
    ],
    ['gives an expiry that is a BigInt', () => ({ password: SECRET, expiresAt: BigInt(later()) })],
    ['gives an expiry that is NaN', () => ({ password: SECRET, expiresAt: NaN })],
    ['gives an expiry that is Infinity', () => ({ password: SECRET, expiresAt: Infinity })],
    ['gives an expiry that is no Date', () => ({ password: SECRET, expiresAt: new Date(NaN) })],
    ['gives an expiry that is true', () => ({ password: SECRET, expiresAt: true })],
    ['gives some that have expired', () => ({ password: SECRET, expiresAt: Date.now() - 1 })],
    ['gives some that expired at the epoch', () => ({ password: SECRET, expiresAt: new Date(0) })],
  ])('%s', async (_, credentials) => {
    const store = redis.store({ backoff, credentials });
    const error = await event(store, 'error');
    expect(error).toMatchObject({
      code: 'ERR_REDIS_CREDENTIALS',
      message: 'The function given as "credentials" failed',
    });
    expect(error.client).toBe(store.client);
    expect(error.cause).toBeInstanceOf(TypeError);
    expect(error.cause.code).toBe('ERR_INVALID_ARG_TYPE');
    expect(error.cause.message).toMatch(/^The function given as "credentials" /);
    for (const what of [error, error.cause, store, store.client, store.client.stats()]) {
      expect(inspect(what, everything)).not.toContain(SECRET);
    }
    expect(JSON.stringify({ ...error, cause: error.cause.message })).not.toContain(SECRET);
    expect(store.client.state).not.toBe('ready');
  });

  const reason = new Error('there is no token');
  test.each([
    [
      'throws',
      () => {
        throw reason;
      },
    ],
    [
      'rejects',
      async () => {
        throw reason;
      },
    ],
    ['rejects later', () => new Promise((_, reject) => setImmediate(reject, reason))],
    [
      'gives something whose then throws',
      () => ({
        then() {
          throw reason;
        },
      }),
    ],
    [
      'gives something whose password throws',
      () => ({
        get password() {
          throw reason;
        },
      }),
    ],
  ])('%s', async (_, credentials) => {
    const client = redis.client({ backoff, credentials });
    const error = await event(client, 'error');
    expect(error).toHaveProperty('code', 'ERR_REDIS_CREDENTIALS');
    expect(error.cause).toBe(reason);
  });
});

test.each([
  [
    'throws undefined',
    () => {
      throw undefined;
    },
  ],
  ['rejects with null', () => Promise.reject(null)],
])('one that %s is an error without a cause', async (_, credentials) => {
  const client = redis.client({ backoff, credentials });
  const error = await event(client, 'error');
  expect(error.code).toBe('ERR_REDIS_CREDENTIALS');
  expect(error.cause).toBeUndefined();
});

test('an operation that waits for it in vain fails inside its deadline and says why', async () => {
  const store = redis.store({
    backoff,
    commandTimeout: 1000,
    credentials: async () => Promise.reject(new Error('no')),
  });
  await expect(failure((callback) => store.get('a', callback))).resolves.toMatchObject({
    code: 'ERR_REDIS_TIMEOUT',
    cause: { code: 'ERR_REDIS_CREDENTIALS' },
  });
});

test('without a listener a failure ends nothing', async () => {
  let calls = 0;
  const client = redis.client({
    backoff,
    credentials() {
      if (++calls < 4) throw new Error('no');
      return { password: '', username: 'default' };
    },
  });
  await event(client, 'ready');
  expect(calls).toBe(4);
  expect(client.stats().errors).toEqual({ ERR_REDIS_CREDENTIALS: 3 });
});

test('one that never answers is a timeout that names it; then it is asked again', async () => {
  let calls = 0;
  const client = redis.client({
    backoff,
    connectTimeout: 1000,
    credentials: () =>
      ++calls === 1 ? new Promise(() => {}) : { username: 'default', password: '' },
  });
  const began = performance.now();
  await expect(event(client, 'error')).resolves.toMatchObject({
    code: 'ETIMEDOUT',
    message: 'The function given as "credentials" did not answer within 1000 ms',
  });
  expect(performance.now() - began).toBeGreaterThan(990);
  await event(client, 'ready');
  expect(calls).toBe(2);
});

test('what comes too late for one connection serves the next', async () => {
  const calls = [];
  const client = redis.client({
    backoff,
    connectTimeout: 1000,
    credentials() {
      calls.push(deferred());
      return calls.at(-1).promise;
    },
  });
  await event(client, 'error');
  calls[0].resolve({ username: 'default', password: '' });
  await event(client, 'ready');
  expect(calls).toHaveLength(1);
  expect(client.stats().errors).toEqual({ ETIMEDOUT: 1 });
});

test('what is refused too late is for nobody', async () => {
  const calls = [];
  const client = redis.client({
    backoff,
    connectTimeout: 1000,
    credentials() {
      calls.push(deferred());
      return calls.at(-1).promise;
    },
  });
  client.on('error', () => {});
  await until(() => calls.length === 2, { what: 'a second call' });
  calls[0].reject(new Error('too late'));
  await new Promise(setImmediate);
  calls[1].resolve({ username: 'default', password: '' });
  await event(client, 'ready');
  expect(calls).toHaveLength(2);
  expect(Object.keys(client.stats().errors)).toEqual(['ETIMEDOUT']);
});

test.each([
  ['given', (resolve) => resolve({ username: 'default', password: '' })],
  ['refused', (_, reject) => reject(new Error('too late'))],
])('what is %s after the client was closed is for nobody', async (_, settle) => {
  let end;
  const client = createClient({
    url: redis.server.url,
    credentials: () => new Promise((resolve, reject) => (end = () => settle(resolve, reject))),
  });
  const errors = [];
  client.on('error', (error) => errors.push(error));
  await until(() => end, { what: 'the call' });
  await client.close();
  end();
  await new Promise(setImmediate);
  expect(client.state).toBe('closed');
  expect(errors).toEqual([]);
});

test('one that closes the client is the last that happens', async () => {
  let calls = 0;
  const client = createClient({
    url: redis.server.url,
    credentials() {
      calls++;
      client.close();
      return { username: 'default', password: '' };
    },
  });
  await event(client, 'close');
  expect(calls).toBe(1);
});

describe('together with other credentials it is refused by name:', () => {
  const credentials = () => ({ password: SECRET });
  test.each([
    [{ username: 'ann' }, /"credentials".*"username"|"username".*"credentials"/],
    [{ pass: SECRET }, /"credentials".*"pass"|"pass".*"credentials"/],
    [{ password: SECRET }, /"credentials".*"password"|"password".*"credentials"/],
    [{ host: undefined, url: `redis://:${SECRET}@127.0.0.1:1` }, /"credentials".*"url"/],
    [{ host: undefined, url: `redis://ann@127.0.0.1:1` }, /"credentials".*"url"/],
    [{ host: undefined, url: `redis://ann:${SECRET}@127.0.0.1:1` }, /"credentials".*"url"/],
  ])('%p', (options, names) => {
    for (const construct of [createClient, (given) => new RedisStore(given)]) {
      let error;
      try {
        construct({ host: '127.0.0.1', credentials, ...options }).close();
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(TypeError);
      expect(error.code).toBe('ERR_INVALID_ARG_TYPE');
      expect(error.message).toMatch(names);
      expect(inspect(error, everything)).not.toContain(SECRET);
    }
  });

  test.each([[{ password: SECRET }], [SECRET], [true], [null], [Promise.resolve({})]])(
    'and so is what is no function: %p',
    (wrong) => {
      expect(() => createClient({ credentials: wrong }).close()).toThrow(
        expect.objectContaining({
          code: 'ERR_INVALID_ARG_TYPE',
          message: 'The "credentials" option must be a function that returns credentials',
        }),
      );
    },
  );
});
