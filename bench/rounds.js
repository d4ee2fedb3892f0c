'use strict';

// Short rounds of all subjects in turn, and what they come to: one row of figures for each set of
// processes. A process has luck of its own with its memory, which all of its rounds share. So the
// set is what counts as one measurement, and its rounds are added up.

const { InstructionCounter, whyNotCounted } = require('./process/instructions');
const { median } = require('./report/statistics');

/**
 * @typedef {import('./report/statistics').Row} Row
 *
 * @typedef {object} Measured what takes part in rounds
 * @property {string} id
 * @property {number} [pid] of the process whose instructions are counted
 */

/**
 * A B C, then C B A and so on, each time beginning at another one: nobody always runs after the same
 * neighbour, and a machine that grows slower grows so for all. Two take turns as A B B A.
 * @template T
 * @param {T[]} list
 * @param {number} round
 * @returns {T[]}
 */
function inTurn(list, round) {
  const start = (round * 2) % list.length;
  const turned = [...list.slice(start), ...list.slice(0, start)];
  return round % 2 === 0 ? turned : turned.reverse();
}

/**
 * @template {{ id: string }} P
 * @param {P[]} participants
 * @param {number} count
 * @param {(participant: P, round: number) => Promise<any>} measure
 * @returns {Promise<Row[]>} what was measured, by round and id
 */
async function interleave(participants, count, measure) {
  const rows = [];
  for (let round = 0; round < count; round++) {
    /** @type {Row} */
    const row = {};
    for (const participant of inTurn(participants, round)) {
      row[participant.id] = await measure(participant, round);
    }
    rows.push(row);
  }
  return rows;
}

/**
 * Figures per operation are those of all rounds together, with their garbage collections, which
 * short rounds have or have not. The others are medians.
 * @param {any[]} rounds of one subject
 */
function addUp(rounds) {
  const sum = (/** @type {(round: any) => number} */ of) =>
    rounds.reduce((total, round) => total + of(round), 0);
  const operations = sum((round) => round.operations);
  const names = Object.keys(rounds[0]).filter((name) => typeof rounds[0][name] === 'number');
  const medians = names.map((name) => [name, median(rounds.map((round) => round[name]))]);
  const seconds = sum((round) => round.seconds);
  return {
    ...Object.fromEntries(medians),
    operations,
    seconds,
    cpu: sum((round) => round.cpu * round.operations) / operations,
    throughput: operations / seconds,
  };
}

/** @type {string | undefined | null} null: not yet asked */
let reason = null;
/** Why no instructions are counted here; undefined: they are. */
function whyNoInstructions() {
  if (reason === null) reason = whyNotCounted();
  return reason;
}

/**
 * The rounds of one set, added up, and with them the instructions per operation, where they can be
 * counted.
 * @template {Measured} P
 * @param {P[]} participants
 * @param {number} count
 * @param {(participant: P, round: number) => Promise<any>} measure
 * @returns {Promise<{ row: Row, rounds: Row[] }>}
 */
async function measureSet(participants, count, measure) {
  /** @type {Map<string, InstanceType<typeof InstructionCounter>>} */
  const counters = new Map();
  for (const { id, pid } of participants) {
    if (pid && !whyNoInstructions()) counters.set(id, new InstructionCounter(pid));
  }
  const rounds = await interleave(participants, count, async (participant, round) => {
    const counter = counters.get(participant.id);
    await counter?.resume();
    const figures = await measure(participant, round);
    await counter?.pause();
    return figures;
  });
  /** @type {Row} */
  const row = {};
  for (const { id } of participants) {
    row[id] = addUp(rounds.map((each) => each[id]));
    const counted = await counters.get(id)?.stop();
    if (counted !== undefined) row[id].instructions = counted / row[id].operations;
  }
  return { row, rounds };
}

/**
 * The same measurements with one set of processes after the other.
 * @template {{ row: Row, rounds: Row[] }} M a measurement with whatever names it
 * @param {number} sets
 * @param {(set: number) => Promise<M[]>} measure each time the same
 * @returns {Promise<(Omit<M, 'row' | 'rounds'> & { rows: Row[], rounds: Row[][] })[]>} a row per set
 */
async function inSets(sets, measure) {
  /** @type {M[][]} */
  const all = [];
  for (let set = 0; set < sets; set++) all.push(await measure(set));
  return all[0].map(({ row: _row, rounds: _rounds, ...named }, index) => ({
    ...named,
    rows: all.map((results) => results[index].row),
    rounds: all.map((results) => results[index].rounds),
  }));
}

module.exports = { inSets, interleave, measureSet, whyNoInstructions };
