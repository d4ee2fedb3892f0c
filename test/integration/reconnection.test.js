'use strict';

// A server that goes away and comes back: nothing is lost, nothing is called back twice.

const { RedisStore } = require('../..');
const { result } = require('../helpers/outcome');
const { startApp } = require('../helpers/app');
const { PATIENCE } = require('../helpers/patience');
const { until } = require('../helpers/until');
const { useRedis } = require('../helpers/use-redis');

const backoff = { min: 5, max: 50 };
const event = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));

describe.each([
  ['a unix socket', {}],
  ['TCP', { tcp: true }],
])('over %s', (_name, serverOptions) => {
  const redis = useRedis(serverOptions);

  test('after a restart of the server the next operation works', async () => {
    const store = redis.store({ backoff });
    await store.set('a', {});
    await redis.server.restart();
    await expect(store.set('a', { n: 1 })).resolves.toBe('OK');
    await expect(store.get('a')).resolves.toEqual({ n: 1 });
  });

  test('operations started while the server is away are answered when it is back', async () => {
    const store = redis.store({ backoff });
    await store.get('a');
    const away = event(store, 'error');
    await redis.server.kill();
    const waiting = Promise.all([store.set('a', { n: 1 }), store.get('a')]);
    await away;
    await redis.server.restart();
    await expect(waiting).resolves.toEqual(['OK', { n: 1 }]);
  });

  test('under load, each operation is called back once, and succeeds', async () => {
    const store = redis.store({ backoff });
    const ways = [
      (sid, cb) => store.get(sid, cb),
      (sid, cb) => store.set(sid, { sid }, cb),
      (sid, cb) => store.touch(sid, {}, cb),
      (sid, cb) => store.destroy(sid, cb),
    ];
    let stop = false;
    let answered = 0;
    const calls = []; // of each operation
    const failed = [];
    const worker = async (id) => {
      while (!stop) {
        const operation = calls.push(0) - 1;
        const way = ways[operation % ways.length];
        const error = await new Promise((resolve) => {
          way(`s${id}-${operation % 10}`, (reason) => {
            calls[operation]++;
            resolve(reason);
          });
        });
        answered++;
        if (error) failed.push(error);
      }
    };
    const workers = Array.from({ length: 64 }, (_, id) => worker(id));

    for (let round = 0; round < 3; round++) {
      const before = answered;
      await until(() => answered > before + 500, { what: 'load' });
      await redis.server.kill();
      await redis.server.restart();
      const after = answered;
      await until(() => answered > after + 500, { what: 'load after the restart' });
    }
    stop = true;
    await Promise.all(workers);
    await store.close();
    expect(failed).toEqual([]);
    expect(calls.filter((count) => count !== 1)).toEqual([]);
  });

  test('answers belong to their questions after a reconnection, too', async () => {
    const store = redis.store({ backoff });
    await store.get('connected');
    for (let round = 0; round < 5; round++) {
      const kill = redis.admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
      const numbers = Array.from({ length: 200 }, (_, n) => n);
      await Promise.all(numbers.map((n) => store.set(`s${n}`, { n, round })));
      const got = await Promise.all(numbers.map((n) => store.get(`s${n}`)));
      expect(got).toEqual(numbers.map((n) => ({ n, round })));
      await kill;
    }
  });
});

describe('a connection that is cut', () => {
  const redis = useRedis();
  const cut = () => redis.admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);

  test('is made again by itself, in the same database and under the same name', async () => {
    const store = redis.store({ backoff, db: 3, url: undefined, socket: redis.server.socket });
    await store.set('a', { n: 1 });
    const ready = event(store, 'ready');
    await cut();
    await ready;
    await expect(store.get('a')).resolves.toEqual({ n: 1 });
    await expect(redis.admin.sendCommand(['CLIENT', 'LIST'])).resolves.toMatch(
      /name=connect-hiredis .* db=3/,
    );
  });

  test('during an enumeration does not cost it a session', async () => {
    await redis.admin.eval(`for i = 1, 5000 do redis.call('SET', 'sess:' .. i, '{}') end`);
    const store = redis.store({ backoff, scanCount: 10 });
    await store.get('connected');
    let done = false;
    const enumeration = store.ids().finally(() => (done = true));
    for (let i = 0; i < 3 && !done; i++) {
      const ready = event(store, 'ready');
      await cut();
      await Promise.race([ready, enumeration.catch(() => {})]);
    }
    const ids = await enumeration;
    expect(ids).toHaveLength(5000);
    expect(new Set(ids).size).toBe(5000);
  });

  test('leaves a store that shares its client working, too', async () => {
    const client = redis.client({ backoff });
    const stores = [new RedisStore(client), new RedisStore({ client, prefix: 'b:' })];
    await Promise.all(stores.map((store) => store.set('a', {})));
    await cut();
    await expect(Promise.all(stores.map((store) => store.set('a', {})))).resolves.toEqual([
      'OK',
      'OK',
    ]);
  });
});

describe('an outage', () => {
  const redis = useRedis();

  test('that outlasts disconnectAfter is told by disconnect, its end by connect', async () => {
    const store = redis.store({ backoff, disconnectAfter: 500 });
    const told = [];
    for (const name of ['connect', 'ready', 'disconnect']) store.on(name, () => told.push(name));
    await event(store, 'ready');
    expect(told).toEqual(['connect', 'ready']);

    const disconnected = event(store, 'disconnect');
    await redis.server.kill();
    await disconnected;
    const connected = event(store, 'connect');
    await redis.server.restart();
    await connected;
    await expect(store.set('a', {})).resolves.toBe('OK');
    expect(told.slice(0, 4)).toEqual(['connect', 'ready', 'disconnect', 'connect']);
  });

  test('that is shorter is not told by disconnect', async () => {
    const store = redis.store({ backoff, disconnectAfter: PATIENCE });
    let disconnects = 0;
    store.on('disconnect', () => disconnects++);
    await event(store, 'ready');
    const ready = event(store, 'ready');
    await redis.server.restart();
    await ready;
    await store.close();
    expect(disconnects).toBe(0);
  });

  test('lets express-session serve requests without a session instead of hanging', async () => {
    const store = redis.store({ backoff, disconnectAfter: 500 });
    const app = redis.track(await startApp(store));
    const visitor = app.visitor();
    await visitor.post('/login/ann');

    const disconnected = event(store, 'disconnect');
    await redis.server.kill();
    await disconnected;
    await expect(visitor.get('/who')).resolves.toEqual({ status: 200, id: null, user: null });

    const connected = event(store, 'connect');
    await redis.server.restart();
    await connected;
    await visitor.post('/login/bob');
    await expect(visitor.get('/who')).resolves.toMatchObject({ status: 200, user: 'bob' });
  });

  test('gives connect and ready the client', async () => {
    const store = redis.store();
    const given = await Promise.all([
      event(store, 'connect'),
      event(store, 'ready'),
      result((callback) => store.get('a', callback)),
    ]);
    expect(given.slice(0, 2)).toEqual([store.client, store.client]);
  });
});
