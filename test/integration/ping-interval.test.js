'use strict';

// The option `pingInterval`: an idle connection is asked whether it still stands, a busy one not.

const { setTimeout: pause } = require('node:timers/promises');
const { RedisStore, createClient } = require('../..');
const { inTheEnd } = require('../helpers/patience');
const { until } = require('../helpers/until');
const { useRedis } = require('../helpers/use-redis');

const backoff = { min: 5, max: 50 };
const event = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));

// A server that a failing test left stopped would hold up all that follow.
afterEach(() => redis.server.kill('SIGCONT'));

const redis = useRedis();

/** A ready client, and how often the server was asked PING since. */
async function watch(options) {
  const client = redis.client(options);
  await event(client, 'ready');
  const monitor = await redis.monitor();
  let pings = 0;
  return {
    client,
    async pings() {
      for (const [name] of await monitor.commands()) pings += name === 'PING';
      return pings;
    },
  };
}

test('an idle connection is asked PING, again and again', async () => {
  const { client, pings } = await watch({ pingInterval: 30 });
  const began = performance.now();
  await until(async () => (await pings()) >= 4, { what: 'four times PING' });
  expect(performance.now() - began).toBeGreaterThan(90);
  expect(client.stats()).toMatchObject({ state: 'ready', reconnections: 0, errors: {} });
});

test('a connection with traffic is not, before it is idle again', async () => {
  const pingInterval = 1000;
  const { client, pings } = await watch({ pingInterval });
  const store = new RedisStore(client);
  const end = performance.now() + 1.5 * pingInterval;
  let pauses = 1; // between answers, that are as long; the first begins before the first of them
  for (let last = performance.now(); last < end;) {
    await store.get('a');
    const now = performance.now();
    // A busy machine may let it idle.
    if (now - last >= 0.9 * pingInterval) pauses++;
    last = now;
    await pause(20);
  }
  expect(await pings()).toBeLessThan(pauses);
  await until(pings, { what: 'PING' });
});

test.each([[{}], [{ pingInterval: false }], [{ pingInterval: undefined }]])(
  'with %p it is never asked',
  async (options) => {
    const client = redis.client(options);
    await event(client, 'ready');
    const { bytesSent } = client.stats();
    // Another one, which is asked, tells that the time for it has come.
    const other = await watch({ pingInterval: 20 });
    await until(async () => (await other.pings()) >= 3, { what: 'three times PING' });
    expect(client.stats().bytesSent).toBe(bytesSent);
  },
);

test('what does not answer within commandTimeout is replaced, though nobody waits', async () => {
  const client = redis.client({ pingInterval: 30, commandTimeout: 500, backoff });
  await event(client, 'ready');
  let error;
  client.once('error', (reason) => (error = reason));
  await redis.server.kill('SIGSTOP');
  await until(() => error, { what: 'an error' });
  expect(error).toMatchObject({
    code: 'ERR_REDIS_TIMEOUT',
    message: 'Redis answered nothing for 500 ms: the connection is replaced',
  });
  await redis.server.kill('SIGCONT');
  await until(() => client.state === 'ready', { what: 'ready' });
  await expect(inTheEnd(() => new RedisStore(client).set('a', {}))).resolves.toBe('OK');
});

test('a user who may not ask it is served all the same', async () => {
  await redis.admin.sendCommand(['ACL', 'SETUSER', 'ann', 'on', 'nopass', '~*', '+@all', '-ping']);
  const { client } = await watch({
    credentials: () => ({ username: 'ann', password: '' }),
    pingInterval: 20,
  });
  const { bytesReceived } = client.stats();
  await until(() => client.stats().bytesReceived > bytesReceived + 200, { what: 'refusals' });
  expect(client.stats()).toMatchObject({ state: 'ready', reconnections: 0, errors: {} });
});

test('closing while it is out waits for the answer at most', async () => {
  const client = redis.client({ pingInterval: 5, commandTimeout: 300 });
  await event(client, 'ready');
  await redis.server.kill('SIGSTOP');
  const { bytesSent } = client.stats();
  await until(() => client.stats().bytesSent > bytesSent, { what: 'PING' });
  await client.close();
  expect(client.state).toBe('closed');
});

test.each([[0], [-1], [1.5], ['5 s'], [NaN], [Infinity], [2 ** 31], [true], [null], [5n], [[5]]])(
  'pingInterval: %p is refused by name',
  (pingInterval) => {
    for (const construct of [createClient, (options) => new RedisStore(options)]) {
      expect(() => construct({ host: '127.0.0.1', pingInterval }).close()).toThrow(
        expect.objectContaining({
          name: 'TypeError',
          code: 'ERR_INVALID_ARG_TYPE',
          message: expect.stringContaining('"pingInterval"'),
        }),
      );
    }
  },
);
