'use strict';

// Everything the package does, once, for a sanitizer to watch: against a server that is killed,
// paused and started again. Argument: the package's folder.

const assert = require('node:assert');
const path = require('node:path');
const { Worker } = require('node:worker_threads');

// The sanitizer is for this process, not for those that it starts.
delete process.env.LD_PRELOAD;

const { startRedis } = require('../helpers/redis-server');
const { runSteps } = require('./steps');

const FOLDER = path.resolve(process.argv[2]);
const { RedisStore, createClient } = require(FOLDER);

/** @typedef {Awaited<ReturnType<typeof startRedis>>} RedisServer */
/** @type {RedisServer} */
let server;

const session = (data = {}) => ({ cookie: { maxAge: 60_000 }, ...data });

/** Opens a store, runs `use` with it, and closes it. */
async function withStore(options, use) {
  const store = new RedisStore({ url: server.url, ...options });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

const codeOf = (promise) =>
  promise.then(
    () => 'ok',
    (error) => error.code,
  );

const many = (count, start) => Promise.all(Array.from({ length: count }, (_, n) => start(n)));

/** Starts `count` operations of every kind without waiting for any. */
const flood = (store, count) =>
  many(count, (n) =>
    codeOf(
      [
        () => store.set(`s${n}`, session({ n, text: 'x'.repeat(n % 5000) })),
        () => store.get(`s${n - 1}`),
        () => store.touch(`s${n - 2}`, session()),
        () => store.access.update(`s${n - 3}`, (current) => ({ ...current, n })),
        () => store.destroy(`s${n - 4}`),
        () => store.access.getMany([`s${n}`, 'none', `s${n - 1}`]),
      ][n % 6](),
    ),
  );

const steps = {
  'one session, all operations': () =>
    withStore({}, async (store) => {
      assert.equal(await store.set('a', session({ user: 'Ada' })), 'OK');
      assert.equal((await store.get('a')).user, 'Ada');
      assert.equal(await store.touch('a', session()), 'OK');
      assert.ok((await store.access.ttl('a')) > 0);
      assert.ok(await store.access.exists('a'));
      assert.equal((await store.access.update('a', (it) => ({ ...it, user: 'Bob' }))).user, 'Bob');
      assert.equal(await store.destroy('a'), 1);
      assert.equal(await store.get('a'), null);
    }),

  'ids and values of any bytes': () =>
    withStore({ prefix: 'a[1]*?\0' }, async (store) => {
      const id = 'id\r\n\0\u{1F600}';
      await store.set(id, session({ text: '\ud800\0\r\n\u{1F600}é' }));
      assert.equal((await store.get(id)).text, '\ud800\0\r\n\u{1F600}é');
      assert.deepEqual(await store.ids(), [id]);
      await assert.rejects(store.get('\ud800'));
      assert.equal(await store.clear(), 1);
    }),

  'values that are Buffers': async () => {
    const serializer = {
      binary: true,
      parse: (data) => JSON.parse(Buffer.from(data).reverse()),
      stringify: (value) => Buffer.from(JSON.stringify(value)).reverse(),
    };
    await withStore({ serializer, prefix: 'b:' }, async (store) => {
      await store.set('a', session({ text: 'é'.repeat(100_000) }));
      assert.equal((await store.get('a')).text.length, 100_000);
      assert.equal((await store.all()).length, 1);
    });
  },

  'a payload of 16 MiB': () =>
    withStore({ prefix: 'large:' }, async (store) => {
      const text = 'é\u{1F600}xyz'.repeat(2 ** 24 / 9);
      const others = many(50, (n) => store.set(`small${n}`, session({ n })));
      await Promise.all([others, store.set('a', session({ text }))]);
      const found = await Promise.all([store.get('a'), store.get('small1'), store.get('a')]);
      assert.ok(found[0].text === text && found[2].text === text);
      assert.equal((await store.all()).length, 51);
      await store.clear();
    }),

  'thousands of sessions': () =>
    withStore({ prefix: 'many:', scanCount: 500 }, async (store) => {
      await many(5000, (n) => store.set(`s${n}`, session({ n })));
      const found = await many(5000, (n) => store.get(`s${n}`));
      assert.ok(found.every((each, n) => each.n === n));
      assert.equal(await store.length(), 5000);
      assert.equal(new Set(await store.ids()).size, 5000);
      assert.equal((await store.all()).length, 5000);
      let scanned = 0;
      for await (const _ of store.access.scan({ count: 100 })) {
        if (++scanned === 1000) break; // left in the middle
      }
      const some = await store.access.getMany(Array.from({ length: 2000 }, (_, n) => `s${n * 5}`));
      assert.equal(some.filter(Boolean).length, 1000);
      assert.equal(await store.clear(), 5000);
    }),

  'merged sessions': () =>
    withStore({ prefix: 'merge:', concurrencyMerge: true }, async (store) => {
      await store.set('a', session({ n: 0 }));
      await many(20, async (n) => {
        const own = await store.get('a');
        own[`key${n}`] = n;
        await store.set('a', own);
      });
    }),

  refusals: () =>
    withStore({ prefix: 'refused:' }, async (store) => {
      const cyclic = session();
      cyclic.self = cyclic;
      assert.equal(await codeOf(store.set('a', cyclic)), 'ERR_SESSION_SERIALIZE');
      const wrong = new RedisStore({ url: server.url, pass: 'wrong', commandTimeout: 100 });
      assert.notEqual(await codeOf(wrong.get('a')), 'ok');
      await wrong.close();
      const missing = new RedisStore({ socket: '/nonexistent', commandTimeout: 100, queue: 2 });
      const codes = await many(4, () => codeOf(missing.get('a')));
      assert.ok(codes.includes('ERR_REDIS_QUEUE_FULL'), String(codes));
      await missing.close();
      const nobody = new RedisStore({ host: 'localhost', port: 1, commandTimeout: 100 });
      assert.notEqual(await codeOf(nobody.get('a')), 'ok');
      await nobody.close();
    }),

  'a client closed while its commands are under way': async () => {
    for (let round = 0; round < 20; round++) {
      const client = createClient(server.url);
      const store = new RedisStore({ client, prefix: 'closed:' });
      await store.set('a', session({ text: 'x'.repeat(50_000) }));
      const all = [flood(store, 60), many(20, () => codeOf(store.get('a'))), codeOf(store.all())];
      await client.close();
      await Promise.all(all);
    }
  },

  'a server that dies and comes back under load': () =>
    withStore({ commandTimeout: 20_000, backoff: { min: 1, max: 20 } }, async (store) => {
      for (let round = 0; round < 4; round++) {
        const load = Promise.all([flood(store, 2000), codeOf(store.all()), codeOf(store.clear())]);
        await codeOf(store.get('a'));
        await server.kill();
        const waiting = flood(store, 500);
        await server.start();
        await Promise.all([load, waiting]);
      }
    }),

  'a server that answers nothing for a while': () =>
    withStore({ commandTimeout: 150, prefix: 'paused:' }, async (store) => {
      await store.set('a', session());
      await server.kill('SIGSTOP');
      const codes = await many(100, () => codeOf(store.get('a')));
      assert.ok(
        codes.every((code) => code === 'ERR_REDIS_TIMEOUT'),
        codes[0],
      );
      await server.kill('SIGCONT');
      for (let round = 0; round < 20; round++) {
        if ((await codeOf(store.get('a'))) === 'ok') return;
      }
      assert.fail('it did not come back');
    }),

  'listeners and callbacks that throw': () =>
    withStore({ prefix: 'throws:' }, async (store) => {
      const thrown = [];
      const note = (error) => thrown.push(error.message);
      process.on('uncaughtException', note);
      await store.set('a', session());
      store.get('a', () => {
        throw new Error('in a callback');
      });
      await many(10, () => store.get('a'));
      process.off('uncaughtException', note);
      assert.deepEqual(thrown, ['in a callback']);
    }),

  'Workers terminated under load': async () => {
    for (let round = 0; round < 8; round++) {
      const worker = new Worker(path.join(__dirname, 'worker.js'), {
        workerData: { folder: FOLDER, url: server.url },
      });
      await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
      await worker.terminate();
    }
  },
};

async function main() {
  server = await startRedis({ args: ['--proto-max-bulk-len', '64mb'] });
  try {
    await runSteps(steps);
  } finally {
    await server.stop();
  }
}

main();
