'use strict';

// A store that is made while its client has no connection: it says so at once, and express-session
// serves requests without a session instead of waiting for a deadline each time.

const { RedisStore } = require('../..');
const { startApp } = require('../helpers/app');
const { PATIENCE, ownWatch } = require('../helpers/patience');
const { useRedis } = require('../helpers/use-redis');

const backoff = { min: 5, max: 50 };
const event = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));

const redis = useRedis();

/** A client in an outage that it has told of. */
async function clientInOutage() {
  const client = redis.client({ backoff, disconnectAfter: 50 });
  await event(client, 'ready');
  const disconnected = event(client, 'disconnect');
  await redis.server.kill();
  await disconnected;
  return client;
}

/** What a store emits from now on. */
function eventsOf(store) {
  const events = [];
  for (const name of ['connect', 'ready', 'disconnect']) {
    store.on(name, (client) => events.push([name, client]));
  }
  return events;
}

afterEach(async () => {
  if (!redis.server.process) await redis.server.start();
});

test('it emits disconnect, and connect when the outage is over', async () => {
  const client = await clientInOutage();
  const store = new RedisStore(client);
  const events = eventsOf(store);
  await event(store, 'disconnect');
  expect(events).toEqual([['disconnect', client]]);
  const connected = event(store, 'connect');
  await redis.server.restart();
  await connected;
  expect(events).toEqual([
    ['disconnect', client],
    ['connect', client],
    ['ready', client],
  ]);
  await expect(store.set('a', {})).resolves.toBe('OK');
});

test('express-session serves without a session at once, and with one when it is over', async () => {
  const store = new RedisStore(await clientInOutage());
  const app = redis.track(await startApp(store));
  const visitor = app.visitor();
  const own = ownWatch();
  await expect(visitor.get('/who')).resolves.toEqual({ status: 200, id: null, user: null });
  expect(own()).toBeLessThan(PATIENCE / 4); // the deadline is PATIENCE
  expect(store.client.stats().queueLength).toBe(0);

  const connected = event(store, 'connect');
  await redis.server.restart();
  await connected;
  await visitor.post('/login/ann');
  await expect(visitor.get('/who')).resolves.toMatchObject({ status: 200, user: 'ann' });
});

test('each store of the client hears of the outage once, whenever it was made', async () => {
  const client = redis.client({ backoff, disconnectAfter: 50 });
  await event(client, 'ready');
  const early = new RedisStore(client);
  const ofEarly = eventsOf(early);
  const disconnected = event(early, 'disconnect');
  await redis.server.kill();
  await disconnected;
  const late = new RedisStore({ client, prefix: 'b:' });
  const ofLate = eventsOf(late);
  await event(late, 'disconnect');
  const connected = event(late, 'connect');
  await redis.server.restart();
  await connected;
  await late.get('a');
  const names = (events) => events.map(([name]) => name);
  expect(names(ofEarly)).toEqual(['disconnect', 'connect', 'ready']);
  expect(names(ofLate)).toEqual(['disconnect', 'connect', 'ready']);
});

test.each([
  ['while the client connects', () => redis.client({ backoff })],
  [
    'when it is ready',
    async () => {
      const client = redis.client({ backoff });
      await event(client, 'ready');
      return client;
    },
  ],
  [
    'after an outage is over',
    async () => {
      const client = await clientInOutage();
      const ready = event(client, 'ready');
      await redis.server.restart();
      await ready;
      return client;
    },
  ],
  [
    'in a break that is no outage yet',
    async () => {
      const client = redis.client({ backoff, disconnectAfter: 25_000 });
      await event(client, 'ready');
      const broken = event(client, 'error');
      await redis.server.restart();
      await broken;
      return client;
    },
  ],
])('a store that is made %s emits no disconnect', async (_, makeClient) => {
  const store = new RedisStore(await makeClient());
  const events = eventsOf(store);
  await store.set('a', {});
  expect(events.filter(([name]) => name === 'disconnect')).toEqual([]);
});
