'use strict';

// Chance that can be had again: RACE_SEED=<number> repeats what a failure has printed. (Not what
// the processes make of it: which of them is first stays open.)

const { randomInt } = require('node:crypto');

/** A source of numbers from 0 up to, not including, `below`. (mulberry32) */
function numbersOf(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/**
 * Runs a test with a source of chance; an error says which.
 * @param {(chance: { below: (n: number) => number, pick: (all: any[]) => any,
 *   shuffled: (all: any[]) => any[] }) => Promise<void>} run
 */
const seeded = (run) => async () => {
  const seed = Number(process.env.RACE_SEED ?? randomInt(2 ** 32));
  const below = numbersOf(seed);
  const chance = {
    below,
    pick: (all) => all[below(all.length)],
    shuffled(all) {
      const rest = [...all];
      return all.map(() => rest.splice(below(rest.length), 1)[0]);
    },
  };
  try {
    await run(chance);
  } catch (error) {
    error.message = `with RACE_SEED=${seed}: ${error.message}`;
    throw error;
  }
};

/** Calls `task(index)` for 0 up to `count`, so many at once. */
async function times(count, atOnce, task) {
  let next = 0;
  const worker = async () => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

module.exports = { seeded, times };
