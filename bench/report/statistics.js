'use strict';

// Figures out of rounds.

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
 * What was measured in one round, by subject.
 *
 * @typedef {Record<string, any>} Row
 */

/**
 * @param {Row[]} rows
 * @param {string} subject
 * @param {string} figure
 * @returns {number} the median over the rounds; NaN if it was not measured
 */
function typical(rows, subject, figure) {
  return medianOf(rows, (row) => row[subject]?.[figure]);
}

/**
 * The median of what each round gives: the figures that `calculate` compares were measured one
 * right after the other, so that a machine that grows slower meanwhile does not spoil them.
 *
 * @param {Row[]} rows
 * @param {(row: Row) => number} calculate
 */
function medianOf(rows, calculate) {
  return median(rows.map(calculate).filter((value) => Number.isFinite(value)));
}

module.exports = { median, quantile, typical, medianOf };
