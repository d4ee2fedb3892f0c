'use strict';

// An application with another session middleware, and without express-session.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { runScript } = require('../helpers/child');
const { useRedis } = require('../helpers/use-redis');

const root = path.join(__dirname, '..', '..');
const redis = useRedis();
let app;

beforeAll(() => {
  app = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-app-'));
  const installed = path.join(app, 'node_modules', 'connect-hiredis');
  const addon = 'build/Release/connect_hiredis.node';
  for (const part of ['lib', 'index.d.ts', 'index.d.mts', 'package.json', addon]) {
    fs.cpSync(path.join(root, part), path.join(installed, part), { recursive: true });
  }
  for (const script of ['own-store.mjs', 'own-store.js']) {
    fs.copyFileSync(path.join(__dirname, 'fixtures', script), path.join(app, script));
  }
});
afterAll(() => fs.rmSync(app, { recursive: true, force: true }));

const run = (script) =>
  runScript(path.join(app, script), {
    args: [JSON.stringify({ url: redis.server.url })],
    cwd: app,
    env: { NODE_PATH: '' },
  });

const told = expect.stringMatching(/^Error RedisStore needs express-session: .*connect-hiredis/);

test("the ES module works with the other middleware's Store; RedisStore says what it needs", async () => {
  await expect(run('own-store.mjs')).resolves.toEqual({
    code: 0,
    signal: null,
    lines: ['true OK 1', 'true', told, told, told],
    stderr: '',
  });
});

test("require works with the other middleware's Store; RedisStore says what it needs", async () => {
  await expect(run('own-store.js')).resolves.toEqual({
    code: 0,
    signal: null,
    lines: ['true OK 1', told],
    stderr: '',
  });
});
