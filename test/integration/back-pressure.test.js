'use strict';

// More than the server can be given at once, while it is there: what it cannot take yet waits, and
// nobody is told that there is no connection.

const { useRedis } = require('../helpers/use-redis');

const redis = useRedis({ tcp: true });

/** A store that lets nothing wait for a connection, and has one. */
async function readyStore(options) {
  const store = redis.store({ queue: false, commandTimeout: 30_000, ...options });
  await new Promise((resolve) => store.once('ready', resolve));
  return store;
}

/** Calls `ask` for each number; resolves with how often which result came, errors by their code. */
function tally(count, ask) {
  const results = new Map();
  let left = count;
  return new Promise((resolve) => {
    for (let n = 0; n < count; n++) {
      ask(n, (error, result) => {
        const what = error ? (error.code ?? error) : result;
        results.set(what, (results.get(what) ?? 0) + 1);
        if (--left === 0) resolve(Object.fromEntries(results));
      });
    }
  });
}

test('50,000 operations at once are answered', async () => {
  const store = await readyStore();
  await redis.admin.set('sess:a', '{}');
  const { queueLength } = store.client.stats();
  expect(queueLength).toBe(0);
  const counted = tally(50_000, (_, callback) => store.touch('a', {}, callback));
  await expect(counted).resolves.toEqual({ OK: 50_000 });
  // Each of these is two commands: some have to wait.
  const got = tally(50_000, (_, callback) =>
    store.get('a', (error, session) => callback(error, typeof session)),
  );
  expect(store.client.stats().queueLength).toBeGreaterThan(0);
  await expect(got).resolves.toEqual({ object: 50_000 });
});

test('more bytes than the kernel takes are answered', async () => {
  const store = await readyStore();
  const session = { text: 'x'.repeat(2 ** 20) };
  const counted = tally(60, (n, callback) => store.set(`s${n}`, session, callback));
  // Of what cannot leave yet no copy is made.
  expect(store.client.stats().queueBytes).toBeGreaterThan(2 ** 20);
  await expect(counted).resolves.toEqual({ OK: 60 });
  expect(store.client.stats()).toMatchObject({ queueLength: 0, queueBytes: 0, reconnections: 0 });
});

test('behind a large batch that is sent again, an operation waits its turn', async () => {
  const store = await readyStore({ backoff: { min: 1, max: 5 } });
  await redis.admin.sendCommand(['CLIENT', 'PAUSE', '60000', 'WRITE']);
  let batch, after;
  try {
    batch = tally(20_000, (n, callback) => store.destroy(`s${n}`, callback));
    const again = new Promise((resolve) => store.once('ready', resolve));
    await redis.admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
    await again;
    expect(store.client.stats().queueLength).toBeGreaterThan(0);
    after = tally(100, (_, callback) => store.get('none', callback));
  } finally {
    await redis.admin.sendCommand(['CLIENT', 'UNPAUSE']);
  }
  await expect(after).resolves.toEqual({ null: 100 });
  await expect(batch).resolves.toEqual({ 0: 20_000 });
});

test('beyond all bounds the error says that the server does not keep up', async () => {
  const store = await readyStore();
  await redis.server.kill('SIGSTOP');
  let batch;
  try {
    batch = tally(250_000, (n, callback) => store.destroy(`s${n}`, callback));
    const error = await store.get('a').catch((refused) => refused);
    expect(error).toHaveProperty('code', 'ERR_REDIS_QUEUE_FULL');
    expect(error).not.toHaveProperty('cause');
    expect(error.message).toMatch(/^Redis does not keep up/);
  } finally {
    await redis.server.kill('SIGCONT');
  }
  await expect(batch).resolves.toEqual({ 0: 250_000 });
  await expect(store.get('a')).resolves.toBeNull();
});
