'use strict';

// What do two servers that have the same sessions cost, over one?

const { withParticipants } = require('../process/participants');
const { withServer } = require('../process/server');
const { medianOf, typical } = require('../report/statistics');
const { formatTable } = require('../report/table');
const { interleave } = require('../rounds');

const OPERATIONS = ['get', 'set', 'touch'];
const IDS = ['hiredis', 'redundant'];
const OUTSTANDING = 64;

/** @param {import('../run').Context} context */
async function run({ options, print }) {
  const { quick } = options;
  const operations = (options.operations ?? OPERATIONS).filter((name) => OPERATIONS.includes(name));
  const count = options.rounds ?? (quick ? 5 : 9);
  const milliseconds = options.milliseconds ?? (quick ? 180 : 500);
  return withServer((server) =>
    withServer((second) => {
      Object.assign(server.address, { second: second.address.url });
      return withParticipants({ ids: IDS, server }, async (participants) => {
        const results = [];
        for (const operation of operations) {
          const request = { operation, outstanding: OUTSTANDING, milliseconds };
          await interleave(participants, 2, (each) => each.round(request));
          const rows = await interleave(participants, count, (each) => each.round(request));
          results.push({ operation, outstanding: OUTSTANDING, rows });
        }
        const head = [`${OUTSTANDING} outstanding, CPU us`, 'one server', 'two', 'ratio'];
        const lines = results.map(({ operation, rows }) => [
          operation,
          typical(rows, 'hiredis', 'cpu').toFixed(2),
          typical(rows, 'redundant', 'cpu').toFixed(2),
          `${medianOf(rows, (row) => row.redundant.cpu / row.hiredis.cpu).toFixed(2)}x`,
        ]);
        print(`Medians of ${count} rounds of ${milliseconds} ms.\n\n${formatTable(head, lines)}\n`);
        return { milliseconds, rounds: count, results };
      });
    }),
  );
}

module.exports = { run };
