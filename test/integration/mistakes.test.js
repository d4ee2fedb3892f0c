'use strict';

// Habits of other clients and stores: each is either taken as it is meant, or answered with what to
// write instead.

const { EventEmitter } = require('node:events');
const { createClient: createNodeRedis } = require('redis');
const connectHiredis = require('../..');
const { useRedis } = require('../helpers/use-redis');

const { RedisStore, createClient } = connectHiredis;
const redis = useRedis({ tcp: true, args: ['--requirepass', 'p#ss'], admin: { password: 'p#ss' } });

const where = () => ({ host: '127.0.0.1', port: redis.server.port });
const url = () => `redis://127.0.0.1:${redis.server.port}/1`;

describe('is taken as it is meant', () => {
  /** Proves that the store has its sessions in database `db` of the server. */
  async function expectServed(store, db) {
    redis.track(store);
    await store.access.set('a', { user: 'ann' });
    await redis.admin.select(db);
    await expect(redis.admin.get('sess:a')).resolves.toBe('{"user":"ann"}');
    await redis.admin.select(0);
  }

  /** @type {[string, () => any, number][]} */
  const rows = [
    [
      'options beside a URL, which win',
      () => new RedisStore(redis.track(createClient(url(), { password: 'p#ss', db: 3 }))),
      3,
    ],
    [
      'options beside a URL object',
      () => new RedisStore(redis.track(createClient(new URL(url()), { password: 'p#ss' }))),
      1,
    ],
    [
      'a URL and options in one object',
      () => new RedisStore({ url: url(), pass: 'p#ss', db: 4 }),
      4,
    ],
    ['a string', () => new RedisStore(url().replace('//', '//:p%23ss@')), 1],
    ['a URL', () => new RedisStore(new URL(url().replace('//', '//:p%23ss@'))), 1],
    [
      'numbers as strings of digits, as environment variables are',
      () => new RedisStore({ ...where(), port: String(where().port), db: '2', pass: 'p#ss' }),
      2,
    ],
    [
      'options that are undefined',
      () => {
        const none = { client: undefined, clients: undefined, url: undefined, ttl: undefined };
        return new RedisStore({ ...where(), ...none, pass: 'p#ss' });
      },
      0,
    ],
    [
      'the default import, used as the class',
      () => new /** @type {any} */ (connectHiredis)({ url: url(), pass: 'p#ss' }),
      1,
    ],
    [
      "require('connect-hiredis').default",
      () => new /** @type {any} */ (connectHiredis).default({ url: url(), pass: 'p#ss' }),
      1,
    ],
  ];

  test.each(rows)('%s', async (_, make, db) => {
    const store = make();
    expect(store).toBeInstanceOf(RedisStore);
    expect(store).toBeInstanceOf(connectHiredis);
    await expectServed(store, db);
  });

  test('await createClient(url).connect()', async () => {
    const client = redis.track(createClient(url(), { password: 'p#ss' }));
    await expect(client.connect()).resolves.toBe(client);
    expect(client.state).toBe('ready');
    await expect(client.connect()).resolves.toBe(client);
  });

  test.each(['quit', 'disconnect'])('client.%s()', async (method) => {
    const client = createClient(url(), { password: 'p#ss' });
    await client.connect();
    await client[method]();
    expect(client.state).toBe('closed');
    await expect(client.connect()).rejects.toMatchObject({ code: 'ERR_REDIS_CLOSED' });
  });
});

describe('is answered with what to write instead', () => {
  const local = { host: '127.0.0.1', port: 1 };
  const store = (options) => () => new RedisStore({ ...local, ...options });
  const client = (options) => () => createClient({ ...local, ...options });
  const beside = (options) => () => {
    const given = createClient(local);
    given.on('error', () => {});
    try {
      return new RedisStore({ client: given, ...options });
    } finally {
      given.close();
    }
  };

  const several = (one) => () => new RedisStore({ clients: [one] });
  const two = () => () => {
    const given = createClient(local);
    given.on('error', () => {});
    try {
      return new RedisStore(...[given, { prefix: 'a:' }]);
    } finally {
      given.close();
    }
  };

  /** @type {[string, () => unknown, string][]} */
  const rows = [
    ['preifx beside a client', beside({ preifx: 'a:' }), 'Did you mean "prefix"?'],
    ['preifx of a store', store({ preifx: 'a:' }), 'Did you mean "prefix"?'],
    ['scancount', store({ scancount: 5 }), 'Did you mean "scanCount"?'],
    ['hots', client({ hots: 'h' }), 'Did you mean "host"?'],
    ['comandTimeout', client({ comandTimeout: 5 }), 'Did you mean "commandTimeout"?'],
    ['prefix of a client', client({ prefix: 'a:' }), 'new RedisStore({ client, prefix })'],
    ['port beside a client', beside({ port: 6379 }), '"port" cannot be given together'],
    ['keyPrefix of a client', client({ keyPrefix: 'a:' }), '"prefix"'],
    ['keyPrefix beside a client', beside({ keyPrefix: 'a:' }), '"prefix"'],
    ['preifx of a client', client({ preifx: 'a:' }), '"prefix"? It is one of RedisStore'],
    ['preifx of one of several', several({ port: 1, preifx: 'a:' }), '"prefix"?'],
    ['backoff: { mx }', client({ backoff: { mx: 5 } }), 'it takes min and max'],
    ['queue: { byte }', client({ queue: { byte: 5 } }), 'Did you mean "queue.bytes"?'],
    ['queue: { length }', client({ queue: { length: 5 } }), 'it takes commands and bytes'],
    ['backoff: 100', client({ backoff: 100 }), '{ min: 50, max: 2000 }'],
    ['pingInterval: 0', client({ pingInterval: 0 }), 'must be false, or a whole number of milli'],
    ['commandTimeout: 5s', client({ commandTimeout: '5s' }), 'a whole number of milliseconds'],
    ['client of a client', client({ client: {} }), 'one of RedisStore'],
    ['lazyConnect', client({ lazyConnect: true }), 'leave it out'],
    ['retry_strategy', client({ retry_strategy: () => 5 }), 'backoff: { min: 50, max: 2000 }'],
    ['reconnectStrategy', client({ reconnectStrategy: 5 }), 'backoff: { min: 50, max: 2000 }'],
    ['maxRetriesPerRequest', client({ maxRetriesPerRequest: 1 }), 'commandTimeout'],
    ['enableOfflineQueue', client({ enableOfflineQueue: false }), 'queue: false'],
    ['retrystrategy', client({ retrystrategy: 5 }), 'backoff: { min: 50, max: 2000 }'],
    ['user', client({ user: 'ann' }), 'write username'],
    ['secret', store({ secret: 's' }), 'session({ store, secret'],
    ['redisClient', store({ redisClient: {} }), 'write client'],
    ['logErrors', store({ logErrors: true }), "store.on('error'"],
    ['reapInterval', store({ reapInterval: 5 }), 'Redis removes expired sessions by itself'],
    [
      'socket: { host, port }',
      () => createClient(/** @type {any} */ ({ socket: local })),
      'host and port',
    ],
    [
      'socket: { host, port, tls }',
      () => createClient(/** @type {any} */ ({ socket: { ...local, tls: true } })),
      'a client of node-redis or ioredis',
    ],
    ['tls', client({ tls: true }), 'a client of node-redis or ioredis'],
    ['sentinels', client({ sentinels: [] }), 'a client of node-redis or ioredis'],
    ['cluster', client({ cluster: [] }), 'a client of node-redis or ioredis'],
    ['a URL for host', () => createClient({ host: 'redis://127.0.0.1' }), 'write url'],
    ['a port with a letter', client({ port: '6379x' }), '"port" option must be a whole number'],
    ['a Promise of a client', () => new RedisStore(Promise.resolve()), 'await it'],
    ['client: a Promise', () => new RedisStore({ client: Promise.resolve() }), 'await it'],
    [
      'client: undefined',
      () => new RedisStore({ client: undefined }),
      '"client" option is undefined',
    ],
    [
      'client: undefined beside a prefix',
      () => new RedisStore({ client: undefined, prefix: 'a:' }),
      '"client" option is undefined',
    ],
    [
      'client: undefined beside a timeout',
      () => new RedisStore({ client: undefined, commandTimeout: 5 }),
      '"client" option is undefined',
    ],
    ['only what says nothing of a server', () => new RedisStore({ unref: true }), '{ url }'],
    ['a URL as client', () => new RedisStore({ client: 'redis://h' }), 'For a URL write url'],
    ['options beside a client', two(), 'new RedisStore({ client, ...options })'],
    [
      'options beside the URL of a store',
      () => new RedisStore(...['redis://127.0.0.1:1', { prefix: 'a:' }]),
      '{ url, ...options }',
    ],
    ['a Promise among several', several(Promise.resolve()), 'await it'],
    ['an ioredis client among several', several(new EventEmitter()), 'must be a client made by'],
    [
      'a Promise of options',
      () => createClient(/** @type {any} */ (Promise.resolve())),
      'await it',
    ],
    [
      'a client for createClient',
      () => createClient(new EventEmitter()),
      'new RedisStore({ client })',
    ],
    [
      'a port and a host, as of node-redis 3',
      () => createClient(...[6379, '127.0.0.1']),
      'createClient({ port, host })',
    ],
    ['servers for createClient', () => createClient([local]), 'new RedisStore({ clients: […] })'],
    ['null for createClient', () => createClient(null), 'createClient(url, options)'],
    [
      'a URL twice',
      () => createClient('redis://h', new URL('redis://h')),
      'createClient(url, options)',
    ],
    ['url: undefined', () => new RedisStore({ url: undefined }), 'The "url" option is undefined'],
    ['url: undefined, what to pass', () => new RedisStore({ url: undefined }), '{ url }'],
    [
      'a class that extends the default import',
      () => new (class extends /** @type {any} */ (connectHiredis) {})(),
      "const { RedisStore } = require('connect-hiredis')",
    ],
    [
      'options for the default import, without new',
      () => /** @type {any} */ (connectHiredis)({ url: url() }),
      'new RedisStore({ client })',
    ],
    ['two objects', () => createClient(local, local), 'createClient(url, options)'],
    ['# in a password', () => createClient('redis://:p#ss@h'), 'encodeURIComponent(password)'],
    ['# after a number', () => createClient('redis://u:1#2@h'), 'has a #'],
    ['/ in a password', () => createClient('redis://u:p/ss@h'), 'encodeURIComponent(password)'],
    ['% in a password', () => createClient('redis://u:100%@h'), 'write %25'],
    ['%E4, which is no UTF-8', () => createClient('redis://u:%E4@h'), 'no UTF-8'],
    ['rediss:', () => createClient('rediss://h'), 'a client of node-redis or ioredis'],
    ['valkeys:', () => createClient('valkeys://h'), 'a client of node-redis or ioredis'],
    ['a URL that is empty', () => createClient(''), 'is the environment variable set?'],
    ['a URL in quotation marks', () => createClient('"redis://h"'), 'leave the marks out'],
    ['host:port', () => createClient('localhost:6379'), 'write redis:// before the host'],
    ['address:port', () => createClient('127.0.0.1:6379'), 'write redis:// before the host'],
    ['user:p#ss@host', () => createClient('user:p#ss@h'), 'write redis:// before the host'],
    ['the path of a socket', () => createClient('/run/redis.sock'), 'write unix: before the path'],
    ['an unknown scheme', () => createClient('http://h'), 'expected redis:, valkey: or unix:'],
  ];

  test.each(rows)('%s', (_, run, line) => {
    let error;
    try {
      run().close?.();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(TypeError);
    expect(error.code).toBe('ERR_INVALID_ARG_TYPE');
    expect(error.message).toContain(line);
    expect(error.message).not.toContain('p#ss');
  });
});

describe('a client that cannot connect', () => {
  test('connect() rejects after connectTimeout with the cause, and the client goes on', async () => {
    await redis.server.kill();
    const client = redis.track(
      createClient(url(), { password: 'p#ss', connectTimeout: 300, backoff: { min: 1, max: 20 } }),
    );
    client.on('error', () => {});
    const address = `127.0.0.1:${redis.server.port}`;
    const error = await client.connect().catch((caught) => caught);
    expect(error).toMatchObject({
      code: 'ERR_REDIS_TIMEOUT',
      message: `There was no connection to Redis for 300 ms: connect ECONNREFUSED ${address}`,
      cause: { code: 'ECONNREFUSED' },
    });
    const ready = client.connect();
    await redis.server.start();
    await ready.catch(() => client.connect());
    expect(client.state).toBe('ready');
  });
});

describe('a borrowed client of node-redis that was never connected', () => {
  test('is told of by one warning, and every operation says what to do', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const client = createNodeRedis({ url: url() });
    const store = new RedisStore({ client });
    for (const sid of ['a', 'b', 'c']) {
      await expect(store.get(sid)).rejects.toMatchObject({
        code: 'ERR_REDIS_CLOSED',
        message: expect.stringContaining('call client.connect()'),
        stack: expect.stringContaining('Caused by: Error: The client is closed'),
      });
    }
    expect(warn.mock.calls.map(([message]) => message)).toEqual([
      expect.stringContaining('call client.connect()'),
    ]);
    warn.mockRestore();
  });
});
