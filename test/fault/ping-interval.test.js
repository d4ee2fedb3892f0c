'use strict';

// `pingInterval`: a connection that nobody uses is asked whether it still stands.

const { ownWatch } = require('../helpers/patience');
const { expectNoSocketLeft, first, withScene } = require('../helpers/scene');
const { until } = require('../helpers/until');
const { setTimeout: pause } = require('node:timers/promises');

expectNoSocketLeft();

const INTERVAL = 150;
const DEADLINE = 1000;
const pings = (peer) => peer.handshake.filter(([name]) => name === 'PING').length;

/** A server that goes silent right after its first handshake, in whatever way. */
const silent = (act = () => {}) => ({
  onHandshake(peer, answers) {
    if (peer.isSilent) return;
    peer.isSilent = true;
    peer.write(answers.join(''));
    act(peer);
  },
  onCommands() {},
});

test.each([
  ['answers nothing any more', silent()],
  ['does not even read any more', silent((peer) => peer.stopReading())],
])('a peer that %s is replaced though nobody asks for anything', async (_, script) => {
  const options = { pingInterval: INTERVAL, commandTimeout: DEADLINE };
  await withScene(first(script), options, async (scene) => {
    await scene.ready();
    const began = performance.now();
    const own = ownWatch();
    await scene.replaced();
    const took = performance.now() - began;
    expect(took).toBeGreaterThan(INTERVAL + DEADLINE - 50);
    expect(own()).toBeLessThan(INTERVAL + DEADLINE + 1000);
    expect(scene.codes[0]).toBe('ERR_REDIS_TIMEOUT');
    await expect(scene.tellInTheEnd('get', 'a')).resolves.toMatch(/^a@[2-9]$/);
  });
});

test('without it nothing is asked, and nothing is found out', async () => {
  await withScene(first(silent()), { commandTimeout: DEADLINE }, async (scene) => {
    await scene.ready();
    await pause(2 * (INTERVAL + DEADLINE));
    expect(scene.codes).toEqual([]);
    expect(pings(scene.server.peers[0])).toBe(1);
  });
});

test('a healthy peer is asked when it is idle, and kept', async () => {
  const options = { pingInterval: INTERVAL };
  await withScene(undefined, options, async (scene) => {
    await scene.ready();
    const [peer] = scene.server.peers;
    // One is of the handshake.
    await until(() => pings(peer) >= 4);
    expect(scene.codes).toEqual([]);
    await expect(scene.tell('get', 'a')).resolves.toBe('a@1');
  });
});

test('a peer that has enough to do is not asked', async () => {
  const options = { pingInterval: INTERVAL };
  await withScene(undefined, options, async (scene) => {
    await scene.ready();
    const end = performance.now() + 5 * INTERVAL;
    let longest = 0;
    while (performance.now() < end) {
      const began = performance.now();
      await scene.tell('get', 'a');
      await pause(INTERVAL / 10);
      longest = Math.max(longest, performance.now() - began);
    }
    // On a machine that let it idle for so long, it may be asked.
    if (longest < INTERVAL) expect(pings(scene.server.peers[0])).toBe(1);
    expect(scene.server.peers).toHaveLength(1);
  });
});

test.each([
  ['garbage', '?\r\n', 'ERR_REDIS_PROTOCOL'],
  ['a session', '$2\r\n{}\r\n', 'ERR_REDIS_PROTOCOL'],
  ['an array', '*0\r\n', 'ERR_REDIS_PROTOCOL'],
  ['an integer', ':1\r\n', 'ERR_REDIS_PROTOCOL'],
  ['LOADING', '-LOADING Redis is loading the dataset in memory\r\n', 'ERR_REDIS_REPLY'],
  ['NOAUTH', '-NOAUTH Authentication required.\r\n', 'ERR_REDIS_REPLY'],
])('a peer that answers PING by %s is replaced', async (_, bytes, code) => {
  const onHandshake = (peer, right) => peer.write(right.length > 1 ? right.join('') : bytes);
  const options = { pingInterval: INTERVAL };
  await withScene(first({ onHandshake }), options, async (scene) => {
    await scene.ready();
    await scene.replaced();
    expect(scene.codes).toEqual([code]);
    await expect(scene.tell('get', 'a')).resolves.toBe('a@2');
  });
});

test('those who may not ask PING are served all the same', async () => {
  const onHandshake = (peer, right) =>
    peer.write(right.length > 1 ? right.join('') : "-NOPERM no permissions to run 'ping'\r\n");
  const options = { pingInterval: INTERVAL };
  await withScene(first({ onHandshake }), options, async (scene) => {
    await scene.ready();
    await until(() => pings(scene.server.peers[0]) >= 3);
    await expect(scene.tell('get', 'a')).resolves.toBe('a@1');
    expect(scene.codes).toEqual([]);
  });
});
