'use strict';

/**
 * @param {number[]} values
 * @returns {number} NaN if there are none
 */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle];
  return (sorted[middle - 1] + sorted[middle]) / 2;
}

module.exports = { median };
