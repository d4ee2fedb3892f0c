'use strict';

// Servers that accept connections and are of no use all the same.

const { RedisStore } = require('../..');
const { failure } = require('../helpers/outcome');
const { startScriptedServer } = require('../helpers/scripted-server');

const DENIED =
  '-DENIED Redis is running in protected mode because protected mode is enabled and no password ' +
  'is set for the default user.\r\n';

let server, store;
afterEach(async () => {
  await store.close();
  await server.close();
});

async function start(onConnection, options) {
  server = await startScriptedServer({ onConnection });
  store = new RedisStore({
    port: server.port,
    backoff: { min: 1, max: 2000 },
    disconnectAfter: 600,
    ...options,
  });
  const told = { ready: 0, connect: 0, errors: [] };
  for (const name of ['ready', 'connect']) store.on(name, () => told[name]++);
  store.on('error', (error) => told.errors.push(error));
  return told;
}
const disconnected = () => new Promise((resolve) => store.once('disconnect', resolve));

describe.each([
  ['with a name to tell', {}],
  ['without', { clientName: false }],
  ['with a password', { password: 'secret' }],
])('a client %s', (_, options) => {
  test.each([
    ['closes', (connection) => connection.end()],
    ['resets', (connection) => connection.reset()],
  ])(
    'is never ready at a server that accepts and %s: it asks more and more seldom',
    async (_name, end) => {
      const told = await start(end, options);
      await disconnected();
      expect(told).toMatchObject({ ready: 0, connect: 0 });
      for (const { code } of told.errors) expect(code).toMatch(/^(ECONNRESET|EPIPE)$/);
      // Up to 1 ms, 2, 4 ... before each: some ten of them fill 600 ms. With 1 ms before each
      // there would be hundreds.
      expect(server.connections.length).toBeGreaterThan(2);
      expect(server.connections.length).toBeLessThan(40);
    },
  );

  test('is told why by a server that denies', async () => {
    const told = await start((connection) => {
      connection.write(DENIED);
      connection.end();
    }, options);
    await disconnected();
    expect(told).toMatchObject({ ready: 0, connect: 0 });
    expect(told.errors.length).toBeGreaterThan(0);
    for (const error of told.errors) {
      expect(error).toMatchObject({ code: 'ERR_REDIS_REPLY', reply: 'DENIED' });
    }
    // Waiting will not mend it: at the slow end of the backoff.
    expect(server.connections.length).toBeLessThan(10);
  });

  test('gives that reason to operations that waited in vain', async () => {
    await start(
      (connection) => {
        connection.write(DENIED);
        connection.end();
      },
      { ...options, commandTimeout: 1000 },
    );
    await expect(failure((callback) => store.get('a', callback))).resolves.toMatchObject({
      code: 'ERR_REDIS_TIMEOUT',
      cause: { code: 'ERR_REDIS_REPLY', reply: 'DENIED' },
    });
  });
});
