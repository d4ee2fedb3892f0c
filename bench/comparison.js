'use strict';

// Two subjects, operation by operation: what does the other cost beside the first?

const { withParticipants } = require('./process/participants');
const { formatInterval, surenessOf } = require('./report/interval');
const { typical } = require('./report/statistics');
const { formatTable } = require('./report/table');
const { inSets, interleave, measureSet } = require('./rounds');

const OPERATIONS = ['get', 'set', 'touch'];
const OUTSTANDING = 64;

/** @typedef {InstanceType<typeof import('./process/server').Server>} Server */

/**
 * @typedef {object} Comparison
 * @property {[string, string]} ids of SUBJECTS
 * @property {[string, string, string]} head of the table: both, and what is said of them
 * @property {(rows: import('./report/statistics').Row[]) => import('./report/interval').Interval} relate
 */

/**
 * @param {Server} server
 * @param {import('./run').Context} context
 * @param {Comparison} comparison
 */
async function compareTwo(server, { options, print }, { ids, head, relate }) {
  const [first, other] = ids;
  const { builds, quick } = options;
  const operations = (options.operations ?? OPERATIONS).filter((name) => OPERATIONS.includes(name));
  const sets = options.processes ?? 8;
  const rounds = options.rounds ?? (quick ? 8 : 16);
  const milliseconds = options.milliseconds ?? 60;
  const results = await inSets(sets, () =>
    withParticipants({ ids, server, builds }, async (participants) => {
      const measured = [];
      for (const operation of operations) {
        const request = { operation, outstanding: OUTSTANDING, milliseconds };
        await interleave(participants, 6, (each) => each.round(request));
        const figures = await measureSet(participants, rounds, (each) => each.round(request));
        measured.push({ operation, outstanding: OUTSTANDING, ...figures });
      }
      return measured;
    }),
  );
  const lines = results.map(({ operation, rows }) => [
    operation,
    formatInterval(typical(rows, first, 'cpu')),
    formatInterval(typical(rows, other, 'cpu')),
    formatInterval(relate(rows)),
  ]);
  const table = formatTable([`${OUTSTANDING} outstanding, CPU us`, ...head], lines);
  print(
    `Medians of ${sets} processes of each, with ${rounds} rounds of ${milliseconds} ms in turn; in ` +
      `brackets the interval (${surenessOf(sets)}).\n\n${table}\n`,
  );
  return { milliseconds, rounds, sets, results };
}

module.exports = { compareTwo };
