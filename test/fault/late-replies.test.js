'use strict';

// Replies that come late, or never.

const { setTimeout: pause } = require('node:timers/promises');
const { gathered } = require('../helpers/faulty-server');
const { oneOf } = require('../helpers/ledger');
const { OPERATIONS } = require('../helpers/operations');
const { expectNoSocketLeft, first, withScene } = require('../helpers/scene');
const { deferred, until } = require('../helpers/until');

expectNoSocketLeft();

const DEADLINE = 1500;
const LOAD = ['touch', 'get', 'set', 'destroy', 'getMany'];
/** That a load sends at once. */
const COMMANDS = 7;

/** One test plays all operations at once: it is the deadline that takes its time. */
const forEachOperation = (play) =>
  Promise.all(
    Object.entries(OPERATIONS).map(async ([name, operation]) => [
      name,
      await play(name, operation),
    ]),
  ).then(Object.fromEntries);

const expectedOfEach = (expect) =>
  Object.fromEntries(
    Object.entries(OPERATIONS).map(([name, operation]) => [name, expect(operation)]),
  );

test('a reply that comes within the deadline is nothing special', async () => {
  const got = await forEachOperation((name, { options, prepare }) => {
    const onCommands = async (peer, answers) => {
      await pause(100);
      peer.write(answers.join(''));
    };
    return withScene(first({ onCommands }), options, async (scene) => {
      await scene.ready();
      const prepared = await prepare?.(scene.store, 'a');
      const told = await scene.tell(name, 'a', prepared);
      return [told, scene.codes, scene.server.peers.length];
    });
  });
  expect(got).toEqual(expectedOfEach(({ told }) => [told('a', 1), [], 1]));
});

test('a reply that comes too late fails its operation alone, and is given to nobody', async () => {
  const got = await forEachOperation((name, { options, prepare }) => {
    let isOn = false;
    const held = [];
    const onCommands = (peer, answers) => {
      if (isOn) held.push(...answers);
      else peer.write(answers.join(''));
    };
    return withScene(
      first({ onCommands }),
      { ...options, commandTimeout: DEADLINE },
      async (scene) => {
        await scene.ready();
        const prepared = await prepare?.(scene.store, 'victim');
        isOn = true;
        // Something is answered on the connection after the victim was sent: it is not dead.
        const before = scene.tell('get', 'before');
        const victim = scene.tell(name, 'victim', prepared);
        const [peer] = scene.server.peers;
        await until(() => held.length >= 2 + 1, { every: 1 });
        await pause(DEADLINE / 2);
        peer.write(held.splice(0, 2).join(''));
        const told = [await before];
        const behind = scene.tell('get', 'behind');
        told.push(await victim);
        await pause(DEADLINE / 10);
        peer.write(held.splice(0).join(''));
        isOn = false;
        told.push(await behind, await scene.tell('get', 'later'));
        return [...told, scene.codes, scene.server.peers.length];
      },
    );
  });
  expect(got).toEqual(
    expectedOfEach(() => ['before@1', 'ERR_REDIS_TIMEOUT', 'behind@1', 'later@1', [], 1]),
  );
});

test('all that a silent server was asked fails at the deadline; the next is answered by a new connection', async () => {
  const got = await forEachOperation((name, { options, prepare }) => {
    let isOn = false;
    const held = [];
    const onCommands = (peer, answers) => {
      if (isOn) held.push(...answers);
      else peer.write(answers.join(''));
    };
    return withScene(
      first({ onCommands }),
      { ...options, commandTimeout: DEADLINE },
      async (scene) => {
        await scene.ready();
        const prepared = await prepare?.(scene.store, 'victim');
        isOn = true;
        const told = await Promise.all([
          scene.tell('get', 'before'),
          scene.tell(name, 'victim', prepared),
          scene.tell('get', 'behind'),
        ]);
        const [peer] = scene.server.peers;
        const next = scene.tell('get', 'next');
        // What it says in the end is heard by nobody.
        peer.write(held.join(''));
        told.push(await next);
        await until(() => peer.ended);
        return [...told, scene.codes, scene.server.peers.length];
      },
    );
  });
  const late = 'ERR_REDIS_TIMEOUT';
  // What was asked after the first may have had a moment left, and been answered by the next.
  expect(got).toEqual(
    expectedOfEach(({ told }) => [
      late,
      oneOf(late, told('victim', 2)),
      oneOf(late, 'behind@2'),
      'next@2',
      [late],
      2,
    ]),
  );
});

test('a connection is not given up because what had waited for it runs out of time', async () => {
  const onHandshake = async (peer, answers) => {
    await pause(DEADLINE * 0.8);
    peer.write(answers.join(''));
  };
  const { promise: allOverdue, resolve } = deferred();
  const onCommands = async (peer, answers) => {
    await allOverdue;
    peer.write(answers.join(''));
  };
  await withScene(
    first({ onHandshake, onCommands }),
    { commandTimeout: DEADLINE },
    async (scene) => {
      const told = LOAD.map((name) => scene.tell(name, 'waiting'));
      await scene.ready();
      const fresh = scene.tell('get', 'fresh');
      await expect(Promise.all(told)).resolves.toEqual(LOAD.map(() => 'ERR_REDIS_TIMEOUT'));
      resolve();
      await expect(fresh).resolves.toBe('fresh@1');
      expect(scene.codes).toEqual([]);
      expect(scene.server.peers).toHaveLength(1);
    },
  );
});

test.each([
  ['a string', '$1000000\r\n', 'x'],
  ['a string of answers to others', '$1000000\r\n', '$2\r\n{}\r\n:60000\r\n'],
  ['an array', '*10000\r\n', ':1\r\n'],
  ['pushes (RESP3)', '', '>1\r\n+invalidate\r\n'],
])(
  '%s that goes on and on, bit by bit, is no answer: the next is answered by a new connection',
  async (_, head, more) => {
    let timer;
    const onCommands = (peer) => {
      peer.write(head);
      timer ??= setInterval(() => peer.write(more), DEADLINE / 50);
    };
    await withScene(first({ onCommands }), { commandTimeout: DEADLINE }, async (scene) => {
      await scene.ready();
      const told = await Promise.all(LOAD.map((name) => scene.tell(name, 'a')));
      expect(told[0]).toBe('ERR_REDIS_TIMEOUT');
      await expect(scene.tellInTheEnd('get', 'next')).resolves.toMatch(/^next@[2-9]$/);
      expect(scene.codes[0]).toBe('ERR_REDIS_TIMEOUT');
    }).finally(() => clearInterval(timer));
  },
);

describe('a server that goes silent', () => {
  const stalled = { connectTimeout: 1000 };

  /** What a load was told whose first connection has this script, and what came after. */
  const play = (script, options) =>
    withScene(first(script), options, async (scene) => {
      const told = await Promise.all(LOAD.map((name) => scene.tell(name, 'a')));
      const next = await scene.tell('get', 'next');
      return { told, next, codes: scene.codes, connections: scene.server.peers.length };
    });
  const toldBy = (number) => LOAD.map((name) => OPERATIONS[name].told('a', number));

  test.each([
    ['without reading', { onAccept: (peer) => peer.stopReading() }],
    ['when the handshake is asked', { onHandshake() {} }],
    [
      'in the middle of the answer to the handshake',
      { onHandshake: (peer, answers) => peer.write(answers.join('').slice(0, -1)) },
    ],
    ['in the middle of its first word', { onHandshake: (peer) => peer.write('+') }],
  ])(
    '%s is left at connectTimeout, and what was asked is answered by a new connection',
    async (_, script) => {
      await expect(play(script, stalled)).resolves.toEqual({
        told: toldBy(2),
        next: 'next@2',
        codes: ['ETIMEDOUT'],
        connections: 2,
      });
    },
  );

  test('in the middle of its answers and goes on in time is nothing special', async () => {
    const onCommands = gathered(COMMANDS, async (peer, answers) => {
      const bytes = answers.join('');
      for (const [from, to] of [[0, 1], [1, 30], [30, 200], [200]]) {
        // prettier-ignore
        peer.write(bytes.slice(from, to));
        await pause(50);
      }
    });
    await withScene(first({ onCommands }), {}, async (scene) => {
      await scene.ready();
      const told = await Promise.all(LOAD.map((name) => scene.tell(name, 'a')));
      expect(told).toEqual(toldBy(1));
      expect(scene.codes).toEqual([]);
      expect(scene.server.peers).toHaveLength(1);
    });
  });
});
