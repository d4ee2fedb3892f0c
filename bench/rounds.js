'use strict';

// Rounds of all subjects in turn: A B C, then C A B, ... so that nobody always runs after the
// same neighbour, and a machine that grows slower grows so for all.

/**
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
 * @returns {Promise<import('./report/statistics').Row[]>} what was measured, by round and id
 */
async function interleave(participants, count, measure) {
  const rows = [];
  for (let round = 0; round < count; round++) {
    /** @type {import('./report/statistics').Row} */
    const row = {};
    for (const participant of inTurn(participants, round)) {
      row[participant.id] = await measure(participant, round);
    }
    rows.push(row);
  }
  return rows;
}

module.exports = { interleave };
