'use strict';

// A client of the application's that never answers leaves no request without an answer: the store's
// own deadline holds over it, too.

const { EventEmitter } = require('node:events');
const { inspect } = require('node:util');
const { Redis } = require('ioredis');
const { createClient: createNodeRedis } = require('redis');
const { RedisStore } = require('../..');
const { failure, outcome, expectEachCalledOnce } = require('../helpers/outcome');
const { freePort } = require('../helpers/server-start');

const session = { cookie: {}, word: 'secret-word' };

/** @type {[string, (store: any, callback: Function) => unknown][]} */
const OPERATIONS = [
  ['get', (store, callback) => store.get('a', callback)],
  ['set', (store, callback) => store.set('a', session, callback)],
  ['touch', (store, callback) => store.touch('a', session, callback)],
  ['destroy', (store, callback) => store.destroy('a', callback)],
  ['length', (store, callback) => store.length(callback)],
  ['ids', (store, callback) => store.ids(callback)],
  ['all', (store, callback) => store.all(callback)],
  ['clear', (store, callback) => store.clear(callback)],
];

afterEach(expectEachCalledOnce);

/** A client whose commands are answered when `settle` is called. */
function silentClient() {
  /** @type {((reply: any) => void)[]} */
  const waiting = [];
  return {
    sendCommand: () => new Promise((resolve) => waiting.push(resolve)),
    /** @param {any} reply */
    settle: (reply) => waiting.splice(0).forEach((resolve) => resolve(reply)),
  };
}

test.each(OPERATIONS)('%s over a client that never answers times out', async (_, run) => {
  const store = new RedisStore({ client: silentClient(), commandTimeout: 100 });
  const since = performance.now();
  const error = await failure((callback) => run(store, callback));
  expect(error).toMatchObject({
    code: 'ERR_REDIS_TIMEOUT',
    message: 'The client gave no answer within 100 ms',
  });
  expect(performance.now() - since).toBeGreaterThanOrEqual(99);
});

describe('a client that cannot connect', () => {
  const make = {
    'node-redis': (port) => {
      const client = createNodeRedis({ url: `redis://127.0.0.1:${port}` });
      client.on('error', () => {});
      client.connect().catch(() => {});
      return { client, end: () => client.destroy() };
    },
    ioredis: (port) => {
      const client = new Redis({ port, maxRetriesPerRequest: null });
      return { client, end: () => client.disconnect() };
    },
  };

  test.each(Object.keys(make))('%s: the timeout names the cause and the address', async (name) => {
    const port = await freePort();
    const { client, end } = make[name](port);
    const store = new RedisStore({ client, commandTimeout: 100 });
    await new Promise((resolve) => client.once('error', resolve));
    const error = await store.access.get('a').catch((caught) => caught);
    end();
    const cause = `connect ECONNREFUSED 127.0.0.1:${port}`;
    expect(error).toMatchObject({
      code: 'ERR_REDIS_TIMEOUT',
      message: `The client gave no answer within 100 ms: ${cause}`,
      cause: { message: cause, code: 'ECONNREFUSED', port },
    });
  });

  test('the timeout shows nothing of the error but its text', async () => {
    const never = () => new Promise(() => {});
    // As ioredis is.
    const commands = { call: never, callBuffer: never, del: never };
    const events = new EventEmitter();
    const client = Object.assign(events, commands, { status: 'reconnecting' });
    const store = new RedisStore({ client, commandTimeout: 20 });
    const refusal = Object.assign(new Error('WRONGPASS'), { command: 'AUTH', args: ['p4ss'] });
    client.emit('error', refusal);
    const error = await store.access.destroy('a').catch((caught) => caught);
    expect(error.message).toBe('The client gave no answer within 20 ms: WRONGPASS');
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain('p4ss');
  });
});

test('an answer that comes after the deadline is heard by nobody', async () => {
  const client = silentClient();
  const store = new RedisStore({ client, commandTimeout: 50 });
  const got = await outcome((callback) => store.destroy('a', callback));
  expect(got.error.code).toBe('ERR_REDIS_TIMEOUT');
  client.settle(1);
  await new Promise(setImmediate);
});

test('operations that begin later have their own time', async () => {
  const client = silentClient();
  const store = new RedisStore({ client, commandTimeout: 200 });
  const first = failure((callback) => store.get('a', callback));
  await new Promise((resolve) => setTimeout(resolve, 150));
  const later = outcome((callback) => store.destroy('b', callback));
  expect((await first).code).toBe('ERR_REDIS_TIMEOUT');
  client.settle(1);
  expect(await later).toMatchObject({ error: null, result: 1 });
});

test('a loop that is blocked for longer than the deadline costs no answer', async () => {
  const client = { sendCommand: () => new Promise((resolve) => setTimeout(resolve, 10, 1)) };
  const store = new RedisStore({ client, commandTimeout: 100 });
  const got = outcome((callback) => store.destroy('a', callback));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
  expect(await got).toMatchObject({ error: null, result: 1 });
});

test('length() and clear() have the deadline for each answer, not for all', async () => {
  // 12 answers of 20 ms each take longer than the deadline.
  let scans = 0;
  const client = {
    async sendCommand([name]) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (name !== 'SCAN') return 1;
      scans++;
      return [String(scans % 12), scans % 12 === 5 ? ['sess:a'] : []];
    },
  };
  const store = new RedisStore({ client, commandTimeout: 150 });
  await expect(store.length()).resolves.toBe(1);
  await expect(store.clear()).resolves.toBe(1);
  await expect(store.ids()).resolves.toEqual(['a']);
});

test('commandTimeout is checked', () => {
  const client = silentClient();
  expect(() => new RedisStore({ client, commandTimeout: 0 })).toThrow(/"commandTimeout"/);
  expect(() => new RedisStore({ client, commandTimeout: 'x' })).toThrow(/"commandTimeout"/);
});
