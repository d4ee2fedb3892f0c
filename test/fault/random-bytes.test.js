'use strict';

// Replies damaged at random, and bytes that never were any. RACE_SEED=<number> repeats what a
// failure has printed.

const { setTimeout: pause } = require('node:timers/promises');
const { rounds } = require('../helpers/depth');
const { gathered } = require('../helpers/faulty-server');
const { expectNoSocketLeft, first, withScene } = require('../helpers/scene');
const { seeded } = require('../race/seeded');

expectNoSocketLeft();

const DEADLINE = 400;
const LOAD = [
  ['touch', 'T'],
  ['get', 'A'],
  ['set', 'B'],
  ['get', 'C'],
  ['destroy', 'D'],
  ['getMany', 'E'],
  ['get', 'F'],
];
const COMMANDS = 11;

/** What each may be told besides an error: damaged or not, it is nobody else's. */
const OWN = {
  touch: () => /^(OK|EXPIRED)$/,
  set: () => /^(OK|none)$/,
  destroy: () => /^-?\d+$/,
  get: (sid) => new RegExp(`^(${sid}@[12]|changed|none)$`),
  getMany: (sid) => new RegExp(`^(${sid}@[12]|changed|none) (${sid}2@[12]|changed|none)$`),
};
const CODES = /^(ERR_REDIS_(PROTOCOL|TIMEOUT|REPLY.*)|ERR_SESSION_PARSE|ECONNRESET)$/;

/** Wrong outcomes of a load that is answered by what `damage` makes of the right replies. */
const play = (damage) => {
  const answerWith = (peer, answers) => peer.write(damage(Buffer.from(answers.join(''))));
  const script = { onCommands: gathered(COMMANDS, answerWith) };
  return withScene(first(script), { commandTimeout: DEADLINE }, async (scene) => {
    await scene.ready();
    const wrong = [];
    await Promise.all(
      LOAD.map(async ([name, sid]) => {
        const told = String(await scene.tell(name, sid));
        if (!OWN[name](sid).test(told) && !CODES.test(told)) wrong.push(`${name} ${sid}: ${told}`);
      }),
    );
    // What is asked next may meet the damage, too. That a whole reply was lost is found out once
    // nothing is asked for a moment.
    const next = [];
    while (next.length < 20 && !/^next@[12]$/.test(next.at(-1))) {
      next.push(await scene.tell('get', 'next'));
      await pause(20);
    }
    if (!/^next@[12]$/.test(next.at(-1))) wrong.push(`next: ${next}`);
    return wrong;
  });
};

/** Plays `count` times, some at a time. */
async function repeat(count, damage) {
  const AT_ONCE = 40;
  for (let n = 0; n < count; n += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - n) }, () => play(damage));
    expect((await Promise.all(some)).flat()).toEqual([]);
  }
}

test('a byte changed, lost or inserted here and there gives nobody what is not their own', () =>
  seeded(async (chance) => {
    const INSERTED = '\r\n$*:+-_,#(%~>=0123456789\0x';
    const damage = (bytes) => {
      const all = [...bytes];
      for (let n = 1 + chance.below(4); n > 0; n--) {
        const at = chance.below(all.length);
        const byte = chance.pick([...Buffer.from(INSERTED), chance.below(256)]);
        chance.pick([
          () => (all[at] = byte),
          () => (all[at] ^= 1 << chance.below(8)),
          () => all.splice(at, 1),
          () => all.splice(at, 0, byte),
        ])();
      }
      return Buffer.from(all);
    };
    await repeat(rounds(200, 2000), damage);
  })());

test('replies that break off and go on with others give nobody what is not their own', () =>
  seeded(async (chance) => {
    const damage = (bytes) => {
      const from = chance.below(bytes.length);
      const lost = bytes.subarray(from, from + 1 + chance.below(30));
      return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + lost.length)]);
    };
    await repeat(rounds(100, 1000), damage);
  })());

test('bytes that never were a reply give nobody anything', () =>
  seeded(async (chance) => {
    const damage = () => {
      const bytes = Buffer.alloc(1 + chance.below(2000));
      for (let at = 0; at < bytes.length; at++) bytes[at] = chance.below(256);
      // As often as not it begins as a reply does.
      if (chance.below(2)) bytes.write(chance.pick(['$', '*', ':', '+', '-', '%', '>', '$9\r\n']));
      return bytes;
    };
    await repeat(rounds(100, 1000), damage);
  })());
