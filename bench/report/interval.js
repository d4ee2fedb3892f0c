'use strict';

// The median of paired differences and its interval: Hodges and Lehmann's estimate and the
// interval that belongs to Wilcoxon's signed-rank test, exact for every number of pairs. Nothing
// is drawn at random, and no pair that something else spoiled can move the result far.

/**
 * @typedef {object} Interval
 * @property {number} value
 * @property {number} low
 * @property {number} high
 * @property {number} confidence of the interval, from 0 to 1; 0 for a single pair
 * @property {number} pairs
 */

/** What is used where nothing else is said. */
const CONFIDENCE = 0.95;

/**
 * How likely each sum of positive ranks is if the differences lie around zero.
 * @param {number} pairs
 * @returns {Float64Array} by sum
 */
function rankSums(pairs) {
  const likely = new Float64Array((pairs * (pairs + 1)) / 2 + 1);
  likely[0] = 1;
  for (let rank = 1; rank <= pairs; rank++) {
    // From above, so that each rank counts once at most.
    for (let sum = likely.length - 1; sum >= 0; sum--) {
      likely[sum] = (likely[sum] + (sum >= rank ? likely[sum - rank] : 0)) / 2;
    }
  }
  return likely;
}

/**
 * How many of the sorted averages lie outside the interval on either side. The outermost two are
 * its ends where there are too few pairs for what is asked.
 * @param {number} pairs
 * @param {number} confidence
 * @returns {{ outside: number, confidence: number }} with the confidence that it really has
 */
function place(pairs, confidence) {
  const likely = rankSums(pairs);
  const tail = (1 - confidence) / 2;
  let outside = 0;
  let below = likely[0];
  while (below + likely[outside + 1] <= tail) below += likely[++outside];
  return { outside, confidence: 1 - 2 * below };
}

/**
 * @param {number[]} differences one per pair
 * @param {number} [confidence] at least so much, if there are enough pairs for it
 * @returns {Interval} NaN if there are no pairs
 */
function intervalOf(differences, confidence = CONFIDENCE) {
  const pairs = differences.length;
  if (pairs === 0) return { value: NaN, low: NaN, high: NaN, confidence: 0, pairs };
  const averages = Float64Array.from(
    differences.flatMap((one, index) => differences.slice(index).map((other) => (one + other) / 2)),
  ).sort();
  const { outside, confidence: reached } = place(pairs, confidence);
  const last = averages.length - 1;
  return {
    value: (averages[Math.floor(last / 2)] + averages[Math.ceil(last / 2)]) / 2,
    low: averages[outside],
    high: averages[last - outside],
    confidence: reached,
    pairs,
  };
}

/**
 * Of ratios: their logarithms are what lies evenly around the middle.
 * @param {number[]} ratios
 * @param {number} [confidence]
 * @returns {Interval}
 */
function intervalOfRatios(ratios, confidence) {
  const { value, low, high, ...rest } = intervalOf(ratios.map(Math.log), confidence);
  return { value: Math.exp(value), low: Math.exp(low), high: Math.exp(high), ...rest };
}

/**
 * A figure that is no middle of several: the worst of all, say.
 * @param {number} value
 * @returns {Interval}
 */
function exactly(value) {
  return { value, low: value, high: value, confidence: 1, pairs: Infinity };
}

/**
 * '7.10 [7.02, 7.21]'; '-' if it was not measured.
 * @param {Interval} interval
 * @param {number} [digits]
 */
function formatInterval({ value, low, high, pairs }, digits = 2) {
  if (pairs === 0) return '-';
  if (pairs === 1) return `${value.toFixed(digits)} [?]`;
  if (pairs === Infinity) return value.toFixed(digits);
  return `${value.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}

/**
 * '7.10 ±0.11' where there is less room: the end of the interval that is farther away counts.
 * @param {Interval} interval
 * @param {number} [digits]
 */
function formatShortly({ value, low, high, pairs }, digits = 2) {
  if (pairs === 0) return '-';
  const away = pairs === 1 ? '?' : Math.max(high - value, value - low).toFixed(digits);
  return `${value.toFixed(digits)} ±${away}`;
}

/**
 * How sure an interval over so many pairs is: for those who print it.
 * @param {number} pairs
 */
function surenessOf(pairs) {
  return `${Math.floor(place(pairs, CONFIDENCE).confidence * 100)} %`;
}

module.exports = {
  surenessOf,
  exactly,
  formatInterval,
  formatShortly,
  intervalOf,
  intervalOfRatios,
};
