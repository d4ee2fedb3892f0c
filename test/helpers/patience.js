'use strict';

// What time means to the tests. A machine may be busy with other work, and no test may decide by how
// fast it is:
// - A deadline that must not run out is PATIENCE.
// - A deadline that must run out is short. That it does so in time is measured in the time that this
//   process got (`ownTime`), never by the clock on the wall; that it does not so too early, by that.
// - Whoever has such a deadline and is to do well again is asked again (`inTheEnd`).

const { setTimeout: pause } = require('node:timers/promises');

/** Milliseconds. A deadline that only ends what hangs: nothing that works takes as long. */
const PATIENCE = 60_000;

const TICK = 10;

/**
 * Resolves after `ms` of the time that this process gets: while it has no processor, and while
 * something else holds its loop, hardly any passes.
 * @param {number} ms
 * @param {() => boolean} [isOver] that nobody waits any longer
 */
async function ownTime(ms, isOver = () => false) {
  for (let left = ms; left > 0 && !isOver(); left -= TICK) await pause(Math.min(left, TICK));
}

/** Starts a watch: it tells how many milliseconds of its own time this process has had since. */
function ownWatch() {
  let ticks = 0;
  const timer = setInterval(() => ticks++, TICK).unref();
  return () => {
    clearInterval(timer);
    return ticks * TICK;
  };
}

/**
 * Asks again as long as it is told that the time was too short.
 * @template T
 * @param {() => Promise<T>} ask
 * @returns {Promise<T>}
 */
async function inTheEnd(ask) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (error.code !== 'ERR_REDIS_TIMEOUT') throw error;
    }
  }
}

module.exports = { PATIENCE, inTheEnd, ownTime, ownWatch };
