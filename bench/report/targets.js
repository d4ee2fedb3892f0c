'use strict';

// What is to be reached, and whether it is: the table 'To reach' with the measured figures in it.
// A benchmark decides nothing: this is printed, and nobody fails for it.

const {
  applicationOverMemory,
  bestTail,
  enumeration,
  growthSince,
  oursOverFloor,
  oursOverLoneFloor,
  peerOverOurs,
  promisesOverCallbacks,
  scanMemory,
  twoServersOverOne,
  worstDelay,
  worstSize,
} = require('./measured');
const { formatInterval } = require('./interval');
const { formatTable } = require('./table');

/**
 * @typedef {object} Target
 * @property {string} what
 * @property {'at least' | 'at most'} bound
 * @property {string} unit
 * @property {Record<string, number | undefined>} limits by column; undefined: shown, not judged
 * @property {import('./measured').Figure} figure undefined: not measured
 * @property {(answers: import('./measured').Answers, column: string) => string} [where] what the figure was found at
 */

/** @param {{ method: string, size: number }} result of an enumeration */
const holdsAMillion = ({ method, size }) => method === 'all' && size === 1_000_000;

const ALL = { get: undefined, set: undefined, touch: undefined };

/** @type {Target[]} */
const TARGETS = [
  {
    what: 'CPU of connect-redis + node-redis over ours, 64 outstanding',
    bound: 'at least',
    unit: 'x',
    limits: { get: 4.5, set: 5, touch: 10 },
    figure: peerOverOurs('node-redis'),
  },
  {
    what: 'CPU of connect-redis + ioredis over ours, 64 outstanding',
    bound: 'at least',
    unit: 'x',
    limits: { get: 3, set: 3, touch: 6 },
    figure: peerOverOurs('ioredis'),
  },
  {
    what: 'CPU of connect-redis + node-redis over ours with the same client, 64 outstanding',
    bound: 'at least',
    unit: 'x',
    limits: { get: 1, set: 1, touch: 1 },
    figure: peerOverOurs('node-redis', 'borrowed'),
  },
  {
    what: 'our CPU over plain C (GET alone) + JSON, 64 outstanding',
    bound: 'at most',
    unit: 'x',
    limits: { get: 1.3, set: 1.4, touch: 1.7 },
    figure: oursOverFloor('floor'),
  },
  {
    what: 'our CPU over plain C (GET and PTTL) + JSON, 64 outstanding',
    bound: 'at most',
    unit: 'x',
    limits: { get: undefined },
    figure: oursOverFloor('floor-expiry'),
  },
  {
    what: 'our CPU over plain C, 1 outstanding, on one core with the server',
    bound: 'at most',
    unit: 'x',
    limits: { get: 1.15, set: 1.05, touch: 1 },
    figure: oursOverLoneFloor('cpu'),
  },
  {
    what: 'our latency over that of plain C, the same',
    bound: 'at most',
    unit: 'x',
    limits: ALL,
    figure: oursOverLoneFloor('latency'),
  },
  {
    what: 'CPU of access (Promises) over callbacks, microseconds more',
    bound: 'at most',
    unit: 'us',
    limits: { get: 0.4, set: 0.4, touch: 0.4 },
    figure: promisesOverCallbacks,
  },
  {
    what: 'CPU over two servers that have the same sessions, over that over one',
    bound: 'at most',
    unit: 'x',
    limits: { get: 1.7, set: undefined, touch: undefined },
    figure: twoServersOverOne,
  },
  {
    what: 'CPU per request of an Express application over MemoryStore',
    bound: 'at most',
    unit: 'x',
    limits: { '': 1.05 },
    figure: applicationOverMemory,
  },
  {
    what: "our p99 over the best peer's, of operations that come when they come",
    bound: 'at most',
    unit: 'x',
    limits: { 'get at 1,000/s': 0.5, 'get at 5,000/s': 0.3, 'get at 15,000/s': 0.2 },
    ...bestTail('plain'),
  },
  {
    what: 'time of connect-redis + node-redis over ours, 100,000 sessions',
    bound: 'at least',
    unit: 'x',
    limits: { all: 2, clear: 2, length: 2 },
    figure: enumeration,
  },
  {
    what: 'memory that scan() takes over 1,000,000 sessions, over that for 100,000, more',
    bound: 'at most',
    unit: 'MB',
    limits: { '': 10 },
    figure: scanMemory,
  },
  {
    what: 'longest event-loop delay while enumerating',
    bound: 'at most',
    unit: 'ms',
    limits: { '': 20 },
    figure: worstDelay((result) => !holdsAMillion(result)),
  },
  {
    what: 'the same of all() over 1,000,000 sessions, which it holds at the end',
    bound: 'at most',
    unit: 'ms',
    limits: { '': undefined },
    figure: worstDelay(holdsAMillion),
  },
  {
    what: 'CPU of the best peer over ours, at the worst size',
    bound: 'at least',
    unit: 'x',
    limits: { get: 1, set: 1 },
    ...worstSize((peer, ours) => peer.cpu / ours.cpu),
  },
  {
    what: 'our operations per second over those of the best peer, at the worst size',
    bound: 'at least',
    unit: 'x',
    limits: { get: 1, set: 1 },
    ...worstSize((peer, ours) => ours.throughput / peer.throughput),
  },
  {
    // In the first half V8 still finds out how much room it wants for what is new.
    what: 'resident memory after five million operations over that after half of them',
    bound: 'at most',
    unit: 'x',
    limits: { '': 1.05 },
    figure: growthSince(0.5),
  },
  {
    what: 'the same over that after the first tenth',
    bound: 'at most',
    unit: 'x',
    limits: { '': undefined },
    figure: growthSince(0.1),
  },
];

/** Below this an interval says nothing: there were too few processes. */
const SURE_ENOUGH = 0.9;

/**
 * By the whole interval: where the limit lies in it, nobody can tell.
 * @param {import('./interval').Interval} interval
 * @param {Target['bound']} bound
 * @param {number} limit
 */
function judge({ low, high, confidence }, bound, limit) {
  if (confidence < SURE_ENOUGH) return 'too few';
  const [best, worst] = bound === 'at most' ? [low, high] : [-high, -low];
  const most = bound === 'at most' ? limit : -limit;
  return worst <= most ? 'holds' : best > most ? 'SHORT' : 'cannot tell';
}

/**
 * One line for each figure that the questions asked gave.
 * @param {import('./measured').Answers} answers
 */
function targetTable(answers) {
  const lines = TARGETS.flatMap(({ what, bound, unit, limits, figure, where }) =>
    Object.entries(limits).map(([column, limit]) => {
      const interval = figure(answers, column);
      const at = where?.(answers, column);
      return [
        at ? `${what}: ${at}` : what,
        column,
        limit === undefined ? '-' : `${bound} ${limit} ${unit}`,
        interval ? `${formatInterval(interval)} ${unit}` : 'not measured',
        interval && limit !== undefined ? judge(interval, bound, limit) : '',
      ];
    }),
  );
  const head = ['', 'of', 'to reach', 'measured', ''];
  return `${formatTable(head, lines)}\n\nThe near cache's rows are left out: there is none yet.\n`;
}

module.exports = { targetTable };
