'use strict';

// After a silence that has outlasted the deadline, under load: commands that have waited for long
// run out one after the other, whatever the new connection does. It must be given time to answer.

const { setTimeout: pause } = require('node:timers/promises');
const { RedisStore } = require('../..');
const { outcome } = require('../helpers/outcome');
const { answer, startScriptedServer } = require('../helpers/scripted-server');

const DEADLINE = 1500;
const LATENCY = 250; // of the server, once it answers

let server, store;
beforeEach(async () => {
  server = await startScriptedServer({
    async onCommands(commands, connection) {
      if (connection.number === 1) return; // silent
      await pause(LATENCY);
      connection.write(commands.map((command) => answer(command, () => '{}')).join(''));
    },
  });
  const backoff = { min: 1, max: 1 };
  store = new RedisStore({ ...server.address, commandTimeout: DEADLINE, backoff });
});
afterEach(async () => {
  await store.close();
  await server.close();
});

test('the new connection is not replaced for commands that it got a moment before their deadline', async () => {
  const asked = [];
  for (let n = 0; n < 200; n++) {
    asked.push(outcome((callback) => store.get('a', callback)));
    await pause(DEADLINE / 60);
  }
  const outcomes = await Promise.all(asked);
  expect(server.connections).toHaveLength(2);
  // Those that were asked on the new connection, at the latest.
  expect(outcomes.slice(-50).filter(({ error }) => error)).toEqual([]);
});
