'use strict';

// Workers that end with everything open: no crash, no abort, no hang.

const path = require('node:path');
const { runScript } = require('../helpers/child');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();
const COUNT = '50';
const main = path.join(__dirname, 'fixtures', 'worker-main.js');

const run = (script, options) =>
  runScript(main, { args: [script, COUNT, redis.server.url], timeout: 100_000, ...options });

const ended = { code: 0, signal: null, lines: [`${COUNT} workers ended`] };

test('50 workers of 50 can be terminated with commands in flight', async () => {
  await redis.admin.sendCommand(['CLIENT', 'PAUSE', '200000', 'WRITE']);
  try {
    await expect(run('worker-blocked.js')).resolves.toMatchObject(ended);
  } finally {
    await redis.admin.sendCommand(['CLIENT', 'UNPAUSE']);
  }
}, 120_000);

test.each([
  ['while replies and callbacks are coming', 'worker-flood.js'],
  ['before they are connected', 'worker-connecting.js'],
  ['while connected and idle', 'worker-idle.js'],
])(
  '50 workers of 50 can be terminated %s',
  async (_, script) => {
    await expect(run(script)).resolves.toMatchObject(ended);
  },
  120_000,
);

test('50 workers of 50 can call process.exit inside a callback', async () => {
  await expect(run('worker-exit.js')).resolves.toMatchObject(ended);
}, 120_000);

test('no terminated worker leaves a connection behind', async () => {
  await run('worker-idle.js', {});
  const clients = await redis.admin.sendCommand(['CLIENT', 'LIST']);
  expect(clients).not.toMatch(/name=connect-hiredis/);
}, 120_000);
