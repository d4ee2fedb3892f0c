'use strict';

// Whether something changed by more than a margin, as far as an interval can tell.

/** What counts as a change. */
const MARGIN = 0.02;

/**
 * How often one row may be looked at before all pairs are measured, by the pairs measured so far,
 * and at the end. Whoever looks five times and stops when he likes what he sees errs five times as
 * often: so each look has a fifth of the error that all of them may have together.
 */
const LOOKS = [8, 12, 18, 27];
const TOGETHER = 0.95;
const LOOK_CONFIDENCE = 1 - (1 - TOGETHER) / (LOOKS.length + 1);

/**
 * @typedef {import('./interval').Interval} Interval
 *
 * @typedef {'no change' | 'dearer' | 'cheaper' | 'cannot tell'} Verdict
 */

/** @param {number} ratio */
const percent = (ratio) => {
  const text = ((ratio - 1) * 100).toFixed(1);
  return text === '-0.0' ? '0.0' : text;
};

/** @param {Interval} interval of ratios */
const bounds = ({ low, high }) => `[${percent(low)}, ${percent(high)}]`;

/**
 * @param {Interval} interval of the ratios of now to before
 * @returns {Verdict}
 */
function judge({ low, high, confidence }) {
  // A hair's breadth: the confidence is a sum of floating-point numbers.
  if (!(confidence >= LOOK_CONFIDENCE - 1e-9)) return 'cannot tell';
  if (low > 1 + MARGIN) return 'dearer';
  if (high < 1 - MARGIN) return 'cheaper';
  return low >= 1 - MARGIN && high <= 1 + MARGIN ? 'no change' : 'cannot tell';
}

/**
 * The verdict in words, with its interval in percent.
 * @param {Interval} interval
 */
function explain(interval) {
  const { value, low, high, pairs } = interval;
  const margin = `±${MARGIN * 100} %`;
  switch (judge(interval)) {
    case 'no change':
      return `no change (within ${margin}: interval ${bounds(interval)})`;
    case 'dearer':
      return `dearer by ${percent(value)} % ${bounds(interval)}`;
    case 'cheaper':
      return `cheaper by ${percent(2 - value)} % ${bounds(interval)}`;
  }
  if (!(interval.confidence >= LOOK_CONFIDENCE - 1e-9)) {
    return `cannot tell: ${pairs} pairs of processes are too few`;
  }
  const changed = low > 1 ? 'dearer' : high < 1 ? 'cheaper' : undefined;
  if (changed) {
    return `cannot tell: ${changed}, but maybe by less than ${MARGIN * 100} %: interval ${bounds(interval)}`;
  }
  return `cannot tell: interval ${bounds(interval)} reaches beyond ${margin}`;
}

module.exports = { LOOKS, LOOK_CONFIDENCE, MARGIN, explain, judge, percent };
