'use strict';

// What is kept of a question's answer beside the tables: medians over the rounds, one flat record
// for each bar or point of its chart.

const { SUBJECTS } = require('../subjects');
const { medianOf, typical } = require('./statistics');

/** @typedef {import('./statistics').Row} Row */

/** @param {number} value */
const round = (value) => Number(value.toPrecision(4));

/**
 * The subjects of some rows, with those of their figures that were measured.
 * @param {Row[]} rows
 * @param {Record<string, string>} figures from name here to name in the rows
 */
function medians(rows, figures) {
  return Object.keys(rows[0]).map((subject) => ({
    subject,
    name: SUBJECTS[subject].name,
    ...Object.fromEntries(
      Object.entries(figures)
        .map(([name, figure]) => [name, typical(rows, subject, figure)])
        .filter(([, value]) => Number.isFinite(value))
        .map(([name, value]) => [name, round(Number(value))]),
    ),
  }));
}

/**
 * The same, with the ratio of one figure to that of the subject in the first place.
 * @param {Row[]} rows
 * @param {string} base
 * @param {string} ratio
 * @param {Record<string, string>} figures
 */
function mediansAndRatio(rows, base, ratio, figures) {
  return medians(rows, figures).map((record) => ({
    ...record,
    ratio: round(medianOf(rows, (row) => row[record.subject][ratio] / row[base][ratio])),
    ratioTo: SUBJECTS[base].name,
  }));
}

const LOOP = { cpu: 'cpu', throughput: 'throughput', latency: 'latency' };

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
      mediansAndRatio(rows, Object.keys(rows[0])[0], 'cpu', {
        cpu: 'cpu',
        throughput: 'throughput',
        p50: 'p50',
        p99: 'p99',
      }).map((record) => ({ load, title, rate, ...record })),
    ),
  enumeration: ({ results }) =>
    results.flatMap((/** @type {any} */ { method, size, rows }) =>
      medians(rows, {
        seconds: 'seconds',
        cpuSeconds: 'cpuSeconds',
        delay: 'delay',
        serverDelay: 'serverDelay',
        memory: 'memory',
      }).map((record) => ({ method, size, ...record })),
    ),
  memory: ({ results }) =>
    results.flatMap((/** @type {any} */ { id, looks }) =>
      looks.map((/** @type {any} */ look) => ({ subject: id, name: SUBJECTS[id].name, ...look })),
    ),
  startup: ({ rows, sizes }) =>
    medians(rows, { answered: 'answered', cpu: 'cpu', rss: 'rss' }).map((record) => ({
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
