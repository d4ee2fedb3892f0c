'use strict';

// What does a whole Express 5 application with express-session cost per request, with this store,
// with its peers, with MemoryStore and without sessions?

const { withServer } = require('../process/server');
const { CONNECTIONS, VISITORS, withApplications } = require('../process/web');
const { formatInterval, surenessOf } = require('../report/interval');
const { estimateRatio, typical } = require('../report/statistics');
const { formatTable } = require('../report/table');
const { inSets, interleave, measureSet } = require('../rounds');
const { STORES, SUBJECTS, choose } = require('../subjects');

/** Requests before the first round: V8 compiles most of it only after some thousands. */
const WARM_UP = 6000;
const QUICK_WARM_UP = 3000;

/** Requests per second of the fixed rate: about a quarter of what the application can do. */
const RATE = 1500;

const DEFAULT_SUBJECTS = [
  'memory',
  'hiredis',
  'none',
  ...STORES.filter((id) => id !== 'hiredis' && id !== 'access'),
];
const QUICK_SUBJECTS = ['memory', 'hiredis', 'none', 'node-redis'];

/** What is asked for, how, and what the store is asked for meanwhile. */
const LOADS = [
  { name: 'touch', path: '/', operations: ['get', 'touch'], title: 'GET / that touches' },
  { name: 'save', path: '/count', operations: ['get', 'set'], title: 'GET /count that saves' },
  {
    name: 'rate',
    path: '/',
    operations: ['get', 'touch'],
    rate: RATE,
    title: 'GET / that touches',
  },
];

/**
 * @typedef {(typeof LOADS)[number]} Load
 * @typedef {InstanceType<typeof import('../process/server').Server>} Server
 */

/**
 * Everything, once, with an application of its own for each subject.
 * @param {Server} server
 * @param {import('../run').Options} options
 * @param {{ ids: string[], loads: Load[], warmUp: number, rounds: number, milliseconds: number }} plan
 */
function measure(server, { builds }, { ids, loads, warmUp, rounds, milliseconds }) {
  return withApplications({ ids, server, builds }, async (applications) => {
    const measured = [];
    for (const [index, load] of loads.entries()) {
      const length = index === 0 ? { count: warmUp } : { milliseconds: 2 * milliseconds };
      await interleave(applications, 1, (each) => each.round(load, length));
      const figures = await measureSet(applications, rounds, (each) =>
        each.round(load, { milliseconds }),
      );
      const { name, title, rate } = load;
      measured.push({ load: name, title, rate, ...figures });
    }
    return measured;
  });
}

/** @param {import('../run').Context} context */
async function run({ options, print }) {
  const { quick } = options;
  const ids = choose(options, quick ? QUICK_SUBJECTS : DEFAULT_SUBJECTS, ['store', 'none']);
  const loads = quick ? LOADS.slice(0, 1) : LOADS;
  const warmUp = quick ? QUICK_WARM_UP : WARM_UP;
  const sets = options.processes ?? 6;
  const rounds = options.rounds ?? (quick ? 8 : 12);
  const milliseconds = options.milliseconds ?? (quick ? 100 : 200);
  print(
    `Express 5 and express-session, ${CONNECTIONS} connections, ${VISITORS} visitors. ${sets} ` +
      `processes of each application, each with ${rounds} rounds of\n${milliseconds} ms in turn ` +
      `with the others. Medians of the processes; in brackets the interval (${surenessOf(sets)}). ` +
      'express-session ' +
      'itself\n(cookie, signature, hash) is most of what sessions cost.\n',
  );
  const results = await withServer((server) =>
    inSets(sets, () => measure(server, options, { ids, loads, warmUp, rounds, milliseconds })),
  );
  for (const result of results) print(`${formatResult(result, ids)}\n`);
  return { milliseconds, rounds, sets, connections: CONNECTIONS, results };
}

/**
 * @param {{ title: string, rate?: number, rows: import('../report/statistics').Row[] }} result
 * @param {string[]} ids
 */
function formatResult({ title, rate, rows }, ids) {
  const [base] = ids;
  const how = rate ? `${rate} requests/s` : 'as many as it can';
  const head = [
    `${title}, ${how}`,
    'CPU us/request',
    `x ${SUBJECTS[base].name}`,
    'requests/s',
    'p50 ms',
    'p99 ms',
  ];
  const lines = ids.map((id) => [
    id === 'none' ? SUBJECTS[id].name : SUBJECTS[id].name.replace('connect-redis + ', ''),
    formatInterval(typical(rows, id, 'cpu'), 1),
    formatInterval(
      estimateRatio(rows, (row) => row[id].cpu / row[base].cpu),
      3,
    ),
    formatInterval(typical(rows, id, 'throughput'), 0),
    formatInterval(typical(rows, id, 'p50')),
    formatInterval(typical(rows, id, 'p99')),
  ]);
  return formatTable(head, lines);
}

module.exports = { run };
