'use strict';

// JavaScript that holds the event loop for longer than an operation may take: what was answered
// meanwhile was answered in time, and what was asked meanwhile has its time from then on.

const { spawnSync } = require('node:child_process');
const { setImmediate: turn } = require('node:timers/promises');
const { RedisStore } = require('../..');
const { failure, outcome } = require('../helpers/outcome');
const { inTheEnd } = require('../helpers/patience');
const { useRedis } = require('../helpers/use-redis');

const DEADLINE = 500;
/** For what has yet to be done when the loop is free again, on a machine that is busy. */
const LONGER = 1500;

const redis = useRedis({ tcp: true });

/** Asks a server, and ends when it has answered. */
const PING = `
  const socket = require('node:net').connect(Number(process.argv[1]), '127.0.0.1');
  socket.write('PING\\r\\n');
  socket.once('data', () => socket.destroy());
`;

/** Nothing else runs for `ms`. */
function block(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** The same, but not before the server has answered all that it was sent. */
function hold(ms) {
  const end = performance.now() + ms;
  // It answers in the order in which it was asked.
  const { status } = spawnSync(process.execPath, ['-e', PING, String(redis.server.port)]);
  expect(status).toBe(0);
  block(Math.max(0, end - performance.now()));
}

/** A store, and what it tells once it is connected. */
async function start(commandTimeout = DEADLINE) {
  const store = redis.store({ commandTimeout });
  await inTheEnd(() => store.get('connected'));
  const told = [];
  for (const name of ['ready', 'error', 'disconnect']) store.on(name, () => told.push(name));
  return { store, told };
}

/** Sends what `ask` asks for; the server answers only while JavaScript holds the loop. */
async function answeredMeanwhile(ask, ms = 2 * DEADLINE) {
  await redis.server.kill('SIGSTOP');
  let asked;
  try {
    asked = ask();
    await turn(); // it has left
  } finally {
    redis.server.process.kill('SIGCONT');
  }
  hold(ms);
  return asked;
}

test.each([1, 300])('%d answers that came meanwhile are delivered', async (count) => {
  const { store, told } = await start();
  await redis.admin.set('sess:a', '{"n":1}');
  const got = await answeredMeanwhile(() =>
    Promise.all(
      Array.from({ length: count }, () => outcome((callback) => store.get('a', callback))),
    ),
  );
  expect(got.filter(({ error, result }) => error || result.n !== 1)).toEqual([]);
  // On the same connection as before.
  expect(told).toEqual([]);
});

test('an enumeration goes on, too', async () => {
  const { store, told } = await start();
  await redis.admin.mSet({ 'sess:a': '{"n":1}', 'sess:b': '{"n":1}' });
  await expect(answeredMeanwhile(() => store.all())).resolves.toHaveLength(2);
  expect(told).toEqual([]);
});

test('an answer to what was asked on receiving the one before is delivered, too', async () => {
  const { store, told } = await start();
  for (let round = 0; round < 5; round++) {
    await expect(answeredMeanwhile(() => store.set('a', { round }))).resolves.toBe('OK');
  }
  expect(told).toEqual([]);
});

test('300 answers of a kilobyte are delivered, though the kernel does not take them all', async () => {
  const { store, told } = await start(LONGER);
  const text = 'x'.repeat(1000);
  await redis.admin.set('sess:a', JSON.stringify({ text }));
  const get = () => outcome((callback) => store.get('a', callback));
  const asked = () => Promise.all(Array.from({ length: 300 }, get));
  const got = await answeredMeanwhile(asked, 2 * LONGER);
  expect(got.filter(({ error, result }) => error || result.text !== text)).toEqual([]);
  expect(told).toEqual([]);
});

test('so is one of 30 MB, which takes many turns to be read', async () => {
  const store = redis.store({ commandTimeout: LONGER });
  const told = [];
  for (const name of ['ready', 'error', 'disconnect']) store.on(name, () => told.push(name));
  const text = 'x'.repeat(30e6);
  await redis.admin.set('sess:large', JSON.stringify({ text }));
  await inTheEnd(() => store.get('connected'));
  const asked = outcome((callback) => store.get('large', callback));
  await turn();
  hold(2 * LONGER);
  const { error, result } = await asked;
  expect({ error, length: result?.text.length }).toEqual({ error: null, length: text.length });
  expect(told).toEqual(['ready']);
});

describe('a store made just before', () => {
  const options = { commandTimeout: LONGER, connectTimeout: LONGER };
  const operations = [
    (store, callback) => store.set('a', { n: 1 }, callback),
    (store, callback) => store.get('a', callback),
    (store, callback) => store.touch('a', {}, callback),
    (store, callback) => store.destroy('a', callback),
  ];

  const credentials = async () => ({ password: 'secret' });
  test.each([
    ['to an address', { host: '127.0.0.1', pass: 'secret' }],
    ['to a name', { host: 'localhost', pass: 'secret' }],
    ['with credentials of a function', { host: '127.0.0.1', credentials }],
  ])('connects %s and does what it was told', async (_, way) => {
    await redis.admin.sendCommand(['CONFIG', 'SET', 'requirepass', 'secret']);
    try {
      const { port } = redis.server;
      const store = redis.track(new RedisStore({ port, ...way, ...options }));
      const told = [];
      for (const name of ['ready', 'error', 'disconnect']) store.on(name, () => told.push(name));
      const asked = operations.map((operation) => outcome((cb) => operation(store, cb)));
      hold(2 * LONGER);
      const got = await Promise.all(asked);
      expect(got.map(({ error }) => error)).toEqual([null, null, null, null]);
      expect(got.map(({ result }) => result)).toEqual(['OK', { n: 1 }, 'OK', 1]);
      expect(told).toEqual(['ready']);
    } finally {
      await redis.admin.sendCommand(['CONFIG', 'SET', 'requirepass', '']);
    }
  });

  test('also when the loop is held a second time, while it connects', async () => {
    const store = redis.store(options);
    const asked = outcome((callback) => store.set('a', { n: 1 }, callback));
    hold(2 * LONGER);
    await turn();
    hold(2 * LONGER);
    await expect(asked).resolves.toMatchObject({ error: null, result: 'OK' });
  });
});

test('what is asked in the middle has its time', async () => {
  const { store, told } = await start();
  const asked = [];
  for (let part = 0; part < 4; part++) {
    hold(DEADLINE);
    asked.push(outcome((callback) => store.set('a', { part }, callback)));
  }
  const got = await Promise.all(asked);
  expect(got.map(({ error }) => error)).toEqual(Array(4).fill(null));
  expect(told).toEqual([]);
});

test('of a server that says nothing the end is told, though the loop is held again and again', async () => {
  const { store } = await start();
  await redis.server.kill('SIGSTOP');
  try {
    let told;
    failure((callback) => store.get('a', callback)).then((error) => (told = error));
    // Of each turn 10 ms count, and whatever the loop waits.
    const most = DEADLINE / 10;
    for (let turns = 0; !told && turns < 2 * most; turns++) {
      block(30);
      await turn();
    }
    expect(told?.code).toBe('ERR_REDIS_TIMEOUT');
  } finally {
    redis.server.process.kill('SIGCONT');
  }
});
