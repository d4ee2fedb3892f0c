'use strict';

// Every way of saying where the server is leads to that server.

const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const session = require('express-session');
const connectHiredis = require('../..');
const { useRedis } = require('../helpers/use-redis');

const { RedisStore, createClient } = connectHiredis;

/** Proves that `store` works on database `db` of the server that `admin` looks at. */
async function expectServedBy(admin, store, { db = 0 } = {}) {
  await expect(store.access.set('here', { user: 'ann' })).resolves.toBe(true);
  await expect(store.access.get('here')).resolves.toEqual({ user: 'ann' });
  await admin.select(db);
  await expect(admin.get('sess:here')).resolves.toBe('{"user":"ann"}');
  await admin.select(0);
}

describe('over a unix socket', () => {
  const redis = useRedis();

  test('new RedisStore(client) uses that client', async () => {
    const client = redis.client();
    const store = redis.track(new RedisStore(client));
    expect(store.client).toBe(client);
    await expectServedBy(redis.admin, store);
  });

  test('new RedisStore({ client }) uses that client', async () => {
    const client = redis.client();
    const store = redis.track(new RedisStore({ client }));
    expect(store.client).toBe(client);
    await expectServedBy(redis.admin, store);
  });

  test.each([
    ['url with one slash', ({ socket }) => ({ url: `unix:${socket}` })],
    ['url with three slashes', ({ socket }) => ({ url: `unix://${socket}` })],
    ['url as a URL object', ({ socket }) => ({ url: new URL(`unix:${socket}`) })],
    ['socket', ({ socket }) => ({ socket })],
    ['path', ({ socket }) => ({ path: socket })],
  ])('new RedisStore connects by %s', async (_, options) => {
    const store = redis.track(new RedisStore(options(redis.server)));
    await expectServedBy(redis.admin, store);
  });

  test.each([
    ['db', ({ socket }) => ({ socket, db: 3 })],
    ['database', ({ socket }) => ({ socket, database: 3 })],
    ['the query of a unix: url', ({ socket }) => ({ url: `unix:${socket}?db=3` })],
  ])('%s chooses the database', async (_, options) => {
    const store = redis.track(new RedisStore(options(redis.server)));
    await expectServedBy(redis.admin, store, { db: 3 });
    await expect(redis.admin.get('sess:here')).resolves.toBeNull();
  });

  test('a percent-encoded path in a unix: url is decoded', async () => {
    const link = path.join(redis.server.dir, 'a b%c.sock');
    fs.symlinkSync(redis.server.socket, link);
    const url = `unix:${link.replace('%', '%25').replace(' ', '%20')}`;
    await expectServedBy(redis.admin, redis.track(new RedisStore({ url })));
  });

  test('an option that is undefined counts as not given', async () => {
    const { socket } = redis.server;
    const absent = { url: undefined, client: undefined, host: undefined, ttl: undefined };
    const store = redis.track(new RedisStore({ socket, ...absent }));
    expect(store.ttl).toBe(86400);
    await expectServedBy(redis.admin, store);
  });

  test('the connection introduces itself by clientName', async () => {
    const names = async () =>
      (await redis.admin.sendCommand(['CLIENT', 'LIST'])).match(/ name=\S*/g).sort();
    const stores = [redis.store(), redis.store({ clientName: 'mine' })];
    const nameless = redis.store({ clientName: false });
    for (const store of [...stores, nameless]) await store.access.get('x');
    await expect(names()).resolves.toEqual([
      ' name=',
      ' name=',
      ' name=connect-hiredis',
      ' name=mine',
    ]);
  });

  test('a refused construction connects to nothing', async () => {
    const connections = async () =>
      Number((await redis.admin.info('stats')).match(/total_connections_received:(\d+)/)[1]);
    const before = await connections();
    for (let i = 0; i < 20; i++) {
      expect(() => new RedisStore({ url: redis.server.url, ttl: -1 })).toThrow(TypeError);
    }
    // One made later is served later: by then the others would have been counted.
    await redis.store().access.get('x');
    await expect(connections()).resolves.toBe(before + 1);
  });

  test('the middleware factory gives a class that extends its Store', async () => {
    class ForeignStore {
      static isForeign = true;
      on() {}
    }
    const BoundStore = connectHiredis(session);
    const store = redis.track(new BoundStore({ url: redis.server.url }));
    expect(store).toBeInstanceOf(session.Store);
    await expectServedBy(redis.admin, store);

    const OtherStore = connectHiredis({ Store: ForeignStore });
    expect(Object.create(OtherStore.prototype)).toBeInstanceOf(ForeignStore);
    expect(Object.create(OtherStore.prototype)).not.toBeInstanceOf(session.Store);
  });

  test("RedisStore extends express-session's Store", () => {
    expect(redis.store()).toBeInstanceOf(session.Store);
  });

  test('what the store was told can be read on it', () => {
    const serializer = { parse: JSON.parse, stringify: JSON.stringify };
    const ttl = () => 60;
    const options = { prefix: 'p:', ttl, scanCount: 7, serializer, disableTouch: true };
    const store = redis.store({ ...options, disableTTL: true });
    expect(store).toMatchObject({ prefix: 'p:', scanCount: 7, disableTouch: true });
    expect(store.disableTTL).toBe(true);
    expect(store.ttl).toBe(ttl);
    expect(store.serializer).toBe(serializer);
    expect(typeof store.access.get).toBe('function');
  });

  test('what the store was not told can be read on it', () => {
    const store = redis.store();
    const { prefix, ttl, scanCount, disableTouch, disableTTL } = store;
    expect({ prefix, ttl, scanCount, disableTouch, disableTTL }).toEqual({
      prefix: 'sess:',
      ttl: 86400,
      scanCount: 100,
      disableTouch: false,
      disableTTL: false,
    });
    expect(store.serializer).toBe(JSON);
    expect(typeof store.client.close).toBe('function');
  });
});

describe('over TCP', () => {
  const redis = useRedis({ tcp: true });

  test.each([
    ['{ host, port }', ({ port }) => ({ host: '127.0.0.1', port })],
    ['{ port } alone', ({ port }) => ({ port })],
    ['the name localhost', ({ port }) => ({ host: 'localhost', port })],
    ['a redis: url', ({ port }) => ({ url: `redis://127.0.0.1:${port}` })],
    ['a redis: url with a name', ({ port }) => ({ url: `redis://localhost:${port}/` })],
    ['a redis: url as a URL object', ({ port }) => ({ url: new URL(`redis://127.0.0.1:${port}`) })],
  ])('new RedisStore connects by %s', async (_, options) => {
    const store = redis.track(new RedisStore(options(redis.server)));
    await expectServedBy(redis.admin, store);
  });

  test('the path of a redis: url chooses the database', async () => {
    const url = `redis://127.0.0.1:${redis.server.port}/5`;
    await expectServedBy(redis.admin, redis.track(new RedisStore({ url })), { db: 5 });
  });

  test.each([
    ['options', ({ port }) => ({ port, db: 2 })],
    ['a url', ({ port }) => `redis://127.0.0.1:${port}/2`],
    ['a URL object', ({ port }) => new URL(`redis://127.0.0.1:${port}/2`)],
  ])('createClient takes %s', async (_, where) => {
    const client = redis.track(createClient(where(redis.server)));
    await expectServedBy(redis.admin, new RedisStore(client), { db: 2 });
  });
});

describe('createClient alone', () => {
  /** @returns {Promise<boolean>} whether port 6379 was free */
  const isFree = () =>
    new Promise((resolve) => {
      const probe = net.createServer().once('error', () => resolve(false));
      probe.listen(6379, '127.0.0.1', () => probe.close(() => resolve(true)));
    });

  test.each([
    ['nothing', []],
    ['an empty object', [{}]],
  ])('means 127.0.0.1:6379 when given %s', async (_, args) => {
    const free = await isFree();
    const client = createClient(...args);
    try {
      const met = await new Promise((resolve) => {
        client.once('error', resolve).once('ready', () => resolve('ready'));
      });
      // Somebody's server may be there; then being ready is all that can be seen without disturbing it.
      const refused = { code: 'ECONNREFUSED', address: '127.0.0.1', port: 6379 };
      expect(met).toEqual(free ? expect.objectContaining(refused) : 'ready');
    } finally {
      await client.close();
    }
  });
});

const hasIPv6 = Object.values(os.networkInterfaces())
  .flat()
  .some(({ address }) => address === '::1');
if (!hasIPv6) process.stderr.write('This machine has no ::1: the IPv6 tests are skipped.\n');

(hasIPv6 ? describe : describe.skip)('over IPv6', () => {
  const redis = useRedis({ tcp: true, host: '::1' });

  test.each([
    ['host ::1', ({ port }) => ({ host: '::1', port })],
    ['a url with brackets', ({ port }) => ({ url: `redis://[::1]:${port}` })],
    ['a url with brackets and database', ({ port }) => ({ url: `redis://[::1]:${port}/0` })],
  ])('new RedisStore connects by %s', async (_, options) => {
    const store = redis.track(new RedisStore(options(redis.server)));
    await expectServedBy(redis.admin, store);
  });
});
