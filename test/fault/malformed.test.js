'use strict';

// The first connection answers with what is no RESP, at each place among the replies to a load of
// operations: those answered before keep what they got, the one in whose place it is fails, and all
// others are answered by the next one.

const { gathered } = require('../helpers/faulty-server');
const { oneOf } = require('../helpers/ledger');
const { OPERATIONS } = require('../helpers/operations');
const { expectNoSocketLeft, first, withScene } = require('../helpers/scene');
const { BEYOND, ENDLESS, MISMEASURED, UNREADABLE } = require('./cases/malformed');

expectNoSocketLeft();

/** Nine commands of six operations, sent in this order; each with how many there are up to it. */
const LOAD = [
  ['touch', 'T', 1],
  ['get', 'A', 3],
  ['get', 'B', 5],
  ['set', 'C', 6],
  ['destroy', 'D', 7],
  // And three more when it knows the lengths of its sessions.
  ['getMany', 'E', 9],
];
const COMMANDS = 9;
const PLACES = Array.from({ length: COMMANDS }, (_, place) => place);
/** What all are told if reply number `place` cannot be one. */
const toldAround = (place) => {
  const victim = LOAD.findIndex(([, , upTo]) => upTo > place);
  return LOAD.map(([name, sid], n) =>
    n === victim ? 'ERR_REDIS_PROTOCOL' : OPERATIONS[name].told(sid, n < victim ? 1 : 2),
  );
};
/** In nobody's place. */
const isPush = (bytes) => String(bytes).startsWith('>');

/**
 * What the load and then one more read were told, with `bytes` instead of reply number `place`;
 * after them come the other replies if `goesOn`, else nothing ever.
 */
const play = (bytes, place, goesOn, options) => {
  const answerWith = (peer, answers) => {
    const before = Buffer.from(answers.slice(0, place).join(''));
    const after = Buffer.from(goesOn ? answers.slice(place + 1).join('') : '');
    peer.write(Buffer.concat([before, Buffer.from(bytes), after]));
  };
  const onCommands = gathered(COMMANDS, answerWith, () => {});
  return withScene(first({ onCommands }), options, async (scene) => {
    await scene.ready();
    const told = await Promise.all(LOAD.map(([name, sid]) => scene.tell(name, sid)));
    const next = await scene.tellInTheEnd('get', 'next');
    return { told, next, codes: scene.codes, connections: scene.server.peers.length };
  });
};

const atEachPlace = (bytes, goesOn, options) =>
  Promise.all(PLACES.map((place) => play(bytes, place, goesOn, options)));

const nonsense = Object.entries({ ...UNREADABLE, ...BEYOND });

test.each(nonsense.filter(([, bytes]) => isPush(bytes)))(
  '%s among the replies: what was answered stands, the rest is sent again',
  async (_, bytes) => {
    const expected = PLACES.map((place) => ({
      told: LOAD.map(([name, sid, upTo]) => OPERATIONS[name].told(sid, upTo <= place ? 1 : 2)),
      next: 'next@2',
      codes: ['ERR_REDIS_PROTOCOL'],
      connections: 2,
    }));
    await expect(atEachPlace(bytes, true)).resolves.toEqual(expected);
    await expect(atEachPlace(bytes, false)).resolves.toEqual(expected);
  },
);

test.each(nonsense.filter(([, bytes]) => !isPush(bytes)))(
  '%s among the replies: what was answered stands, its operation fails, the rest is sent again',
  async (_, bytes) => {
    const expected = PLACES.map((place) => ({
      told: toldAround(place),
      next: 'next@2',
      codes: ['ERR_REDIS_PROTOCOL'],
      connections: 2,
    }));
    await expect(atEachPlace(bytes, true)).resolves.toEqual(expected);
    await expect(atEachPlace(bytes, false)).resolves.toEqual(expected);
  },
);

test.each(Object.entries(MISMEASURED))(
  '%s among the replies is told to nobody',
  async (_, bytes) => {
    await expect(atEachPlace(bytes, true)).resolves.toEqual(
      PLACES.map((place) => ({
        told: toldAround(place),
        next: 'next@2',
        codes: ['ERR_REDIS_PROTOCOL'],
        connections: 2,
      })),
    );
  },
);

/** Numbers of connections. */
const LATER = [2, 3, 4, 5, 6];

/** What the load is told when reply number `place` never comes whole. */
function toldWithout(place) {
  const late = 'ERR_REDIS_TIMEOUT';
  const waiting = LOAD.findIndex(([, , upTo]) => upTo > place);
  const told = LOAD.map(([name, sid], n) => {
    const { told: tellBy } = OPERATIONS[name];
    if (n < waiting) return tellBy(sid, 1);
    if (n === waiting) return late;
    // What was asked after the first may have a moment left, and be answered by the next: or by a
    // later one, if a busy machine lets that one miss the deadline, too.
    return oneOf(late, ...LATER.map((by) => tellBy(sid, by)));
  });
  const next = oneOf(...LATER.map((by) => `next@${by}`));
  return { told, next, codes: expect.arrayContaining([late]), connections: expect.any(Number) };
}

// It is the deadline that takes its time: some of them at once.
const AT_ONCE = 4;
const kinds = Object.keys(ENDLESS);
const groups = kinds.flatMap((_, n) => (n % AT_ONCE ? [] : [kinds.slice(n, n + AT_ONCE)]));

test.each(groups.map((group) => [group.join(', '), group]))(
  '%s and then silence: what waits fails at its deadline, the next is answered',
  async (_, group) => {
    const playKind = async (kind) => [
      kind,
      await atEachPlace(ENDLESS[kind], false, { commandTimeout: 1500 }),
    ];
    const got = Object.fromEntries(await Promise.all(group.map(playKind)));
    const expected = PLACES.map(toldWithout);
    expect(got).toEqual(Object.fromEntries(group.map((kind) => [kind, expected])));
  },
);
