'use strict';

// Tables of CPU per operation.

const { formatInterval, formatShortly } = require('./interval');
const { estimate, estimateRatio, typical } = require('./statistics');
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
    if (cpu.pairs === 0 || id === base) return formatShortly(cpu);
    const ratio = estimateRatio(rows, (row) => row[id].cpu / row[base]?.cpu);
    return `${formatShortly(cpu)} (${formatShortly(ratio)}x)`;
  };
  const head = [title, ...results.map(({ operation }) => `${operation}, CPU us`)];
  const rows = ids.map((id) => [SUBJECTS[id].name, ...results.map((result) => cell(id, result))]);
  return `${formatTable(head, rows)}\n`;
}

/**
 * Throughput, latency and instructions, of one operation.
 * @param {Result} result
 * @param {string[]} ids
 */
function detailTable({ operation, rows }, ids) {
  const measured = ids.filter((id) => typical(rows, id, 'cpu').pairs > 0);
  const head = [operation, 'CPU us', 'instructions', '1000 operations/s', 'latency us'];
  const lines = measured.map((id) => [
    SUBJECTS[id].name,
    formatInterval(typical(rows, id, 'cpu')),
    formatInterval(typical(rows, id, 'instructions'), 0),
    formatInterval(
      estimate(rows, (row) => row[id].throughput / 1000),
      1,
    ),
    formatInterval(
      estimate(rows, (row) => row[id].latency * 1000),
      0,
    ),
  ]);
  return `${formatTable(head, lines)}\n`;
}

module.exports = { costTable, detailTable };
