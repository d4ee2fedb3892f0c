'use strict';

// The tests start the server that they are told to, and nothing else: `npm run test:servers` runs
// them on servers that are not installed.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { DEPLOYMENTS, versionOf } = require('../../scripts/servers/deployments');
const { chosenServer } = require('../helpers/chosen-server');
const { openPlace } = require('../helpers/places');
const { startRedis } = require('../helpers/redis-server');

const installed = chosenServer();
const CHANGED = ['CONNECT_HIREDIS_TEST_SERVER', 'CONNECT_HIREDIS_TEST_REPLICAS', 'TMPDIR'];
const environment = { ...process.env };
let folder;
let program;
let log;

/** The processes that the program became. */
const pids = () => fs.readFileSync(log, 'utf8').trim().split('\n').map(Number);

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-'));
  program = path.join(folder, 'a server');
  log = path.join(folder, 'log');
  const lines = ['#!/bin/sh', `echo $$ >> '${log}'`, `exec '${installed}' "$@"`];
  fs.writeFileSync(program, `${lines.join('\n')}\n`, { mode: 0o755 });
  process.env.CONNECT_HIREDIS_TEST_SERVER = program;
});

afterEach(() => {
  for (const name of CHANGED) {
    delete process.env[name];
    if (name in environment) process.env[name] = environment[name];
  }
  fs.rmSync(folder, { recursive: true });
});

test('a server that is chosen by the environment starts, and says its version', async () => {
  const server = await startRedis();
  try {
    expect(await versionOf(server)).toMatch(/^\d+\.\d+\.\d+$/);
    expect(pids()).toEqual([server.pid]);
  } finally {
    await server.stop();
  }
});

test.each([
  ['server', 1],
  ['sentinel', 5], // a master, a replica and three sentinels
  ['cluster', 6],
])('so does all that belongs to a %s', async (kind, size) => {
  process.env.CONNECT_HIREDIS_TEST_REPLICAS = '1';
  const place = await openPlace(kind);
  try {
    expect(pids()).toHaveLength(size);
    await place.witness().set('key', 'value');
    expect(await place.witness().get('key')).toBe('value');
  } finally {
    await place.stop();
  }
});

test('a program that is no server says why it does not start', async () => {
  fs.writeFileSync(program, '#!/bin/sh\necho no such thing\nexit 3\n');
  await expect(startRedis()).rejects.toThrow('ended with code 3:\nno such thing');
});

test.each(DEPLOYMENTS.map((each) => [each.name, each]))(
  '%s: starts, answers, and leaves nothing behind',
  async (_, { start }) => {
    const temporary = path.join(folder, 'tmp');
    fs.mkdirSync(temporary);
    process.env.TMPDIR = temporary;
    const { server, addresses, stop } = await start(program);
    expect(addresses).not.toHaveLength(0);
    expect(await versionOf(server)).toMatch(/^\d+\.\d+\.\d+$/);
    await stop();
    expect(fs.readdirSync(temporary)).toEqual([]);
    for (const pid of pids()) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  },
);
