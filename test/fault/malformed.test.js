'use strict';

// The first connection answers with what is no RESP, at each place among the replies to a load of
// operations: those answered before keep what they got, all others are answered by the next one.

const { gathered } = require('../helpers/faulty-server');
const { oneOf } = require('../helpers/ledger');
const { OPERATIONS } = require('../helpers/operations');
const { expectNoSocketLeft, first, withScene } = require('../helpers/scene');
const { BEYOND, ENDLESS, MISMEASURED, UNREADABLE } = require('./cases/malformed');

expectNoSocketLeft();

/** Ten commands of six operations, sent in this order; each with how many there are up to it. */
const LOAD = [
  ['touch', 'T', 1],
  ['get', 'A', 3],
  ['get', 'B', 5],
  ['set', 'C', 6],
  ['destroy', 'D', 7],
  ['getMany', 'E', 10],
];
const COMMANDS = 10;
const PLACES = Array.from({ length: COMMANDS }, (_, place) => place);
const toldBy = (numberOf) =>
  LOAD.map(([name, sid, upTo]) => OPERATIONS[name].told(sid, numberOf(upTo)));

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
    const next = await scene.tell('get', 'next');
    return { told, next, codes: scene.codes, connections: scene.server.peers.length };
  });
};

const atEachPlace = (bytes, goesOn, options) =>
  Promise.all(PLACES.map((place) => play(bytes, place, goesOn, options)));

test.each(Object.entries({ ...UNREADABLE, ...BEYOND }))(
  '%s among the replies: what was answered stands, the rest is sent again',
  async (_, bytes) => {
    const expected = PLACES.map((place) => ({
      told: toldBy((upTo) => (upTo <= place ? 1 : 2)),
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
        told: LOAD.map(([name, sid, upTo]) =>
          // The last reply to it, of the wrong type.
          upTo === place + 1
            ? 'ERR_REDIS_PROTOCOL'
            : OPERATIONS[name].told(sid, upTo <= place ? 1 : 2),
        ),
        next: 'next@2',
        codes: ['ERR_REDIS_PROTOCOL'],
        connections: 2,
      })),
    );
  },
);

test.each(Object.entries(ENDLESS))(
  '%s and then silence: what waits fails at its deadline, the next is answered',
  async (_, bytes) => {
    const late = 'ERR_REDIS_TIMEOUT';
    const expected = PLACES.map((place) => {
      const waiting = LOAD.findIndex(([, , upTo]) => upTo > place);
      const told = LOAD.map(([name, sid], n) => {
        const { told: tellBy } = OPERATIONS[name];
        if (n < waiting) return tellBy(sid, 1);
        // What was asked after the first may have a moment left, and be answered by the next.
        return n === waiting ? late : oneOf(late, tellBy(sid, 2));
      });
      return { told, next: 'next@2', codes: [late], connections: 2 };
    });
    await expect(atEachPlace(bytes, false, { commandTimeout: 300 })).resolves.toEqual(expected);
  },
);
