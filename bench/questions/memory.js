'use strict';

// Does the process grow over five million operations?

const { withParticipants } = require('../process/participants');
const { withServer } = require('../process/server');
const { formatTable } = require('../report/table');
const { SUBJECTS, choose } = require('../subjects');

const OPERATIONS = ['get', 'set', 'touch'];
const OUTSTANDING = 64;
/** As many looks as there are tenths of it. */
const TOTAL = 5_000_000;
const QUICK_TOTAL = 1_000_000;
const LOOKS = 10;

/** @param {import('../run').Context} context */
async function run({ options, print }) {
  const total = options.quick ? QUICK_TOTAL : TOTAL;
  const ids = choose(options, ['hiredis', 'access'], ['store']);
  const limit = Math.round(total / LOOKS / OPERATIONS.length);
  return withServer((server) =>
    withParticipants({ ids, server }, async (participants) => {
      const results = [];
      for (const participant of participants) {
        const { child, id } = participant;
        const looks = [];
        let operations = 0;
        for (let look = 0; look < LOOKS; look++) {
          for (const operation of OPERATIONS) {
            const request = { operation, outstanding: OUTSTANDING, limit };
            operations += (await participant.round(request)).operations;
          }
          looks.push({ operations, ...(await child?.ask('usage')) });
        }
        results.push({ id, looks });
        print(`${formatResult(id, looks)}\n`);
      }
      return { total, results };
    }),
  );
}

/**
 * @param {string} id
 * @param {any[]} looks
 */
function formatResult(id, looks) {
  const head = [
    `${SUBJECTS[id].name}, after garbage collection`,
    'resident MB',
    'heap MB',
    'external MB',
  ];
  const lines = looks.map(({ operations, rss, heapUsed, external }) => [
    `${operations.toLocaleString('en')} operations`,
    ...[rss, heapUsed, external].map((bytes) => (bytes / 1e6).toFixed(2)),
  ]);
  return formatTable(head, lines);
}

module.exports = { run };
