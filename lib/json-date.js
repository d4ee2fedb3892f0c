'use strict';
// Dates as JSON has them, without a Date: a session that is not express-session's own carries its
// expiry as such a string, and each set and touch reads it.

const PATTERN = '0000-00-00T00:00:00.000Z';

const [DASH, T, COLON, DOT, Z] = ['-', 'T', ':', '.', 'Z'].map((letter) => letter.charCodeAt(0));

const MILLISECONDS_PER_DAY = 86_400_000;

/** From the first of March of the year 0 to 1970: years that begin in March end with their leap day. */
const DAYS_TO_EPOCH = 719_468;

/**
 * @param {string} text
 * @param {number} index
 * @returns {number} the digit there; NaN if it is none
 */
function digit(text, index) {
  const value = text.charCodeAt(index) - 48;
  return value >= 0 && value <= 9 ? value : NaN;
}

/**
 * @param {string} text
 * @param {number} index
 */
function twoDigits(text, index) {
  return digit(text, index) * 10 + digit(text, index + 1);
}

/**
 * The days from 1970 to a day of the Gregorian calendar. Date.UTC gives the same, at more cost than
 * all the rest of this.
 *
 * @param {number} year
 * @param {number} month from 1 to 12
 * @param {number} day from 1; days that the month does not have are those of the next one
 */
function daysSinceEpoch(year, month, day) {
  const fromMarch = month > 2 ? month - 3 : month + 9;
  const marchYear = month > 2 ? year : year - 1;
  const century = (marchYear / 100) | 0;
  const leapDays = (marchYear >> 2) - century + (century >> 2);
  // Lengths of 31, 30, 31, 30, 31 days, twice and once more begun: 153 days in five months.
  const daysBeforeMonth = ((153 * fromMarch + 2) / 5) | 0;
  return 365 * marchYear + leapDays + daysBeforeMonth + day - 1 - DAYS_TO_EPOCH;
}

/**
 * @param {string} text what Date.prototype.toJSON gives for the years 1000 to 9999
 * @returns {number} milliseconds since the epoch; NaN for anything else, which Date may understand
 *   all the same
 */
function readJsonDate(text) {
  if (
    text.length !== PATTERN.length ||
    text.charCodeAt(4) !== DASH ||
    text.charCodeAt(7) !== DASH ||
    text.charCodeAt(10) !== T ||
    text.charCodeAt(13) !== COLON ||
    text.charCodeAt(16) !== COLON ||
    text.charCodeAt(19) !== DOT ||
    text.charCodeAt(23) !== Z
  ) {
    return NaN;
  }
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hours = twoDigits(text, 11);
  const minutes = twoDigits(text, 14);
  const seconds = twoDigits(text, 17);
  const milliseconds = twoDigits(text, 20) * 10 + digit(text, 22);
  // What is no digit has become NaN, which compares as false. Of the months' days Date makes the
  // same: the 31st of April is the first of May.
  const plausible =
    year >= 1000 && month >= 1 && month <= 12 && day >= 1 && day <= 31 && hours <= 23;
  if (!plausible || !(minutes <= 59 && seconds <= 59)) return NaN;
  const ofDay = ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
  return daysSinceEpoch(year, month, day) * MILLISECONDS_PER_DAY + ofDay;
}

module.exports = { readJsonDate };
