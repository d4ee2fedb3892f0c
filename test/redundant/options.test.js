'use strict';

// `clients`: what it may hold, what may be given beside it, and what closing such a store closes.

const path = require('node:path');
const { RedisStore, createClient } = require('../..');
const { runScript } = require('../helpers/child');
const { standings, trusted, useRedundant } = require('../helpers/redundant');
const { until } = require('../helpers/until');

const redundant = useRedundant(2);
const PASSWORD = 'wide open';

/** Proves that the store works on both servers. */
async function expectServed(store, { admins = redundant.admins, prefix = 'sess:' } = {}) {
  await trusted(store);
  await expect(store.access.set('here', { user: 'ann' })).resolves.toBe(true);
  await expect(store.access.get('here')).resolves.toEqual({ user: 'ann' });
  const texts = () => Promise.all(admins.map((admin) => admin.get(`${prefix}here`)));
  const isThere = async () => (await texts()).every((text) => text === '{"user":"ann"}');
  await until(isThere, { what: 'the session on both' });
}

const connections = (admin) =>
  admin.info('stats').then((text) => Number(text.match(/total_connections_received:(\d+)/)[1]));

describe('each of the clients', () => {
  test.each([
    ['options', ({ socket }) => ({ socket })],
    ['options with a url', ({ socket }) => ({ url: `unix:${socket}` })],
    ['a url', ({ socket }) => `unix:${socket}`],
    ['a URL object', ({ socket }) => new URL(`unix:${socket}`)],
    ['a client', ({ socket }) => redundant.track(createClient({ socket }))],
  ])('may be given as %s', async (_, give) => {
    const store = redundant.track(new RedisStore({ clients: redundant.members.map(give) }));
    await expectServed(store);
  });

  test('may be given in another way', async () => {
    const [one, other] = redundant.clients;
    const client = redundant.track(createClient(other));
    const store = redundant.track(new RedisStore({ clients: [one, client] }));
    await expectServed(store);
    expect(store.clients[1]).toBe(client);
  });

  test('may have options of its own, which win over those beside', async () => {
    const [one, other] = redundant.clients;
    const clients = [{ ...one, clientName: 'one' }, other];
    const store = redundant.store({ clients, clientName: 'beside' });
    await expectServed(store);
    const names = await Promise.all(
      redundant.admins.map((admin) => admin.sendCommand(['CLIENT', 'LIST'])),
    );
    expect(names[0]).toContain(' name=one ');
    expect(names[1]).toContain(' name=beside ');
  });

  test('may be the only one', async () => {
    const store = redundant.track(new RedisStore({ clients: [redundant.clients[0]] }));
    await expectServed(store, { admins: [redundant.admins[0]] });
    expect(store.clients).toEqual([store.client]);
  });

  test('can be read on the store', () => {
    const store = redundant.store();
    expect(Array.isArray(store.clients)).toBe(true);
    expect(store.clients).toHaveLength(2);
    expect(store.client).toBe(store.clients[0]);
    for (const client of store.clients) expect(typeof client.close).toBe('function');
  });

  test('tells of its part in stats(), which others do not', async () => {
    const store = await redundant.trustedStore();
    for (const client of store.clients) {
      expect(client.stats().redundancy).toEqual({
        standing: 'trusted',
        journal: 0,
        missed: 0,
        repairs: 0,
        comparisons: expect.any(Number),
      });
    }
    const plain = redundant.track(new RedisStore(redundant.clients[0]));
    expect(plain.clients).toEqual([plain.client]);
    expect(plain.client.stats().redundancy).toBeUndefined();
  });
});

describe('beside clients', () => {
  test('options of the store are those of the store', async () => {
    const store = redundant.store({ prefix: 'p:', ttl: 60, scanCount: 7, disableTouch: true });
    expect(store).toMatchObject({ prefix: 'p:', ttl: 60, scanCount: 7, disableTouch: true });
    await expectServed(store, { prefix: 'p:' });
    expect(await redundant.admins[1].pTTL('p:here')).toBeLessThanOrEqual(60_000);
  });

  test('options of connections are those of each', async () => {
    const store = redundant.store({ db: 3 });
    await trusted(store);
    await store.set('a', {});
    for (const admin of redundant.admins) {
      await admin.select(3);
      await until(() => admin.exists('sess:a'), { what: 'the session in database 3' });
      await admin.select(0);
    }
  });

  test('so is the password', async () => {
    for (const admin of redundant.admins) await admin.configSet('requirepass', PASSWORD);
    try {
      await expectServed(redundant.store({ pass: PASSWORD }));
    } finally {
      for (const admin of redundant.admins) await admin.configSet('requirepass', '');
    }
  });
});

describe('what is refused', () => {
  const one = () => redundant.clients[0];

  test.each([
    ['an empty array', []],
    ['no array', { 0: { port: 1 }, length: 1 }],
    ['a string', 'redis://127.0.0.1'],
    ['a number', 2],
    ['null', null],
    ['a function', () => [{ port: 6379 }]],
    ['null in it', [null]],
    ['a number in it', [6379]],
    ['an array in it', [[{ port: 6379 }]]],
    ['a hole in it', new Array(1)],
  ])('%s is a TypeError that names clients', (_, clients) => {
    expect(() => new RedisStore({ clients })).toThrow(TypeError);
    expect(() => new RedisStore({ clients })).toThrow(/clients/);
  });

  test.each([
    ['host', '127.0.0.1'],
    ['port', 6379],
    ['url', 'redis://127.0.0.1'],
    ['socket', '/tmp/redis.sock'],
    ['path', '/tmp/redis.sock'],
  ])('%s beside clients is a TypeError that names it', (name, value) => {
    const make = () => new RedisStore({ clients: [one()], [name]: value });
    expect(make).toThrow(TypeError);
    expect(make).toThrow(new RegExp(`"${name}"`));
  });

  test('client beside clients is a TypeError that names it', () => {
    const client = redundant.track(createClient(one()));
    const make = () => new RedisStore({ clients: [one()], client });
    expect(make).toThrow(TypeError);
    expect(make).toThrow(/"client"/);
  });

  test.each([
    ['port', { port: 'none' }],
    ['nonsense', { port: 1, nonsense: true }],
    ['url', { url: 'redis://127.0.0.1', port: 1 }],
    ['prefix', { port: 1, prefix: 'p:' }],
    ['clients', { clients: [{ port: 1 }] }],
  ])('a wrong %s in one of them is a TypeError that names it', (name, options) => {
    expect(() => new RedisStore({ clients: [one(), options] })).toThrow(TypeError);
    expect(() => new RedisStore({ clients: [one(), options] })).toThrow(new RegExp(name));
  });

  test('createClient takes no clients', () => {
    expect(() => createClient({ clients: [one()] })).toThrow(TypeError);
  });

  test('a refused construction connects to nothing', async () => {
    const [admin] = redundant.admins;
    const before = await connections(admin);
    for (let i = 0; i < 20; i++) {
      expect(() => new RedisStore({ clients: [one(), { port: 0 }] })).toThrow(TypeError);
      expect(() => new RedisStore({ clients: [one()], ttl: -1 })).toThrow(TypeError);
    }
    // One made later is served later: by then the others would have been counted.
    await redundant.trustedStore({ clients: [one()] });
    await expect(connections(admin)).resolves.toBe(before + 1);
  });
});

describe('close', () => {
  test('closes the clients that the store has made, and leaves the others alone', async () => {
    const given = redundant.track(createClient(redundant.clients[1]));
    const store = redundant.track(new RedisStore({ clients: [redundant.clients[0], given] }));
    await trusted(store);
    const [made] = store.clients;
    await store.close();
    await store.close();
    expect(made.state).toBe('closed');
    expect(given.state).toBe('ready');
    const plain = new RedisStore(given);
    await expect(plain.set('a', { n: 1 })).resolves.toBe('OK');
    await expect(plain.get('a')).resolves.toEqual({ n: 1 });
  });

  test('lets operations in flight be carried out on both first', async () => {
    const store = await redundant.trustedStore();
    const sets = Array.from({ length: 100 }, (_, n) => store.set(`s${n}`, { n }));
    const closed = store.close();
    await expect(Promise.all(sets)).resolves.toEqual(Array(100).fill('OK'));
    await closed;
    const sizes = await Promise.all(redundant.admins.map((admin) => admin.dbSize()));
    expect(sizes).toEqual([100, 100]);
  });

  test('ends whatever the servers are doing', async () => {
    const store = await redundant.trustedStore();
    await redundant.members[0].stop();
    await redundant.members[1].kill();
    const asked = [store.get('a'), store.set('b', {}), store.ids()];
    const told = Promise.allSettled(asked);
    await store.close();
    for (const { status } of await told) expect(status).toBe('rejected');
    await expect(store.access.get('a')).rejects.toMatchObject({ code: 'ERR_REDIS_CLOSED' });
  });

  test('ends in the middle of a comparison', async () => {
    const store = await redundant.trustedStore();
    await Promise.all(Array.from({ length: 2000 }, (_, n) => store.set(`s${n}`, { n })));
    await redundant.members[1].restart({ empty: true });
    await until(() => standings(store)[1] !== 'away', { what: 'its return', every: 1 });
    await store.close();
    for (const client of store.clients) expect(client.state).toBe('closed');
  });
});

describe('a process', () => {
  const run = (...kind) => {
    const file = path.join(__dirname, 'fixtures', 'idle.js');
    return runScript(file, { args: [...kind, ...redundant.clients.map(({ socket }) => socket)] });
  };
  const worked = ['set OK', 'got 1'];

  test.each(['unref', 'closed'])('ends by itself with a store that is %s', async (kind) => {
    const ended = { code: 0, signal: null, lines: worked, stderr: '' };
    await expect(run(kind)).resolves.toMatchObject(ended);
  });

  test('ends by itself with a store that is unref, and one of whose servers is away', async () => {
    await redundant.members[1].kill();
    const ended = { code: 0, signal: null, lines: worked, stderr: '' };
    await expect(run('unref')).resolves.toMatchObject(ended);
  });

  test('stays with any other', async () => {
    await expect(run('plain')).resolves.toMatchObject({ code: 0, lines: [...worked, 'stayed'] });
  });
});
