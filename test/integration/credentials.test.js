'use strict';

// The option `credentials` at real servers: whoever it names gets in, on every connection, and
// stays in when what it gave expires.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { RedisStore, createClient } = require('../..');
const { PATIENCE } = require('../helpers/patience');
const { startRedis } = require('../helpers/redis-server');
const { useRedis } = require('../helpers/use-redis');
const { deferred, until } = require('../helpers/until');

const backoff = { min: 5, max: 50 };
const ANYTHING = ['on', 'allkeys', 'allchannels', '+@all'];
const event = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));

const redis = useRedis();

beforeEach(async () => {
  await redis.admin.sendCommand(['ACL', 'SETUSER', 'ann', ...ANYTHING, '>pass of ann']);
  await redis.admin.sendCommand(['ACL', 'SETUSER', 'bob', ...ANYTHING, '>pass of bob']);
});

/** The connections of this package: `{ id, user }` of each. */
async function connections() {
  const list = await redis.admin.sendCommand(['CLIENT', 'LIST']);
  return list
    .split('\n')
    .filter((line) => line.includes('name=connect-hiredis '))
    .map((line) => ({ id: line.match(/\bid=(\d+)/)[1], user: line.match(/\buser=(\S+)/)[1] }));
}

const ofAnn = { username: 'ann', password: 'pass of ann' };
const ofBob = { username: 'bob', password: 'pass of bob' };

test.each([
  ['returns them', () => ofAnn],
  ['promises them', async () => ofAnn],
  ['gives something with a then', () => ({ then: (resolve) => resolve(ofAnn) })],
  ['gives them with more beside', () => ({ ...ofAnn, expiresAt: undefined, region: 'eu' })],
  ['says that they never expire', () => ({ ...ofAnn, expiresAt: null })],
])('a store gets in by a function that %s', async (_, credentials) => {
  const store = redis.store({ credentials });
  await expect(store.access.set('a', { n: 1 })).resolves.toBe(true);
  await expect(connections()).resolves.toMatchObject([{ user: 'ann' }]);
});

test('nothing is sent before the function has answered', async () => {
  const asked = deferred();
  const answer = deferred();
  const store = redis.store({
    credentials() {
      asked.resolve();
      return answer.promise;
    },
  });
  const waiting = store.access.set('a', { n: 1 });
  await asked.promise;
  expect(store.client.state).toBe('handshaking');
  const monitor = await redis.monitor();
  await expect(monitor.commands()).resolves.toEqual([]);
  answer.resolve(ofAnn);
  await expect(waiting).resolves.toBe(true);
  expect((await monitor.commands()).some(([name]) => name === 'SET')).toBe(true);
});

test('it is called with nothing, once for every connection, and each may be another user', async () => {
  const calls = [];
  const client = redis.client({
    backoff,
    credentials(...args) {
      calls.push(args);
      return calls.length % 2 ? ofAnn : ofBob;
    },
  });
  const store = new RedisStore(client);
  const users = [];
  for (let round = 0; round < 4; round++) {
    await store.set('a', {});
    const [{ id, user }] = await connections();
    users.push(user);
    const ready = event(client, 'ready');
    await redis.admin.sendCommand(['CLIENT', 'KILL', 'ID', id]);
    await ready;
  }
  expect(users).toEqual(['ann', 'bob', 'ann', 'bob']);
  expect(calls).toEqual([[], [], [], [], []]);
});

test('without a username the password is that of the default user', async () => {
  const server = await startRedis({ args: ['--requirepass', 'of nobody'] });
  const client = createClient({
    url: server.url,
    credentials: () => ({ password: 'of nobody' }),
  });
  try {
    await expect(new RedisStore(client).access.set('a', {})).resolves.toBe(true);
  } finally {
    await client.close();
    await server.stop();
  }
});

test('a password that changes while the server is away does not keep the store out', async () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-'));
  const aclfile = path.join(dir, 'users.acl');
  const setPassword = (password) =>
    fs.writeFileSync(aclfile, `user default on >${password} allkeys allchannels +@all\n`);
  setPassword('first');
  const server = await startRedis({ dir, args: ['--aclfile', aclfile] });
  let current = 'first';
  const store = new RedisStore({
    url: server.url,
    backoff,
    commandTimeout: PATIENCE,
    credentials: async () => ({ password: current }),
  });
  try {
    await store.set('a', {});
    const away = event(store, 'error');
    await server.kill();
    await away;
    const waiting = store.set('a', { n: 2 });
    setPassword('second');
    await server.start();
    // The old one is refused; whoever rotates passwords tells the application in a while.
    await until(async () => store.client.stats().errors.ERR_REDIS_REPLY > 0, { what: 'refusal' });
    current = 'second';
    await expect(waiting).resolves.toBe('OK');
    await expect(store.get('a')).resolves.toEqual({ n: 2 });
  } finally {
    await store.close();
    await server.stop();
    fs.rmSync(dir, { recursive: true });
  }
});

describe('before they expire', () => {
  const kinds = [
    ['a Date', (ms) => new Date(Date.now() + ms)],
    ['a number', (ms) => Date.now() + ms],
  ];

  test.each(kinds)('new ones are asked for and told on the same connection: %s', async (_, at) => {
    let calls = 0;
    const store = redis.store({
      credentials: () => (++calls === 1 ? { ...ofAnn, expiresAt: at(1250) } : ofBob),
    });
    await store.set('a', {});
    const [before] = await connections();
    expect(before.user).toBe('ann');
    await until(async () => (await connections())[0]?.user === 'bob', { what: 'the new user' });
    await expect(connections()).resolves.toEqual([{ id: before.id, user: 'bob' }]);
    // Redis ends the connections of a user that is gone.
    await redis.admin.sendCommand(['ACL', 'DELUSER', 'ann']);
    await expect(store.get('a')).resolves.toEqual({});
    expect(store.client.stats().reconnections).toBe(0);
    expect(calls).toBe(2);
  });

  test('operations go on while that happens, again and again', async () => {
    let calls = 0;
    const store = redis.store({
      credentials: async () => ({
        ...(++calls % 2 ? ofAnn : ofBob),
        expiresAt: Date.now() + 1000,
      }),
    });
    await store.set('a', { n: 0 });
    const [{ id }] = await connections();
    let n = 0;
    while (calls < 3) {
      const numbers = Array.from({ length: 50 }, () => ++n);
      await Promise.all(numbers.map((number) => store.set(`s${number}`, { number })));
      const got = await Promise.all(numbers.map((number) => store.get(`s${number}`)));
      expect(got).toEqual(numbers.map((number) => ({ number })));
    }
    await expect(connections()).resolves.toMatchObject([{ id }]);
    expect(store.client.stats()).toMatchObject({ reconnections: 0, errors: {} });
    await until(async () => (await redis.calls('auth')) === 3, { what: 'three times AUTH' });
  });

  test('new ones that Redis refuses are told by an error event; the connection stays', async () => {
    let calls = 0;
    const store = redis.store({
      connectTimeout: 2000, // asked again after as long
      credentials() {
        if (++calls === 1) return { ...ofAnn, expiresAt: Date.now() + 1000 };
        return calls === 2 ? { ...ofBob, password: 'wrong' } : ofBob;
      },
    });
    await store.set('a', {});
    const [{ id }] = await connections();
    await expect(event(store, 'error')).resolves.toMatchObject({
      code: 'ERR_REDIS_REPLY',
      reply: 'WRONGPASS',
    });
    await expect(connections()).resolves.toEqual([{ id, user: 'ann' }]);
    await expect(store.get('a')).resolves.toEqual({});
    await until(async () => (await connections())[0].user === 'bob', { what: 'the new user' });
    await expect(connections()).resolves.toEqual([{ id, user: 'bob' }]);
    expect(calls).toBe(3);
  });

  test('a function that fails then is told by an error event, and asked again', async () => {
    const reason = new Error('the service is away');
    let calls = 0;
    const store = redis.store({
      connectTimeout: 2000,
      async credentials() {
        if (++calls === 1) return { ...ofAnn, expiresAt: Date.now() + 1000 };
        if (calls === 2) throw reason;
        return ofBob;
      },
    });
    await store.set('a', {});
    const [{ id }] = await connections();
    const error = await event(store, 'error');
    expect(error).toMatchObject({ code: 'ERR_REDIS_CREDENTIALS' });
    expect(error.cause).toBe(reason);
    await until(async () => (await connections())[0].user === 'bob', { what: 'the new user' });
    await expect(connections()).resolves.toEqual([{ id, user: 'bob' }]);
  });
});
