'use strict';

// The figures of the table 'To reach', out of the questions' answers: undefined where a question
// was not asked.

const { SUBJECTS } = require('../subjects');
const { exactly } = require('./interval');
const { estimate, estimateRatio, typical } = require('./statistics');

/** @typedef {import('./statistics').Row} Row */
/** @typedef {Record<string, any>} Answers by question */
/** @typedef {import('./interval').Interval} Interval */
/** @typedef {(answers: Answers, column: string) => Interval | undefined} Figure */

/**
 * @param {Answers} answers
 * @param {string} operation
 * @param {number} outstanding
 * @param {boolean} pinned
 * @returns {Row[] | undefined}
 */
function rowsOf(answers, operation, outstanding, pinned) {
  return answers.operations?.results.find(
    (/** @type {any} */ result) =>
      result.operation === operation &&
      result.outstanding === outstanding &&
      result.pinned === pinned,
  )?.rows;
}

/**
 * @param {Row[] | undefined} rows
 * @param {(row: Row) => number} calculate
 * @param {typeof estimate} [judge]
 */
function measured(rows, calculate, judge = estimateRatio) {
  const interval = judge(rows?.filter((row) => row.hiredis) ?? [], calculate);
  return interval.pairs > 0 ? interval : undefined;
}

/** @param {string} peer @returns {Figure} */
const peerOverOurs =
  (peer, ours = 'hiredis') =>
  (answers, operation) =>
    measured(rowsOf(answers, operation, 64, false), (row) => row[peer]?.cpu / row[ours]?.cpu);

/**
 * Ours over the plain C program's with the JSON work that it does not do.
 * @param {string} floor
 * @returns {Figure}
 */
const oursOverFloor = (floor) => (answers, operation) =>
  measured(
    rowsOf(answers, operation, 64, false),
    (row) => row.hiredis.cpu / (row[floor]?.cpu + (operation === 'touch' ? 0 : row.json?.cpu)),
  );

/** @param {string} figure @returns {Figure} */
const oursOverLoneFloor = (figure) => (answers, operation) =>
  measured(rowsOf(answers, operation, 1, true), (row) => row.hiredis[figure] / row.floor?.[figure]);

/** @type {Figure} */
function promisesOverCallbacks(answers, operation) {
  const rows =
    answers.promises?.results.find((/** @type {any} */ each) => each.operation === operation)
      ?.rows ?? rowsOf(answers, operation, 64, false);
  return measured(rows, (row) => row.access?.cpu - row.hiredis.cpu, estimate);
}

/** @type {Figure} */
function twoServersOverOne(answers, operation) {
  const rows = answers.redundant?.results.find(
    (/** @type {any} */ each) => each.operation === operation,
  )?.rows;
  return measured(rows, (row) => row.redundant.cpu / row.hiredis.cpu);
}

/** @type {Figure} */
function applicationOverMemory(answers) {
  const rows = answers.application?.results.find(
    (/** @type {any} */ each) => each.load === 'touch',
  )?.rows;
  return measured(rows, (row) => row.hiredis.cpu / row.memory?.cpu);
}

/**
 * @param {Answers} answers
 * @param {string} method
 * @param {number} size
 * @returns {Row[] | undefined}
 */
function enumerated(answers, method, size) {
  return answers.enumeration?.results.find(
    (/** @type {any} */ each) => each.method === method && each.size === size,
  )?.rows;
}

/** @type {Figure} */
const enumeration = (answers, method) =>
  measured(
    enumerated(answers, method, 100_000),
    (row) => row['node-redis']?.seconds / row.hiredis.seconds,
  );

/**
 * How much more memory a scan takes over ten times as many sessions, MB.
 * @type {Figure}
 */
function scanMemory(answers) {
  const few = enumerated(answers, 'scan', 100_000);
  const many = enumerated(answers, 'scan', 1_000_000);
  if (!few || !many) return undefined;
  const base = typical(few, 'hiredis', 'memory').value;
  return measured(many, (row) => (row.hiredis.memory - base) / 1e6, estimate);
}

/**
 * The longest that the event loop was kept waiting by those enumerations.
 *
 * @param {(result: { method: string, size: number }) => boolean} concerned
 * @returns {Figure}
 */
const worstDelay = (concerned) => (answers) => {
  const results = answers.enumeration?.results.filter(concerned);
  if (!results?.length) return undefined;
  return exactly(
    Math.max(
      ...results.flatMap((/** @type {{ rows: Row[] }} */ { rows }) =>
        rows.flatMap((/** @type {Row} */ row) => row.hiredis?.delay ?? []),
      ),
    ),
  );
};

/**
 * @typedef {(peer: any, ours: any) => number} Compare
 */

/**
 * Every peer at every size, the one that comes closest to us, or before us, first.
 * @param {Answers} answers
 * @param {string} operation
 * @param {Compare} compare
 * @returns {{ value: Interval, where: string }[]}
 */
function bySize(answers, operation, compare) {
  /** @type {{ operation: string, bytes: number, rows: Row[] }[]} */
  const results = answers.sizes?.results ?? [];
  return results
    .filter(({ operation: of, rows }) => of === operation && rows[0].hiredis)
    .flatMap(({ bytes, rows }) =>
      Object.keys(rows[0])
        .filter((id) => SUBJECTS[id].packages.includes('connect-redis'))
        .map((id) => ({
          value: estimateRatio(rows, (row) => compare(row[id], row.hiredis)),
          where: `${id} at ${bytes} bytes`,
        })),
    )
    .sort((a, b) => a.value.value - b.value.value);
}

/** @param {Compare} compare @returns {{ figure: Figure, where: (answers: Answers, column: string) => string }} */
const worstSize = (compare) => ({
  figure: (answers, operation) => bySize(answers, operation, compare)[0]?.value,
  where: (answers, operation) => bySize(answers, operation, compare)[0]?.where ?? '',
});

/**
 * Resident memory at the end over that at an earlier look.
 * @param {number} part of the operations, from 0 to 1
 * @returns {Figure}
 */
const growthSince = (part) => (answers) => {
  const looks = answers.memory?.results.find(
    (/** @type {any} */ each) => each.id === 'hiredis',
  )?.looks;
  return looks && exactly(looks.at(-1).rss / looks[Math.ceil(looks.length * part) - 1].rss);
};

/**
 * Our p99 over that of the peer that has the lowest.
 * @param {Answers} answers
 * @param {string} column 'get at 1,000/s'
 * @param {string} transport
 * @returns {{ value: Interval, where: string } | undefined}
 */
function tail(answers, column, transport) {
  const result = answers.latency?.results.find(
    (/** @type {any} */ each) =>
      `${each.operation} at ${each.rate.toLocaleString('en')}/s` === column &&
      each.transport === transport &&
      each.rows[0].hiredis,
  );
  if (!result) return undefined;
  /** @type {Row[]} */
  const rows = result.rows;
  const peers = Object.keys(rows[0]).filter((id) =>
    SUBJECTS[id].packages.includes('connect-redis'),
  );
  const [best] = peers
    .map((id) => ({ id, p99: typical(rows, id, 'p99').value }))
    .sort((a, b) => a.p99 - b.p99);
  if (!best) return undefined;
  return {
    value: estimateRatio(rows, (row) => row.hiredis.p99 / row[best.id].p99),
    where: best.id,
  };
}

/** @param {string} transport @returns {{ figure: Figure, where: (answers: Answers, column: string) => string }} */
const bestTail = (transport) => ({
  figure: (answers, column) => tail(answers, column, transport)?.value,
  where: (answers, column) => tail(answers, column, transport)?.where ?? '',
});

module.exports = {
  applicationOverMemory,
  bestTail,
  enumeration,
  growthSince,
  oursOverFloor,
  oursOverLoneFloor,
  peerOverOurs,
  promisesOverCallbacks,
  twoServersOverOne,
  scanMemory,
  worstDelay,
  worstSize,
};
