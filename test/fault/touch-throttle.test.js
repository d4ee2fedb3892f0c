'use strict';

// touchAfter with a server that is slow to answer: a key lives from when the server was asked, not
// from when the answer came.

const { RedisStore } = require('../..');
const { deferred } = require('../helpers/until');
const { answer, startScriptedServer } = require('../helpers/scripted-server');

const TTL = 60;
const TOUCH_AFTER = 10;
const session = () => ({ cookie: {} });

let server, store, held, now;
let expiry; // as the server knows it
beforeEach(async () => {
  now = Date.now();
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  server = await startScriptedServer({
    async onCommands(commands, connection) {
      for (const [name, ...words] of commands) {
        if (name === 'SET' || name === 'PEXPIRE') expiry = now + Number(words.at(-1));
      }
      held?.asked.resolve();
      await held?.gate.promise;
      connection.write(commands.map((command) => answer(command, () => null)).join(''));
    },
  });
  store = new RedisStore({ port: server.port, ttl: TTL, touchAfter: TOUCH_AFTER });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await store.close();
  await server.close();
});

const sent = () => server.connections[0].commands.filter(([name]) => name === 'PEXPIRE').length;

/** Runs an operation that is answered only when the clock shows `seconds` more. */
async function answeredAfter(seconds, start) {
  held = { asked: deferred(), gate: deferred() };
  const answered = start();
  await held.asked.promise;
  now += seconds * 1000;
  held.gate.resolve();
  await answered;
  held = undefined;
}

test.each([
  ['set', () => store.set('a', session())],
  ['touch', () => store.touch('a', session())],
])('a slow %s counts from when it was sent', async (_, start) => {
  await answeredAfter(4, start);
  const before = sent();
  now += 5000; // nine seconds after it was sent
  await expect(store.touch('a', session())).resolves.toBe('OK');
  expect(sent()).toBe(before);
  now += 2000; // eleven
  await expect(store.touch('a', session())).resolves.toBe('OK');
  expect(sent()).toBe(before + 1);
});

test('a short-lived key does not lapse under touches after a slow set', async () => {
  const short = new RedisStore({ client: store.client, ttl: 8, touchAfter: TOUCH_AFTER });
  await answeredAfter(4.5, () => short.set('a', session()));
  for (let round = 0; round < 40; round++) {
    now += 250;
    await expect(short.touch('a', session())).resolves.toBe('OK');
    expect(expiry).toBeGreaterThan(now);
  }
});
