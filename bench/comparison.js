'use strict';

// Two subjects, operation by operation: what does the other cost beside the first?

const { withParticipants } = require('./process/participants');
const { medianOf, typical } = require('./report/statistics');
const { formatTable } = require('./report/table');
const { interleave } = require('./rounds');

const OPERATIONS = ['get', 'set', 'touch'];
const OUTSTANDING = 64;

/** @typedef {InstanceType<typeof import('./process/server').Server>} Server */

/**
 * @typedef {object} Comparison
 * @property {[string, string]} ids of SUBJECTS
 * @property {[string, string, string]} head of the table: both, and what is said of them
 * @property {(other: number, first: number) => number} relate CPU times, microseconds
 * @property {string} [unit] of what `relate` gives
 * @property {number} rounds unless the command line says otherwise
 * @property {number} milliseconds of a round, likewise
 */

/**
 * @param {Server} server
 * @param {import('./run').Context} context
 * @param {Comparison} comparison
 */
function compareTwo(server, { options, print }, { ids, head, relate, unit = '', ...defaults }) {
  const [first, other] = ids;
  const operations = (options.operations ?? OPERATIONS).filter((name) => OPERATIONS.includes(name));
  const rounds = options.rounds ?? defaults.rounds;
  const milliseconds = options.milliseconds ?? defaults.milliseconds;
  return withParticipants({ ids, server }, async (participants) => {
    const results = [];
    for (const operation of operations) {
      const request = { operation, outstanding: OUTSTANDING, milliseconds };
      await interleave(participants, 2, (each) => each.round(request));
      const rows = await interleave(participants, rounds, (each) => each.round(request));
      results.push({ operation, outstanding: OUTSTANDING, rows });
    }
    const lines = results.map(({ operation, rows }) => [
      operation,
      typical(rows, first, 'cpu').toFixed(2),
      typical(rows, other, 'cpu').toFixed(2),
      `${medianOf(rows, (row) => relate(row[other].cpu, row[first].cpu)).toFixed(2)}${unit}`,
    ]);
    const table = formatTable([`${OUTSTANDING} outstanding, CPU us`, ...head], lines);
    print(`Medians of ${rounds} rounds of ${milliseconds} ms.\n\n${table}\n`);
    return { milliseconds, rounds, results };
  });
}

module.exports = { compareTwo };
