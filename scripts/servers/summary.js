'use strict';

// What `npm run test:servers` says at its end.

const { format, sum } = require('../reports');

/** @typedef {import('./run').Result} Result */

const TITLES = ['server', 'version', 'deployment', 'result'];

/** @param {Result} result */
const cells = ({ version, number = '-', deployment, count, reason }) => [
  version.name,
  number,
  deployment?.name ?? 'any',
  // The first line says what; the others are a log.
  reason?.split('\n', 1)[0] ?? format(count),
];

/** @param {Result[]} results */
function table(results) {
  const rows = [TITLES, ...results.map(cells)];
  const widths = TITLES.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

/**
 * Prints what ran where.
 * @param {Result[]} results
 * @returns {import('../reports').Count}
 */
function summarize(results) {
  process.stdout.write(`\n${table(results)}\n\n`);
  return sum(results.map(({ count }) => count));
}

module.exports = { summarize, table };
