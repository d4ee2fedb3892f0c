'use strict';

// JavaScript that holds the event loop for longer than an operation may take: what was answered
// meanwhile was answered in time.

const { spawnSync } = require('node:child_process');
const { setImmediate: turn } = require('node:timers/promises');
const { outcome } = require('../helpers/outcome');
const { inTheEnd } = require('../helpers/patience');
const { useRedis } = require('../helpers/use-redis');

const DEADLINE = 500;

const redis = useRedis({ tcp: true });

/** Asks a server, and ends when it has answered. */
const PING = `
  const socket = require('node:net').connect(Number(process.argv[1]), '127.0.0.1');
  socket.write('PING\\r\\n');
  socket.once('data', () => socket.destroy());
`;

/** Nothing else runs for `ms`, nor before the server has answered all that it was sent. */
function hold(ms) {
  const end = performance.now() + ms;
  // It answers in the order in which it was asked.
  const { status } = spawnSync(process.execPath, ['-e', PING, String(redis.server.port)]);
  expect(status).toBe(0);
  Atomics.wait(
    new Int32Array(new SharedArrayBuffer(4)),
    0,
    0,
    Math.max(0, end - performance.now()),
  );
}

/** A store, and what it tells once it is connected. */
async function start() {
  const store = redis.store({ commandTimeout: DEADLINE });
  await inTheEnd(() => store.get('connected'));
  const told = [];
  for (const name of ['ready', 'error', 'disconnect']) store.on(name, () => told.push(name));
  return { store, told };
}

/** Sends what `ask` asks for; the server answers only while JavaScript holds the loop. */
async function answeredMeanwhile(ask) {
  await redis.server.kill('SIGSTOP');
  let asked;
  try {
    asked = ask();
    await turn(); // it has left
  } finally {
    redis.server.process.kill('SIGCONT');
  }
  hold(2 * DEADLINE);
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
