'use strict';

// Addresses that swallow what they are sent: neither a connection nor a refusal comes back.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { plainEnvironment } = require('../../scripts/plain-environment');
const { startBlackHole } = require('../helpers/black-hole');
const { runScript } = require('../helpers/child');
const { startFaultyServer } = require('../helpers/faulty-server');
const { PATIENCE } = require('../helpers/patience');
const { expectNoSocketLeft, withServer } = require('../helpers/scene');
const { until } = require('../helpers/until');

expectNoSocketLeft();

/** What a busy machine may need, but no second SYN: that comes after a second. */
const SHARE = 800;

describe('a server that swallows SYNs', () => {
  /** A scene before one; `hole` may be told to answer again. */
  const play = async (options, act) => {
    const hole = await startBlackHole();
    await hole.swallow();
    await withServer(hole, options, (scene) => act(scene, hole));
  };

  test('is given up at connectTimeout, again and again, and answers when it is back', () =>
    play({ connectTimeout: SHARE }, async (scene, hole) => {
      const told = scene.tell('set', 'a');
      await until(() => scene.errors.length >= 2);
      for (const error of scene.errors) {
        const { host: address, port } = hole;
        expect(error).toMatchObject({ code: 'ETIMEDOUT', syscall: 'connect', address, port });
      }
      await hole.answer();
      await expect(told).resolves.toBe('OK');
    }));

  test('costs each operation its deadline, and no more', () =>
    play({ commandTimeout: 3 * SHARE, connectTimeout: SHARE }, async (scene, hole) => {
      const { error } = await scene.ask('set', 'a');
      expect(error).toMatchObject({ code: 'ERR_REDIS_TIMEOUT', cause: { code: 'ETIMEDOUT' } });
      await hole.answer();
      await expect(scene.tellInTheEnd('set', 'a')).resolves.toBe('OK');
    }));

  test('does so with the usual connectTimeout, too', () =>
    play({ commandTimeout: SHARE }, async (scene) => {
      const { error } = await scene.ask('set', 'a');
      expect(error.code).toBe('ERR_REDIS_TIMEOUT');
      expect(scene.store.client.state).toBe('connecting');
    }));

  test('does not hold up close', () =>
    play({}, async (scene) => {
      const told = scene.tell('set', 'a');
      await scene.store.close();
      await expect(told).resolves.toBe('ERR_REDIS_CLOSED');
    }));
});

describe('a name of several addresses', () => {
  const NAME = 'several-addresses.test';
  const HOSTS = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
  let folder, library;

  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-names-'));
    library = path.join(folder, 'names.so');
    const source = path.join(__dirname, 'fixtures', 'names.c');
    const flags = ['-shared', '-fPIC', '-o', library, source, '-ldl'];
    const { status, stderr } = spawnSync('cc', flags, {
      encoding: 'utf8',
      env: plainEnvironment(),
    });
    if (status !== 0) throw new Error(`cc: ${stderr}`);
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  const open = [];
  const track = async (closable) => {
    open.push(await closable);
    return open.at(-1);
  };
  afterEach(() => Promise.all(open.splice(0).map((closable) => closable.close())));

  /** What operations were told in a process where NAME has `hosts`. */
  async function ask({ port, hosts = HOSTS, count = 1, ...options }) {
    const fixture = path.join(__dirname, 'fixtures', 'by-name.js');
    // A sanitizer's library has to stay the first.
    const preloaded = [process.env.LD_PRELOAD, library].filter(Boolean).join(':');
    const env = { LD_PRELOAD: preloaded, FAULT_NAME: NAME, FAULT_ADDRESSES: hosts.join(',') };
    const args = [JSON.stringify({ host: NAME, port, ...options }), String(count)];
    const { lines, ...end } = await runScript(fixture, { args, env });
    expect(end).toEqual({ code: 0, signal: null, stderr: '' });
    return JSON.parse(lines[0]);
  }

  test('of which the first two swallow SYNs is reached at the third, within connectTimeout', async () => {
    const first = await track(startBlackHole({ host: HOSTS[0] }));
    const { port } = first;
    const second = await track(startBlackHole({ host: HOSTS[1], port }));
    const { peers } = await track(startFaultyServer(undefined, { host: HOSTS[2], port }));
    await Promise.all([first.swallow(), second.swallow()]);
    const { told, codes } = await ask({ port, count: 2, connectTimeout: 3 * SHARE });
    expect(told).toEqual([
      ['OK', expect.any(Number)],
      ['OK', expect.any(Number)],
    ]);
    expect(codes).toEqual([]);
    expect(peers).toHaveLength(1);
    // Each took its share, of the time that was left.
    expect(told[0][1]).toBeGreaterThan(1.5 * SHARE);
    // And none of it afterwards.
    expect(told[1][1]).toBeLessThan(1.5 * SHARE);
  });

  test('of which all swallow SYNs is an ETIMEDOUT at connectTimeout', async () => {
    const first = await track(startBlackHole({ host: HOSTS[0] }));
    const { port } = first;
    const others = HOSTS.slice(1).map((host) => track(startBlackHole({ host, port })));
    for (const hole of [first, ...(await Promise.all(others))]) await hole.swallow();
    const options = { connectTimeout: 3 * SHARE, commandTimeout: 4 * SHARE };
    const { told, codes } = await ask({ port, ...options });
    expect(told).toEqual([['ERR_REDIS_TIMEOUT', expect.any(Number)]]);
    expect(codes).toEqual([`ETIMEDOUT ${NAME}`]);
  });

  test.each([
    ['closes', { onAccept: (peer) => peer.end() }],
    ['resets', { onAccept: (peer) => peer.reset() }],
    ['does not speak', { onHandshake() {} }],
    ['speaks HTTP', { onAccept: (peer) => peer.write('HTTP/1.1 400 Bad Request\r\n\r\n') }],
    [
      'is full',
      {
        onAccept(peer) {
          peer.write('-ERR max number of clients reached\r\n');
          peer.end();
        },
      },
    ],
    ['is loading', { onHandshake: (peer, answers) => peer.write(answers.map(() => '-LOADING Redis is loading the dataset in memory\r\n').join('')) }], // prettier-ignore
  ])('of which the first accepts and %s is reached at the second', async (_, script) => {
    const bad = await track(startFaultyServer(() => script, { host: HOSTS[0] }));
    const { port } = bad;
    const good = await track(startFaultyServer(undefined, { host: HOSTS[1], port }));
    const hosts = HOSTS.slice(0, 2);
    const { told } = await ask({ port, hosts, connectTimeout: 2 * SHARE });
    expect(told).toEqual([['OK', expect.any(Number)]]);
    // Not only by and by, after other attempts at the first.
    expect(bad.peers).toHaveLength(1);
    expect(good.peers).toHaveLength(1);
  });

  test('of which the first refuses is reached at the second at once', async () => {
    const good = await track(startFaultyServer(undefined, { host: HOSTS[1] }));
    const connectTimeout = PATIENCE;
    const { told, codes } = await ask({
      port: good.port,
      hosts: HOSTS.slice(0, 2),
      connectTimeout,
    });
    expect(told).toEqual([['OK', expect.any(Number)]]);
    expect(told[0][1]).toBeLessThan(PATIENCE / 4);
    expect(codes).toEqual([]);
  });
});
