'use strict';

// What is kept of a question's answer beside the tables: medians over the processes with their
// intervals, one flat record for each bar or point of its chart.

const { SUBJECTS } = require('../subjects');
const { estimateRatio, typical } = require('./statistics');

/** @typedef {import('./statistics').Row} Row */

/** @param {number} value */
const round = (value) => Number(value.toPrecision(4));

/**
 * `cpu: 7.1, cpuLow: 7.02, cpuHigh: 7.21`; nothing if it was not measured.
 * @param {string} name
 * @param {import('./interval').Interval} interval
 * @returns {Record<string, number>}
 */
function named(name, { value, low, high, pairs }) {
  if (pairs === 0) return {};
  return { [name]: round(value), [`${name}Low`]: round(low), [`${name}High`]: round(high) };
}

/**
 * The subjects of some rows, with those of their figures that were measured.
 * @param {Row[]} rows
 * @param {string[]} figures
 */
function medians(rows, figures) {
  return Object.keys(rows[0]).map((subject) => ({
    subject,
    name: SUBJECTS[subject].name,
    ...Object.assign({}, ...figures.map((name) => named(name, typical(rows, subject, name)))),
  }));
}

/**
 * The same, with the ratio of one figure to that of the subject in the first place.
 * @param {Row[]} rows
 * @param {string} base
 * @param {string} ratio
 * @param {string[]} figures
 */
function mediansAndRatio(rows, base, ratio, figures) {
  return medians(rows, figures).map((record) => ({
    ...record,
    ...named(
      'ratio',
      estimateRatio(rows, (row) => row[record.subject][ratio] / row[base][ratio]),
    ),
    ratioTo: SUBJECTS[base].name,
  }));
}

const LOOP = ['cpu', 'instructions', 'throughput', 'latency'];

/** @param {any} answer */
function byOperation({ results }) {
  return results.flatMap((/** @type {any} */ { operation, outstanding, rows }) =>
    medians(rows, LOOP).map((record) => ({ operation, outstanding, ...record })),
  );
}

/** @type {Record<string, (answer: any) => object[]>} */
const FIGURES = {
  operations: ({ results }) =>
    results.flatMap((/** @type {any} */ { operation, outstanding, pinned, rows }) =>
      mediansAndRatio(rows, Object.keys(rows[0])[0], 'cpu', LOOP).map((record) => ({
        operation,
        outstanding,
        pinned,
        ...record,
      })),
    ),
  promises: byOperation,
  redundant: byOperation,
  sizes: ({ results }) =>
    results.flatMap((/** @type {any} */ { operation, bytes, plainAscii, outstanding, rows }) =>
      mediansAndRatio(rows, Object.keys(rows[0])[0], 'cpu', LOOP).map((record) => ({
        operation,
        bytes,
        plainAscii,
        outstanding,
        ...record,
      })),
    ),
  application: ({ results }) =>
    results.flatMap((/** @type {any} */ { load, title, rate, rows }) =>
      mediansAndRatio(rows, Object.keys(rows[0])[0], 'cpu', [
        'cpu',
        'instructions',
        'throughput',
        'p50',
        'p99',
      ]).map((record) => ({ load, title, rate, ...record })),
    ),
  latency: ({ results }) =>
    results.flatMap((/** @type {any} */ { transport, operation, rate, rows }) =>
      mediansAndRatio(rows, Object.keys(rows[0])[0], 'p99', ['p50', 'p99', 'p999', 'cpu']).map(
        (record) => ({ transport, operation, rate, ...record }),
      ),
    ),
  enumeration: ({ results }) =>
    results.flatMap((/** @type {any} */ { method, size, rows }) =>
      medians(rows, ['seconds', 'cpuSeconds', 'delay', 'serverDelay', 'memory']).map((record) => ({
        method,
        size,
        ...record,
      })),
    ),
  memory: ({ results }) =>
    results.flatMap((/** @type {any} */ { id, looks }) =>
      looks.map((/** @type {any} */ look) => ({ subject: id, name: SUBJECTS[id].name, ...look })),
    ),
  startup: ({ rows, sizes }) =>
    medians(rows, ['answered', 'cpu', 'rss']).map((record) => ({
      ...record,
      ...sizes[record.subject],
    })),
};

/**
 * @param {string} question
 * @param {any} answer
 */
function figuresOf(question, answer) {
  return FIGURES[question](answer);
}

module.exports = { figuresOf };
