'use strict';

// How long does an operation take that comes when it comes? At fixed rates, from the time when it
// was due, so that no stall hides behind the operations that it kept from being asked.

const { withParticipants } = require('../process/participants');
const { withServer } = require('../process/server');
const { estimate, estimateRatio } = require('../report/statistics');
const { formatInterval, surenessOf } = require('../report/interval');
const { formatTable } = require('../report/table');
const { inSets, interleave, measureSet } = require('../rounds');
const { SUBJECTS, choose } = require('../subjects');

const DEFAULT_SUBJECTS = ['hiredis', 'node-redis', 'ioredis', 'ioredis-auto'];
const OPERATIONS = ['get', 'set', 'touch'];
const DEFAULT_OPERATIONS = ['get'];
/** Operations per second. */
const RATES = [1_000, 5_000, 15_000];
/** TLS comes to this list as soon as the store speaks it. */
const TRANSPORTS = ['plain'];
/** Operations before the first round: until V8 has compiled what they run through. */
const WARM_UP = { outstanding: 16, limit: 30_000 };

/** @param {import('../run').Context} context */
async function run({ options, print }) {
  const { quick, builds } = options;
  const ids = choose(options, DEFAULT_SUBJECTS, ['store']);
  const operations = (options.operations ?? DEFAULT_OPERATIONS).filter((name) =>
    OPERATIONS.includes(name),
  );
  const sets = options.processes ?? (quick ? 3 : 6);
  const count = options.rounds ?? 2;
  const milliseconds = options.milliseconds ?? (quick ? 1000 : 2000);
  const limit = quick ? WARM_UP.limit / 10 : WARM_UP.limit;
  print(
    `Poisson arrivals at fixed rates, drawn beforehand and the same for all; latency from when the ` +
      `operation was due to its callback.\nMedians of ${sets} processes of each subject, each with ` +
      `${count} rounds of ${milliseconds} ms; in brackets their interval (${surenessOf(sets)}).\n`,
  );

  const results = await withServer((server) =>
    inSets(sets, (set) =>
      withParticipants({ ids, server, builds }, async (participants) => {
        const measured = [];
        for (const transport of TRANSPORTS) {
          for (const operation of operations) {
            const warmUp = { operation, ...WARM_UP, limit };
            await interleave(participants, 1, (each) => each.round(warmUp));
            for (const rate of RATES) {
              const request = { operation, rate, milliseconds };
              const figures = await measureSet(participants, count, (each, round) =>
                each.arrivals({ ...request, seed: set * count + round }),
              );
              measured.push({ transport, operation, rate, ...figures });
            }
          }
        }
        return measured;
      }),
    ),
  );
  for (const result of results) print(`${formatResult(result, ids)}\n`);
  return { milliseconds, rounds: count, sets, results };
}

/**
 * @param {{ transport: string, operation: string, rate: number, rows: import('../report/statistics').Row[] }} result
 * @param {string[]} ids the first is what the ratios are to
 */
function formatResult({ transport, operation, rate, rows }, ids) {
  const [base] = ids;
  const how = `${operation}, ${rate.toLocaleString('en')}/s, ${transport}`;
  const head = [how, 'p50 ms', 'p99 ms', 'p99.9 ms', `p99, to ${SUBJECTS[base].name}`];
  const lines = ids.map((id) => [
    SUBJECTS[id].name,
    ...['p50', 'p99', 'p999'].map((figure) =>
      formatInterval(estimate(rows, (row) => row[id][figure])),
    ),
    `${formatInterval(estimateRatio(rows, (row) => row[id].p99 / row[base].p99))} x`,
  ]);
  return formatTable(head, lines);
}

module.exports = { run };
