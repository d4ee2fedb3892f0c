'use strict';

// client.stats() against what a real server counts, and what went over the wire.

const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { once } = require('node:events');
const { RedisStore, createClient } = require('../..');
const { failure } = require('../helpers/outcome');
const { answer, startScriptedServer } = require('../helpers/scripted-server');
const { until } = require('../helpers/until');
const { useRedis } = require('../helpers/use-redis');

const backoff = { min: 5, max: 50 };
const event = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));
const zeros = {
  commands: 0,
  replies: 0,
  timeouts: 0,
  reconnections: 0,
  queueLength: 0,
  queueBytes: 0,
  inFlight: 0,
  bytesSent: 0,
  bytesReceived: 0,
  errors: {},
  batches: { count: 0, results: 0, largest: 0 },
};

// A server that a failing test left stopped, or dead, would hold up all that follow.
afterEach(async () => {
  if (redis.server.process) await redis.server.kill('SIGCONT');
  else await redis.server.start();
});

const redis = useRedis();

async function readyClient(options) {
  const client = redis.client({ backoff, ...options });
  await event(client, 'ready');
  return client;
}

/** A proxy before the server that counts bytes. */
async function startCounter() {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-'));
  const bytes = { sent: 0, received: 0 };
  const sockets = [];
  const proxy = net.createServer((near) => {
    const far = net.connect(redis.server.address);
    sockets.push(near, far);
    near.on('data', (chunk) => (bytes.sent += chunk.length)).pipe(far);
    far.on('data', (chunk) => (bytes.received += chunk.length)).pipe(near);
    for (const socket of [near, far]) socket.on('error', () => {});
  });
  proxy.listen(path.join(dir, 'proxy.sock'));
  await once(proxy, 'listening');
  return redis.track({
    socket: path.join(dir, 'proxy.sock'),
    bytes,
    cut: () => sockets.forEach((socket) => socket.destroy()),
    async close() {
      const closed = once(proxy, 'close');
      proxy.close();
      sockets.forEach((socket) => socket.destroy());
      await closed;
      fs.rmSync(dir, { recursive: true });
    },
  });
}

test('before a connection everything is zero', () => {
  const client = redis.client();
  expect(client.stats()).toEqual({ state: 'connecting', ...zeros });
});

test('commands and replies are those that the server counts', async () => {
  const store = new RedisStore(await readyClient());
  await redis.admin.sendCommand(['CONFIG', 'RESETSTAT']);
  await store.set('a', { n: 1 });
  await store.get('a');
  await store.get('nobody');
  await store.touch('a', {});
  await store.destroy('a');
  await store.access.getMany(['a', 'b', 'c']);
  await store.access.exists('a');
  await store.access.ttl('a');
  let calls = 0;
  for (const name of ['set', 'get', 'mget', 'strlen', 'pttl', 'pexpire', 'del', 'exists']) {
    calls += await redis.calls(name);
  }
  expect(calls).toBe(16);
  expect(store.client.stats()).toMatchObject({
    state: 'ready',
    ...zeros,
    commands: calls,
    replies: calls,
    bytesSent: expect.any(Number),
    bytesReceived: expect.any(Number),
    batches: { count: 8, results: 8, largest: 1 },
  });
});

test('bytes are those on the wire, handshakes included, over a reconnection, too', async () => {
  const counter = await startCounter();
  const store = redis.track(new RedisStore({ socket: counter.socket, backoff }));
  const expectBytes = async () => {
    const { sent, received } = counter.bytes;
    expect(store.client.stats()).toMatchObject({ bytesSent: sent, bytesReceived: received });
    expect(sent).toBeGreaterThan(100);
    expect(received).toBeGreaterThan(10);
  };
  await event(store, 'ready');
  await expectBytes();
  await store.set('a', { text: 'é'.repeat(100_000) });
  await store.get('a');
  await expectBytes();
  expect(counter.bytes.sent).toBeGreaterThan(200_000);
  expect(counter.bytes.received).toBeGreaterThan(200_000);
  const ready = event(store, 'ready');
  counter.cut();
  await ready;
  await store.set('b', {});
  await expectBytes();
  await store.close();
  await expectBytes();
});

test('errors are counted by their code', async () => {
  const client = await readyClient();
  const store = new RedisStore(client);
  await redis.admin.hSet('sess:hash', 'field', 'value');
  for (let n = 0; n < 3; n++) {
    const error = await failure((callback) => store.get('hash', callback));
    expect(error).toMatchObject({ code: 'ERR_REDIS_REPLY', reply: 'WRONGTYPE' });
  }
  expect(client.stats().errors).toEqual({ ERR_REDIS_REPLY: 3 });
  await client.close();
  await failure((callback) => store.get('a', callback));
  await failure((callback) => store.destroy('a', callback));
  await expect(store.access.length()).rejects.toMatchObject({ code: 'ERR_REDIS_CLOSED' });
  expect(client.stats().errors).toEqual({ ERR_REDIS_REPLY: 3, ERR_REDIS_CLOSED: 3 });
});

test('operations that ran out of time are counted, and the connection that was replaced', async () => {
  const client = await readyClient({ commandTimeout: 200 });
  const store = new RedisStore(client);
  await redis.server.kill('SIGSTOP');
  const failed = [1, 2, 3].map((n) => failure((callback) => store.get(`s${n}`, callback)));
  expect(client.stats()).toMatchObject({ inFlight: 3, queueLength: 0, timeouts: 0 });
  for (const error of await Promise.all(failed)) expect(error.code).toBe('ERR_REDIS_TIMEOUT');
  expect(client.stats()).toMatchObject({
    inFlight: 0,
    timeouts: 3,
    commands: 6,
    replies: 0,
    errors: { ERR_REDIS_TIMEOUT: 4 },
  });
});

test('reconnections are counted, and what broke the connection', async () => {
  const client = await readyClient();
  for (let n = 1; n <= 3; n++) {
    const ready = event(client, 'ready');
    await redis.admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
    await ready;
    expect(client.stats()).toMatchObject({
      state: 'ready',
      reconnections: n,
      errors: { ECONNRESET: n },
    });
  }
});

test('while the server is away the queue has its length, and what was in flight is in it', async () => {
  const client = await readyClient({ queue: 4 });
  const store = new RedisStore(client);
  await redis.server.kill('SIGSTOP');
  const waiting = [store.get('a'), store.set('a', {})];
  expect(client.stats()).toMatchObject({ inFlight: 2, queueLength: 0, commands: 3 });
  const away = event(client, 'error');
  await redis.server.kill();
  await away;
  expect(client.stats()).toMatchObject({ inFlight: 0, queueLength: 2 });
  waiting.push(store.destroy('a'), store.touch('a', {}));
  await failure((callback) => store.get('b', callback));
  await failure((callback) => store.get('c', callback));
  const { queueLength, errors, commands } = client.stats();
  expect({ queueLength, full: errors.ERR_REDIS_QUEUE_FULL, commands }).toEqual({
    queueLength: 4,
    full: 2,
    commands: 3,
  });
  await redis.server.restart();
  await expect(Promise.all(waiting)).resolves.toEqual([null, 'OK', 1, 'EXPIRED']);
  expect(client.stats()).toMatchObject({
    state: 'ready',
    queueLength: 0,
    inFlight: 0,
    commands: 3 + 3 + 2,
    replies: 5,
    reconnections: 1,
  });
});

test('batches tell how many results came in one call', async () => {
  const server = redis.track(
    await startScriptedServer({
      onCommands: (commands, connection) =>
        connection.write(commands.map((command) => answer(command, () => '{}')).join('')),
    }),
  );
  const store = redis.track(new RedisStore(server.address));
  await event(store, 'ready');
  await store.get('a');
  expect(store.client.stats().batches).toEqual({ count: 1, results: 1, largest: 1 });
  await Promise.all(Array.from({ length: 12 }, (_, n) => store.get(`s${n}`)));
  expect(store.client.stats().batches).toEqual({ count: 2, results: 13, largest: 12 });
  await Promise.all([store.set('a', {}), store.destroy('a')]);
  expect(store.client.stats().batches).toEqual({ count: 3, results: 15, largest: 12 });
});

test('credentials that nobody gave are counted', async () => {
  let calls = 0;
  const client = createClient({
    url: redis.server.url,
    backoff,
    credentials() {
      if (++calls < 3) throw new Error('no');
      return { username: 'default', password: '' };
    },
  });
  redis.track(client);
  await event(client, 'ready');
  expect(client.stats()).toMatchObject({ reconnections: 0, errors: { ERR_REDIS_CREDENTIALS: 2 } });
});

test('after it is closed the numbers stay, and say so', async () => {
  const client = await readyClient();
  const store = new RedisStore(client);
  await store.set('a', {});
  const before = client.stats();
  await client.close();
  expect(client.stats()).toEqual({ ...before, state: 'closed' });
});

test('what it gave does not change, nor does a change of it change anything', async () => {
  const client = await readyClient();
  const store = new RedisStore(client);
  const before = client.stats();
  const copy = structuredClone(before);
  await store.set('a', {});
  expect(before).toEqual(copy);
  before.errors.ERR_REDIS_REPLY = 7;
  before.batches.count = 7;
  expect(client.stats()).toMatchObject({ errors: {}, batches: { count: 1 } });
});

test('several stores of a client are counted together, several clients apart', async () => {
  const client = await readyClient();
  const other = await readyClient();
  await Promise.all(
    [new RedisStore(client), new RedisStore({ client, prefix: 'b:' })].map((store) =>
      store.set('a', {}),
    ),
  );
  await until(() => client.stats().replies === 2, { what: 'both replies' });
  expect(other.stats().commands).toBe(0);
});
