'use strict';

// Bytes of a broken connection that reach the server after the client has come back: they must not
// undo what it has done since.

const { once } = require('node:events');
const net = require('node:net');
const { startHoldingProxy } = require('../helpers/holding-proxy');
const { fresh } = require('../helpers/requests');
const { until } = require('../helpers/until');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis({ tcp: true });
const backoff = { min: 1, max: 20 };

let proxy;
beforeEach(async () => {
  proxy = redis.track(await startHoldingProxy(redis.server.address));
});

/** A store behind the proxy whose connection is ready. */
async function openStore(options) {
  const { host, port } = proxy;
  const store = redis.store({ url: undefined, host, port, backoff, ...options });
  const errors = [];
  store.on('error', ({ code }) => errors.push(code));
  await store.access.exists('a');
  return { store, errors };
}

const exists = () => redis.admin.exists('sess:a');
const patient = { commandTimeout: 20_000 };

test('an acknowledged destroy stays', async () => {
  const { store } = await openStore(patient);
  const held = proxy.hold();
  const saved = store.set('a', fresh({ n: 1 }));
  await held.some;
  held.cut();
  await expect(saved).resolves.toBe('OK');
  await expect(store.destroy('a')).resolves.toBe(1);
  await expect(held.deliver()).resolves.toBe('closed');
  await expect(exists()).resolves.toBe(0);
});

test('a later save stays', async () => {
  const { store } = await openStore(patient);
  const held = proxy.hold();
  const destroyed = store.destroy('a');
  await held.some;
  held.cut();
  await expect(destroyed).resolves.toBe(0);
  await store.set('a', fresh({ n: 1 }));
  await expect(held.deliver()).resolves.toBe('closed');
  await expect(exists()).resolves.toBe(1);
});

test('so does one after a save whose deadline has passed: nothing is sent again', async () => {
  const { store } = await openStore({ commandTimeout: 500 });
  const held = proxy.hold();
  await expect(store.set('a', fresh({ n: 1 }))).rejects.toMatchObject({
    code: 'ERR_REDIS_TIMEOUT',
  });
  // The silent connection is replaced.
  await until(() => store.destroy('a').then(() => true, () => false)); // prettier-ignore
  await expect(held.deliver()).resolves.toBe('closed');
  await expect(exists()).resolves.toBe(0);
});

test.each([
  ['end a connection', ['-client|kill']],
  ['ask who it is', ['-client|info', '-client|kill']],
  ['use CLIENT at all', ['-client']],
])('a user who may not %s is served all the same', async (_, rules) => {
  await redis.admin.sendCommand(['ACL', 'SETUSER', 'app', 'reset', 'on', '>secret', '~*', '+@all', ...rules]); // prettier-ignore
  const { store, errors } = await openStore({ ...patient, username: 'app', pass: 'secret' });
  const held = proxy.hold();
  const saved = store.set('a', fresh({ n: 1 }));
  await held.some;
  held.cut();
  await expect(saved).resolves.toBe('OK');
  await expect(store.destroy('a')).resolves.toBe(1);
  expect(errors).toEqual(['ECONNRESET']);
  // What the docs say of it.
  await expect(held.deliver()).resolves.toBe('answered');
  await expect(exists()).resolves.toBe(1);
});

/** A connection that nobody ends but who means it. */
async function connectStranger() {
  const socket = net.connect(redis.server.address);
  socket.on('error', () => {});
  redis.track({ close: () => socket.destroy() });
  const ask = async (command) => {
    socket.write(`${command}\r\n`);
    const [reply] = await once(socket, 'data', { close: true });
    return String(reply);
  };
  return { ask, socket, id: Number((await ask('CLIENT ID')).slice(1)) };
}

test('after a restart of the server, in which ids begin anew, no stranger is ended', async () => {
  // Those who come back sooner have lower ids.
  for (let n = 0; n < 20; n++) (await connectStranger()).socket.destroy();
  const { store } = await openStore(patient);
  const list = await redis.admin.sendCommand(['CLIENT', 'LIST']);
  const id = Math.max(...Array.from(list.matchAll(/^id=(\d+)/gm), ([, number]) => Number(number)));
  const held = proxy.hold();
  const saved = store.set('a', fresh({ n: 1 }));
  await held.some;
  proxy.refuses = true;
  await redis.server.restart();
  await redis.admin.ping();
  const strangers = [];
  while (!(strangers.at(-1)?.id >= id)) strangers.push(await connectStranger());
  const namesake = strangers.find((stranger) => stranger.id === id);
  expect(namesake).toBeDefined();
  proxy.refuses = false;
  await expect(saved).resolves.toBe('OK');
  // It was asked for, as far as the client could know.
  await expect(redis.calls('client\\|kill')).resolves.toBe(1);
  for (const stranger of strangers) {
    await expect(stranger.ask('PING')).resolves.toBe('+PONG\r\n');
  }
});

test('a connection whose answers are all there is not asked for', async () => {
  const { store, errors } = await openStore(patient);
  await redis.admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
  await until(() => errors.length === 1);
  await store.access.exists('a');
  await expect(redis.calls('client\\|kill')).resolves.toBe(1); // ours
});
