'use strict';

// Connections that break at each stage of their life, by a reset (RST) or because the peer ends its
// side (FIN) while it still reads. What was answered stands, all else is answered by the next one.

const { gathered } = require('../helpers/faulty-server');
const { OPERATIONS } = require('../helpers/operations');
const { expectNoSocketLeft, first, withScene } = require('../helpers/scene');
const { until } = require('../helpers/until');

expectNoSocketLeft();

/** Each with the number of commands up to its end. */
const LOAD = [
  ['touch', 'T', 1],
  ['get', 'A', 3],
  ['set', 'B', 4],
  ['destroy', 'C', 5],
  ['get', 'D', 7],
  // And three more when it knows the lengths of its sessions.
  ['getMany', 'E', 9],
];
const COMMANDS = 9;
const BROKEN = /^(ECONNRESET|EPIPE)$/;

const toldBy = (numberOf) =>
  LOAD.map(([name, sid, upTo]) => OPERATIONS[name].told(sid, numberOf(upTo)));
const ask = (scene) => Promise.all(LOAD.map(([name, sid]) => scene.tell(name, sid)));

const KINDS = [
  ['reset', (peer) => peer.reset()],
  ['ended by the peer', (peer) => peer.end()],
];

describe.each(KINDS)('a connection that is %s', (_, shut) => {
  /** A load, and one more read, before a server whose first connection has this script. */
  const play = (script) =>
    withScene(first(script), {}, async (scene) => {
      const told = await ask(scene);
      told.push(await scene.tell('get', 'next'));
      // The client has closed its side, too.
      await until(() => scene.server.peers[0].socket.destroyed);
      expect(scene.codes).toEqual([expect.stringMatching(BROKEN)]);
      expect(scene.server.peers).toHaveLength(2);
      return told;
    });

  test.each([
    ['as soon as it is accepted', { onAccept: shut }],
    ['when the handshake is asked', { onHandshake: shut }],
    [
      'in the middle of the answer to the handshake',
      {
        onHandshake(peer, answers) {
          peer.write(answers.join('').slice(0, -1));
          shut(peer);
        },
      },
    ],
    ['before any reply', { onCommands: gathered(COMMANDS, shut) }],
  ])('%s: all is answered by the next', async (_name, script) => {
    await expect(play(script)).resolves.toEqual([...toldBy(() => 2), 'next@2']);
  });

  test('right after the handshake: all is answered by the next', async () => {
    await expect(
      play({
        onHandshake(peer, answers) {
          peer.write(answers.join(''));
          shut(peer);
        },
      }),
    ).resolves.toEqual([...toldBy(() => 2), 'next@2']);
  });

  test('while it is idle: the next operation is answered by the next', async () => {
    await withScene(first({}), {}, async (scene) => {
      await scene.ready();
      await expect(scene.tell('get', 'a')).resolves.toBe('a@1');
      shut(scene.server.peers[0]);
      // Sent on the broken one or not: nobody knows yet.
      await expect(ask(scene)).resolves.toEqual(toldBy(() => 2));
      expect(scene.codes).toEqual([expect.stringMatching(BROKEN)]);
    });
  });

  test('while it is idle is replaced though nobody asks for anything', async () => {
    await withScene(first({}), {}, async (scene) => {
      await scene.ready();
      shut(scene.server.peers[0]);
      await scene.replaced();
      expect(scene.codes).toEqual([expect.stringMatching(BROKEN)]);
    });
  });

  test('after any byte of its replies: what was answered stands, the rest is sent again', async () => {
    let ends; // of each reply
    const cutAt = (cut) => ({
      onCommands: gathered(COMMANDS, (peer, answers) => {
        let end = 0;
        ends = answers.map((answer) => (end += answer.length));
        peer.write(answers.join('').slice(0, cut));
        shut(peer);
      }),
    });
    await play(cutAt(0)); // tells how long they are
    const cuts = Array.from({ length: ends.at(-1) - 1 }, (_item, n) => n + 1);
    expect(cuts.length).toBeGreaterThan(200);
    const AT_ONCE = 20;
    while (cuts.length > 0) {
      const some = cuts.splice(0, AT_ONCE);
      const got = await Promise.all(some.map(async (cut) => [cut, await play(cutAt(cut))]));
      expect(got).toEqual(
        some.map((cut) => [cut, [...toldBy((upTo) => (ends[upTo - 1] <= cut ? 1 : 2)), 'next@2']]),
      );
    }
  });

  test('together with the last byte of the last reply: what was answered stands', async () => {
    const onCommands = gathered(COMMANDS, (peer, answers) => {
      peer.write(answers.join(''));
      shut(peer);
    });
    const told = toldBy((upTo) => (upTo < COMMANDS ? 1 : 2));
    await expect(play({ onCommands })).resolves.toEqual([...told, 'next@2']);
  });
});

describe('a write larger than any window', () => {
  const large = { text: 'x'.repeat(24 * 1024 * 1024) };
  const setLarge = (scene) =>
    scene.ledger
      .start('set large', (callback) => scene.store.set('large', large, callback))
      .then(({ told }) => told);

  /** Its first connection stops reading in the middle of the write, then `act` is called. */
  const play = (act, options) => {
    let begun;
    const onAccept = (peer) => {
      peer.socket.on('data', function count() {
        if (peer.handshake.length === 0 || peer.socket.bytesRead < 100_000) return;
        peer.socket.off('data', count);
        peer.stopReading();
        begun = peer;
      });
    };
    return withScene(first({ onAccept }), options, async (scene) => {
      await scene.ready();
      const told = Promise.all([setLarge(scene), scene.tell('get', 'behind')]);
      await until(() => begun, { every: 1 });
      await act(begun, scene);
      const next = await scene.tellInTheEnd('get', 'next');
      return [...(await told), next, scene.server.peers.length];
    });
  };

  test.each(KINDS)('on a connection that is %s is repeated on the next', async (_, shut) => {
    await expect(play(shut)).resolves.toEqual(['OK', 'behind@2', 'next@2', 2]);
  });

  test('to a peer that reads on in time is nothing special', async () => {
    const got = play(async (peer, scene) => {
      // The loop goes on meanwhile.
      const other = await withScene(
        () => undefined,
        {},
        (another) => another.tell('get', 'a'),
      );
      expect(other).toBe('a@1');
      expect(scene.codes).toEqual([]);
      peer.readOn();
    });
    await expect(got).resolves.toEqual(['OK', 'behind@1', 'next@1', 1]);
  });

  test('to a peer that never reads on fails at the deadline; the next is answered', async () => {
    const late = 'ERR_REDIS_TIMEOUT';
    await expect(play(() => {}, { commandTimeout: 500 })).resolves.toEqual([
      late,
      // It may have had a moment left, and been answered by the next.
      expect.stringMatching(/^(ERR_REDIS_TIMEOUT|behind@[2-9])$/),
      // By the next, or by a later one where that was not quick enough for so short a deadline.
      expect.stringMatching(/^next@[2-9]$/),
      expect.any(Number),
    ]);
  });
});

describe('the client ends its connection with a FIN', () => {
  test('when it is idle', async () => {
    await withScene(first({}), {}, async (scene) => {
      await scene.tell('get', 'a');
      await scene.store.close();
      await until(() => scene.server.peers[0].ended);
      expect(scene.server.peers[0].ended).toBe('end');
    });
  });

  test('when what is in flight has been answered, be it byte by byte', async () => {
    const onCommands = gathered(COMMANDS, (peer, answers) => peer.writeInPieces(answers.join('')));
    await withScene(first({ onCommands }), {}, async (scene) => {
      await scene.ready();
      const told = ask(scene);
      const closed = scene.store.close();
      await expect(told).resolves.toEqual(toldBy(() => 1));
      await closed;
      await until(() => scene.server.peers[0].ended);
      expect(scene.server.peers[0].ended).toBe('end');
      expect(scene.codes).toEqual([]);
    });
  });

  test('after a write larger than any window', async () => {
    await withScene(first({}), {}, async (scene) => {
      await scene.ready();
      const text = 'x'.repeat(16 * 1024 * 1024);
      const told = scene.ledger.start('set', (callback) =>
        scene.store.set('a', { text }, callback),
      );
      await scene.store.close();
      await expect(told).resolves.toMatchObject({ told: 'OK' });
      await until(() => scene.server.peers[0].ended);
      expect(scene.server.peers[0].ended).toBe('end');
    });
  });
});
