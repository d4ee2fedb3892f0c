'use strict';

// This build against the one before: a pair of processes, alive at the same time, that take turns
// on one core in slices of some ten milliseconds. Whatever else the machine does meanwhile, it does
// to both.

const { withParticipants } = require('./process/participants');
const { canPin } = require('./process/pin');
const { verify } = require('./process/verify');
const { withApplications } = require('./process/web');
const { interleave, measureSet } = require('./rounds');

const IDS = ['hiredis', 'before'];
const OUTSTANDING = 64;
const VISITORS = 256;
const LOAD = { path: '/', operations: ['get', 'touch'] };

/**
 * @typedef {object} Length
 * @property {number} warmUp operations before the first slice, in slices of their own; so many are
 *   needed until V8 has compiled all of it
 * @property {number} slices of each process
 * @property {number} cpu microseconds that a slice takes
 *
 * @typedef {{ row: import('./report/statistics').Row, rounds: import('./report/statistics').Row[] }} Measured
 * @typedef {InstanceType<typeof import('./process/server').Server>} Server
 * @typedef {import('./run').Options} Options
 */

/**
 * The luck of a process weighs more than what its slices differ by: few slices, many pairs.
 * @type {Length}
 */
const OPERATIONS = { warmUp: 60_000, slices: 16, cpu: 25_000 };
/**
 * Here the slices differ more, most of all by the garbage that some have to collect: many of them.
 * @type {Length}
 */
const REQUESTS = { warmUp: 6_000, slices: 120, cpu: 50_000 };

const WARM_UP_SLICES = 6;

/**
 * @param {Length} length
 * @param {Options} options
 * @returns {Length}
 */
function asAsked({ warmUp, slices, cpu }, { quick, rounds, milliseconds }) {
  return {
    warmUp: quick ? warmUp / 10 : warmUp,
    slices: rounds ?? slices,
    cpu: milliseconds ? milliseconds * 1000 : cpu,
  };
}

/**
 * Slices of as many operations for one as for the other.
 * @template {import('./rounds').Measured} P
 * @param {P[]} pair
 * @param {Length} length
 * @param {(participant: P, limit: number) => Promise<any>} carryOut
 * @returns {Promise<Measured>}
 */
async function takeTurns(pair, { warmUp, slices, cpu }, carryOut) {
  // No garbage is collected by force before the first slice: that throws compiled code away, too.
  // Both have carried out as much, so the next collection is about as far away for both.
  const limit = Math.max(1, Math.round(warmUp / WARM_UP_SLICES));
  const rows = await interleave(pair, WARM_UP_SLICES, (each) => carryOut(each, limit));
  const dearest = Math.max(...Object.values(rows[WARM_UP_SLICES - 1]).map((each) => each.cpu));
  const slice = Math.max(1, Math.round(cpu / dearest));
  return measureSet(pair, slices, (each) => carryOut(each, slice));
}

/**
 * One pair after the other is started in another order.
 * @param {number} pair
 */
function inOrder(pair) {
  return pair % 2 === 0 ? IDS : [...IDS].reverse();
}

/**
 * @param {Server} server
 * @param {Options} options
 * @param {number} pair its number
 * @param {string[]} operations
 * @returns {Promise<Measured[]>} one for each operation
 */
function duelOfStores(server, options, pair, operations) {
  const length = asAsked(OPERATIONS, options);
  const who = { ids: inOrder(pair), server, builds: options.builds };
  return withParticipants(who, async (participants) => {
    for (const participant of participants) {
      if (canPin()) participant.pin(true);
      await verify(server, participant);
    }
    const measured = [];
    for (const operation of operations) {
      measured.push(
        await takeTurns(participants, length, (each, limit) =>
          each.round({ operation, outstanding: OUTSTANDING, limit }),
        ),
      );
    }
    return measured;
  });
}

/**
 * @param {Server} server
 * @param {Options} options
 * @param {number} pair its number
 * @returns {Promise<Measured>}
 */
function duelOfApplications(server, options, pair) {
  const length = asAsked(REQUESTS, options);
  const who = { ids: inOrder(pair), server, builds: options.builds, visitors: VISITORS };
  return withApplications(who, async (applications) => {
    if (canPin()) for (const application of applications) application.pin();
    return takeTurns(applications, length, (each, count) => each.round(LOAD, { count }));
  });
}

module.exports = { OUTSTANDING, duelOfApplications, duelOfStores };
