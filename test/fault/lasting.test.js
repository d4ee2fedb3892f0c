'use strict';

// Faults that each connection meets again: every operation is told so at its deadline, with the
// cause, and the first connection that is well ends it.

const { once } = require('node:events');
const net = require('node:net');
const { startFaultyServer } = require('../helpers/faulty-server');
const { OPERATIONS } = require('../helpers/operations');
const { expectNoSocketLeft, withScene, withServer } = require('../helpers/scene');

expectNoSocketLeft();

const DEADLINE = 1500;
const OPTIONS = { commandTimeout: DEADLINE, backoff: { min: 5, max: 50 } };
/** For servers that say nothing: the others are to be left for what they do. */
const connectTimeout = DEADLINE / 4;
const NAMES = Object.keys(OPERATIONS).filter((name) => !OPERATIONS[name].prepare);
const GARBAGE = 'HTTP/1.1 400 Bad Request\r\n\r\n';

/** All operations at once; each with its cause. */
async function askAll(scene) {
  const all = await Promise.all(NAMES.map((name) => scene.ask(name, 'a')));
  return new Set(all.map(({ told, error }) => `${told}: ${error?.cause?.code}`));
}

/** Each with the code of the cause; or what all are told at once, if it is no other. */
const FAULTS = {
  'a reset on accept': [{ onAccept: (peer) => peer.reset() }, 'ECONNRESET'],
  'an end on accept': [{ onAccept: (peer) => peer.end() }, 'ECONNRESET'],
  'silence on accept': [{ onAccept: (peer) => peer.stopReading() }, 'ETIMEDOUT'],
  'garbage on accept': [{ onAccept: (peer) => peer.write(GARBAGE) }, 'ERR_REDIS_PROTOCOL'],
  'a surplus reply on accept': [{ onAccept: (peer) => peer.write('+OK\r\n') }, 'ERR_REDIS_PROTOCOL'], // prettier-ignore
  'a reset in the handshake': [{ onHandshake: (peer) => peer.reset() }, 'ECONNRESET'],
  'an end in the handshake': [{ onHandshake: (peer) => peer.end() }, 'ECONNRESET'],
  'silence in the handshake': [{ onHandshake() {} }, 'ETIMEDOUT'],
  'half an answer to the handshake': [{ onHandshake: (peer) => peer.write('+OK') }, 'ETIMEDOUT'],
  'an echo of the handshake': [
    { onHandshake: (peer, _answers, commands) => peer.write(`*1\r\n$4\r\n${commands[0][0].slice(0, 4)}\r\n`) }, // prettier-ignore
    'ERR_REDIS_PROTOCOL',
  ],
  'garbage for the handshake': [{ onHandshake: (peer) => peer.write(GARBAGE) }, 'ERR_REDIS_PROTOCOL'], // prettier-ignore
  'a reset for a reply': [{ onCommands: (peer) => peer.reset() }, 'ECONNRESET'],
  'an end for a reply': [{ onCommands: (peer) => peer.end() }, 'ECONNRESET'],
  'garbage for a reply': [
    { onCommands: (peer) => peer.write(GARBAGE) },
    undefined,
    // What cannot be read is not asked for again.
    'ERR_REDIS_PROTOCOL: undefined',
  ],
  'half a reply and a reset': [
    {
      onCommands(peer) {
        peer.write('$100\r\nx');
        peer.reset();
      },
    },
    'ECONNRESET',
  ],
};

test('each has all operations told at their deadline, with its cause, and is over when it is', async () => {
  const play = ([script, code]) => {
    let isHealed = false;
    return withScene(
      () => (isHealed ? undefined : script),
      code === 'ETIMEDOUT' ? { ...OPTIONS, connectTimeout } : OPTIONS,
      async (scene) => {
        const told = await askAll(scene);
        isHealed = true;
        return [told, await scene.tellInTheEnd('set', 'next')];
      },
    );
  };
  const got = await Promise.all(
    Object.entries(FAULTS).map(async ([kind, fault]) => [kind, await play(fault)]),
  );
  expect(Object.fromEntries(got)).toEqual(
    Object.fromEntries(
      Object.entries(FAULTS).map(([kind, [, code, told = `ERR_REDIS_TIMEOUT: ${code}`]]) => [
        kind,
        [new Set([told]), 'OK'],
      ]),
    ),
  );
});

test('that nobody listens is one of them', async () => {
  const taken = net.createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const where = { host: '127.0.0.1', port: taken.address().port };
  taken.close();
  let server;
  const later = { ...where, close: () => server?.close() };
  await withServer(later, OPTIONS, async (scene) => {
    await expect(askAll(scene)).resolves.toEqual(new Set(['ERR_REDIS_TIMEOUT: ECONNREFUSED']));
    server = await startFaultyServer(undefined, where);
    await expect(scene.tellInTheEnd('get', 'next')).resolves.toMatch(/^next@\d$/);
  });
});

test('none of them that keeps a connection from being ready has the client try like mad', async () => {
  const tries = await Promise.all(
    Object.values(FAULTS)
      .filter(([{ onCommands }]) => !onCommands)
      .map(([script]) =>
        withScene(
          () => script,
          { commandTimeout: 600, connectTimeout: 150, backoff: { min: 50, max: 1000 } },
          async (scene) => {
            await askAll(scene);
            return scene.server.peers.length;
          },
        ),
      ),
  );
  // Up to 50, 100, 200, 400 ms before each, drawn evenly: some five of them fill 600 ms. With up
  // to 50 ms before each it would be 25.
  expect(tries.length).toBeGreaterThan(5);
  for (const count of tries) expect(count).toBeGreaterThan(0);
  const average = tries.reduce((sum, count) => sum + count, 0) / tries.length;
  expect(average).toBeLessThan(12);
});
