'use strict';

// Figures out of rounds.

const { intervalOf, intervalOfRatios } = require('./interval');

/**
 * @param {number[]} values
 * @returns {number} NaN if there are none
 */
function median(values) {
  return quantile(values, 0.5);
}

/**
 * @param {number[] | Float64Array} values
 * @param {number} q from 0 to 1
 * @returns {number} NaN if there are none
 */
function quantile(values, q) {
  if (values.length === 0) return NaN;
  const sorted = Float64Array.from(values).sort();
  const place = (sorted.length - 1) * q;
  const below = Math.floor(place);
  const above = Math.ceil(place);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

/**
 * What was measured with one set of processes, by subject.
 *
 * @typedef {Record<string, any>} Row
 * @typedef {import('./interval').Interval} Interval
 */

/**
 * @param {Row[]} rows
 * @param {(row: Row) => number} calculate NaN where there is nothing
 */
const known = (rows, calculate) =>
  rows.map(calculate).filter((/** @type {number} */ value) => Number.isFinite(value));

/**
 * What lies in the middle of the rows, with its interval.
 * @param {Row[]} rows
 * @param {(row: Row) => number} calculate
 * @returns {Interval} of NaN if it was not measured
 */
function estimate(rows, calculate) {
  return intervalOf(known(rows, calculate));
}

/**
 * The same of a ratio.
 * @param {Row[]} rows
 * @param {(row: Row) => number} calculate
 * @returns {Interval}
 */
function estimateRatio(rows, calculate) {
  return intervalOfRatios(known(rows, calculate));
}

/**
 * @param {Row[]} rows
 * @param {string} subject
 * @param {string} figure
 */
function typical(rows, subject, figure) {
  return estimate(rows, (row) => row[subject]?.[figure]);
}

module.exports = { estimate, estimateRatio, median, quantile, typical };
