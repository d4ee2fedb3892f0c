'use strict';

// What test runners counted, read from the reports that they write.

const fs = require('node:fs');
const path = require('node:path');

const { ROOT } = require('./setup');

const REPORTS = path.join(ROOT, 'build', 'reports');

/** @typedef {{ passed: number, failed: number, skipped: number }} Count */

/**
 * The place of a report that a runner is going to write; an old one would be counted twice.
 * @param {string} name
 */
function freshReport(name) {
  fs.mkdirSync(REPORTS, { recursive: true });
  const file = path.join(REPORTS, name);
  fs.rmSync(file, { force: true });
  return file;
}

/** @param {string} file */
const read = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '');

/**
 * A runner that failed although no test did, failed as a whole.
 * @param {Count} counted
 * @param {boolean} ok
 * @returns {Count}
 */
const withRunner = (counted, ok) =>
  ok || counted.failed > 0 ? counted : { ...counted, failed: 1 };

/**
 * @param {string} report of CTest (--output-junit)
 * @param {boolean} ok whether CTest succeeded
 * @returns {Count}
 */
function countCTest(report, ok) {
  const suite = /<testsuite\b[^>]*>/.exec(read(report))?.[0] ?? '';
  const number = (/** @type {string} */ name) =>
    Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = number('failures');
  const skipped = number('skipped') + number('disabled');
  return withRunner({ passed: number('tests') - failed - skipped, failed, skipped }, ok);
}

/**
 * @param {string} report of Jest (--json --outputFile)
 * @param {boolean} ok whether Jest succeeded
 * @returns {Count}
 */
function countJest(report, ok) {
  const result = JSON.parse(read(report) || '{}');
  const number = (/** @type {string} */ key) => Number(result[key] ?? 0);
  const counted = {
    passed: number('numPassedTests'),
    // A file that could not even be loaded has no tests that could fail.
    failed: number('numFailedTests') + number('numRuntimeErrorTestSuites'),
    skipped: number('numPendingTests') + number('numTodoTests'),
  };
  return withRunner(counted, ok);
}

/**
 * @param {Count[]} counts
 * @returns {Count}
 */
function sum(counts) {
  const total = (/** @type {keyof Count} */ name) =>
    counts.reduce((before, count) => before + count[name], 0);
  return { passed: total('passed'), failed: total('failed'), skipped: total('skipped') };
}

/** @param {Count} count */
function format({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

module.exports = { countCTest, countJest, format, freshReport, sum, withRunner };
