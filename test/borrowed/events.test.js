'use strict';

// What stores tell of a borrowed client: that it is connected, its errors, that an outage lasts,
// and that it is over.

const { once } = require('node:events');
const { RedisStore } = require('../..');
const { CLIENTS, clientNamed, openClient } = require('../helpers/borrowed-clients');
const { startCluster } = require('../helpers/redis-cluster');
const { startRedis } = require('../helpers/redis-server');
const { startSentinel } = require('../helpers/redis-sentinel');
const { until } = require('../helpers/until');

/** Clients that say by no event that they are connected; pools of node-redis, and: */
const SAY_NOTHING = ['node-redis 4, Cluster', 'node-redis 5, Sentinel'];
/** Where one server of several is away, the others serve: no outage; a pool tells errors alone. */
const tellsOutage = ({ name, place }) => place === 'server' && !/pool|alone/.test(name);
const tellsConnected = ({ name, place }) =>
  place !== 'memory' && !/pool|alone/.test(name) && !SAY_NOTHING.includes(name);

const rowsOf = (filter) => CLIENTS.filter(filter).map((borrowed) => [borrowed.name, borrowed]);

let server;
let cluster;
let sentinel;
beforeAll(async () => {
  [server, cluster, sentinel] = await Promise.all([startRedis(), startCluster(), startSentinel()]);
});
afterAll(() => Promise.all([server, cluster, sentinel].map((each) => each?.stop())));

const whereOf = ({ place }) => ({ server, cluster, sentinel })[place];

/** A store with all that it has told, as [event, what came with it]. */
function listen(client) {
  const store = new RedisStore({ client });
  const told = [];
  for (const event of ['connect', 'ready', 'error', 'disconnect']) {
    store.on(event, (value) => told.push([event, value]));
  }
  return { store, told, names: () => told.map(([event]) => event) };
}

test.each(rowsOf(tellsConnected))(
  '%s: a store that was there before its client is connected says connect and ready when it is',
  async (_, borrowed) => {
    const { client, connect, close } = borrowed.create(whereOf(borrowed));
    const { told, names } = listen(client);
    try {
      await connect();
      await until(() => names().includes('ready'), { what: 'ready' });
      expect(names().slice(0, 2)).toEqual(['connect', 'ready']);
      expect(told.slice(0, 2).every(([, value]) => value === client)).toBe(true);
    } finally {
      await close();
    }
  },
);

describe('when the server goes away for long, and comes back', () => {
  /** Tries again soon, for as long as it takes. */
  const soon = () => 50;
  const eager = ({ name }) =>
    /^node-redis [456]/.test(name)
      ? { socket: { reconnectStrategy: soon } }
      : { retry_strategy: soon, retryStrategy: soon };

  const telling = rowsOf(tellsOutage);
  const opened = new Map();
  const said = (name, event) =>
    until(() => opened.get(name).names().includes(event), { what: event });

  beforeAll(async () => {
    for (const [name, borrowed] of telling) {
      const { client, close } = await openClient(borrowed, server, eager(borrowed));
      opened.set(name, { client, close, ...listen(client) });
    }
    await server.kill();
    // A store that is made meanwhile is told, too, once the outage is one.
    await Promise.all(telling.map(([name]) => said(name, 'disconnect')));
    for (const each of opened.values()) {
      each.late = listen(each.client);
      each.whileAway = each.names();
    }
    await server.start();
    await Promise.all(telling.map(([name]) => said(name, 'connect')));
  });

  afterAll(async () => {
    for (const { close } of opened.values()) await close();
  });

  test.each(telling)('%s: disconnect once, and nothing of connect before', (name) => {
    const { whileAway, told, client } = opened.get(name);
    expect(whileAway.filter((event) => event !== 'error')).toEqual(['disconnect']);
    expect(told.find(([event]) => event === 'disconnect')[1]).toBe(client);
  });

  test.each(telling)('%s: errors with the client', (name) => {
    const errors = opened.get(name).told.filter(([event]) => event === 'error');
    // node-redis 3 with a strategy of the application's tells it alone.
    if (!name.startsWith('node-redis 3')) expect(errors.length).toBeGreaterThan(0);
    for (const [, error] of errors) expect(error.client).toBe(opened.get(name).client);
  });

  test.each(telling)('%s: connect and ready when it is over, and sessions work', async (name) => {
    const { store, names } = opened.get(name);
    const events = names().filter((event) => event !== 'error');
    expect(events).toEqual(['disconnect', 'connect', 'ready']);
    await expect(store.set('a', { n: 1 })).resolves.toBe('OK');
    await expect(store.get('a')).resolves.toMatchObject({ n: 1 });
  });

  test.each(telling)('%s: a store that was made in the outage is told of it', (name) => {
    const events = opened.get(name).late.names();
    expect(events.filter((event) => event !== 'error')).toEqual(['disconnect', 'connect', 'ready']);
  });
});

test('an outage that is over soon is no disconnect, unlike one that lasts', async () => {
  const [short, lasting] = await Promise.all(
    [1, 2].map(() => openClient(clientNamed('ioredis 6'), server)),
  );
  const { names } = listen(short.client);
  const lost = once(new RedisStore(lasting.client), 'disconnect');
  short.client.emit('close');
  lasting.client.disconnect();
  short.client.emit('ready');
  await lost;
  expect(names()).toEqual(['connect', 'ready']);
  await Promise.all([short.close(), lasting.close()]);
});

test('an error that nobody listens for ends nothing', async () => {
  const { client, close } = await openClient(clientNamed('node-redis 6'), server);
  client.removeAllListeners('error');
  const store = new RedisStore({ client });
  expect(() => client.emit('error', new Error('lost'))).not.toThrow();
  await expect(store.set('a', {})).resolves.toBe('OK');
  await close();
});

test('an error that is a string comes as an Error with the client', async () => {
  const { client, close } = await openClient(clientNamed('node-redis 6, Sentinel'), sentinel);
  const { told } = listen(client);
  client.emit('error', 'no master');
  expect(told).toEqual([['error', expect.any(Error)]]);
  expect(told[0][1]).toMatchObject({ message: 'no master', client });
  await close();
});

describe('many stores on one client', () => {
  const names = ['ready', 'connect', 'error', 'end', 'close', 'reconnecting', 'disconnect'];
  const count = (client) => names.map((name) => client.listenerCount(name));

  test.each(rowsOf(({ place, name }) => place !== 'memory' && !name.endsWith('alone')))(
    '%s gets the listeners of one, and is left open by each',
    async (_, borrowed) => {
      const { client, close } = await openClient(borrowed, whereOf(borrowed));
      try {
        const first = new RedisStore(client);
        const listeners = count(client);
        const stores = Array.from({ length: 30 }, (_each, n) =>
          n % 2 ? new RedisStore(client) : new RedisStore({ client, prefix: `p${n}:` }),
        );
        expect(count(client)).toEqual(listeners);
        for (const store of stores) await store.close();
        await expect(first.set('a', { n: 1 })).resolves.toBe('OK');
        await expect(first.get('a')).resolves.toMatchObject({ n: 1 });
      } finally {
        await close();
      }
    },
  );
});
