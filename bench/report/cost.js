'use strict';

// Tables of CPU per operation.

const { quantile, medianOf, typical } = require('./statistics');
const { formatTable } = require('./table');
const { SUBJECTS } = require('../subjects');

/**
 * @typedef {object} Result
 * @property {string} operation
 * @property {import('./statistics').Row[]} rows
 */

/**
 * One row per subject, one column per operation.
 * @param {string} title
 * @param {Result[]} results
 * @param {string[]} ids the first is what the ratios are to
 */
function costTable(title, results, ids) {
  const [base] = ids;
  const cell = (/** @type {string} */ id, /** @type {Result} */ { rows }) => {
    const cpu = typical(rows, id, 'cpu');
    if (!Number.isFinite(cpu)) return '-';
    const ratio = medianOf(rows, (row) => row[id].cpu / row[base].cpu);
    return id === base ? cpu.toFixed(2) : `${cpu.toFixed(2)} (${ratio.toFixed(2)}x)`;
  };
  const head = [title, ...results.map(({ operation }) => `${operation}, CPU us`)];
  const rows = ids.map((id) => [SUBJECTS[id].name, ...results.map((result) => cell(id, result))]);
  return `${formatTable(head, rows)}\n`;
}

/**
 * Throughput, latency and how far the rounds lie apart, of one operation.
 * @param {Result} result
 * @param {string[]} ids
 */
function detailTable({ operation, rows }, ids) {
  const measured = ids.filter((id) => Number.isFinite(typical(rows, id, 'cpu')));
  const head = [operation, 'CPU us', 'middle half of the rounds', 'operations/s', 'latency us'];
  const lines = measured.map((id) => {
    const cpu = rows.map((row) => row[id].cpu);
    return [
      SUBJECTS[id].name,
      typical(rows, id, 'cpu').toFixed(2),
      `${quantile(cpu, 0.25).toFixed(2)} to ${quantile(cpu, 0.75).toFixed(2)}`,
      Math.round(typical(rows, id, 'throughput')).toLocaleString('en'),
      (typical(rows, id, 'latency') * 1000).toFixed(0),
    ];
  });
  return `${formatTable(head, lines)}\n`;
}

module.exports = { costTable, detailTable };
