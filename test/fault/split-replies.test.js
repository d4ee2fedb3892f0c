'use strict';

// Replies that arrive in pieces, wherever they are cut: each piece in a write and a turn of the
// loop of its own.

const { setImmediate: turn } = require('node:timers/promises');
const { OPERATIONS } = require('../helpers/operations');
const { bulk } = require('../helpers/scripted-server');
const { expectNoSocketLeft, first, withScene } = require('../helpers/scene');

expectNoSocketLeft();

const NAMES = Object.keys(OPERATIONS);

/**
 * A script whose answers are sent as `send(text, peer)` does.
 * @param {(text: string, peer: any) => Promise<void>} send
 */
function sendingBy(send) {
  let sent = Promise.resolve();
  const answer = (peer, answers) => {
    // The client is to have its turn before the first piece leaves, too.
    sent = sent.then(() => turn()).then(() => send(answers.join(''), peer));
  };
  return { onHandshake: answer, onCommands: answer };
}

/** Runs an operation once; resolves with what it was told. */
async function run(scene, name) {
  const prepared = await OPERATIONS[name].prepare?.(scene.store, 'a');
  return scene.tell(name, 'a', prepared);
}

test.each(NAMES)('%s is answered byte by byte', async (name) => {
  const script = sendingBy((text, peer) => peer.writeInPieces(text, 1));
  await withScene(first(script), OPERATIONS[name].options, async (scene) => {
    await scene.ready();
    await expect(run(scene, name)).resolves.toEqual(OPERATIONS[name].told('a', 1));
    expect(scene.codes).toEqual([]);
  });
});

test.each(NAMES)('%s is answered in two pieces, at whichever byte they are cut', async (name) => {
  let cut = Infinity;
  let longest = 0;
  const script = sendingBy(async (text, peer) => {
    longest = Math.max(longest, text.length);
    peer.write(text.slice(0, cut));
    if (cut >= text.length) return;
    await turn();
    peer.write(text.slice(cut));
  });
  await withScene(first(script), OPERATIONS[name].options, async (scene) => {
    await scene.ready();
    await run(scene, name);
    const told = new Set();
    for (cut = 1; cut < longest; cut++) told.add(await run(scene, name));
    expect([...told]).toEqual([OPERATIONS[name].told('a', 1)]);
    expect(cut).toBeGreaterThan(3);
    expect(scene.codes).toEqual([]);
    expect(scene.server.peers).toHaveLength(1);
  });
});

test('operations sent together are answered in two pieces, at whichever byte they are cut', async () => {
  const asked = ['touch', 'get', 'set', 'getMany', 'destroy', 'get', 'exists', 'ttl', 'length'];
  let cut = Infinity;
  // Of all answers together: so many commands leave in more than one write.
  let sent = 0;
  const script = sendingBy(async (text, peer) => {
    const at = cut - sent;
    sent += text.length;
    const isHere = at > 0 && at < text.length;
    peer.write(isHere ? text.slice(0, at) : text);
    if (!isHere) return;
    await turn();
    peer.write(text.slice(at));
  });
  await withScene(first(script), {}, async (scene) => {
    await scene.ready();
    const all = () => {
      sent = 0;
      return Promise.all(asked.map((name, n) => scene.tell(name, `s${n}`)));
    };
    await all();
    const length = sent;
    expect(length).toBeGreaterThan(400);
    const expected = asked.map((name, n) => OPERATIONS[name].told(`s${n}`, 1));
    for (cut = 1; cut < length; cut++) expect(await all()).toEqual(expected);
    expect(scene.codes).toEqual([]);
    expect(scene.server.peers).toHaveLength(1);
  });
});

test('a handshake is answered in two pieces, at whichever byte they are cut', async () => {
  const options = { username: 'user', password: 'secret', db: 3 };
  let length = 0;
  for (let cut = 1; cut < Math.max(2, length); cut++) {
    const script = sendingBy(async (text, peer) => {
      if (peer.commands.length === 0) length = text.length;
      peer.write(text.slice(0, cut));
      await turn();
      peer.write(text.slice(cut));
    });
    await withScene(first(script), options, async (scene) => {
      await expect(scene.tell('get', 'a')).resolves.toBe('a@1');
      expect(scene.codes).toEqual([]);
      expect(scene.server.peers).toHaveLength(1);
    });
  }
  expect(length).toBeGreaterThan(10);
});

// As much as one read of the client takes, and what it keeps between two.
test.each([64 * 1024, 128 * 1024, 256 * 1024, 1024 * 1024])(
  'values whose end is about %d bytes after the beginning come whole',
  async (size) => {
    const text = (key) => {
      const about = size - 40 + Number(key.slice('sess:'.length));
      return JSON.stringify({ key, text: key.padEnd(about, key) });
    };
    const onCommands = (peer, answers, [[, key]]) => peer.write(bulk(text(key)) + answers[1]);
    await withScene(first({ onCommands }), {}, async (scene) => {
      await scene.ready();
      for (let sid = 0; sid < 60; sid++) {
        const { result } = await scene.ask('get', String(sid));
        expect(JSON.stringify(result) === text(`sess:${sid}`)).toBe(true);
      }
      expect(scene.server.peers).toHaveLength(1);
    });
  },
);
