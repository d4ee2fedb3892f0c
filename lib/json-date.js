'use strict';
// Dates as JSON has them, without a Date: a session that is not express-session's own carries its
// expiry as such a string, and each set and touch reads it.

const PATTERN = '0000-00-00T00:00:00.000Z';

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
 * @param {string} text what Date.prototype.toJSON gives for the years 1000 to 9999
 * @returns {number} milliseconds since the epoch; NaN for anything else, which Date may understand
 *   all the same
 */
function readJsonDate(text) {
  if (
    text.length !== PATTERN.length ||
    text[4] !== '-' ||
    text[7] !== '-' ||
    text[10] !== 'T' ||
    text[13] !== ':' ||
    text[16] !== ':' ||
    text[19] !== '.' ||
    text[23] !== 'Z'
  ) {
    return NaN;
  }
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hours = twoDigits(text, 11);
  const minutes = twoDigits(text, 14);
  const seconds = twoDigits(text, 17);
  // Date.UTC would carry what is too much over, and takes year 50 for 1950. Of the months' days it
  // makes the same as Date.
  const plausible =
    year >= 1000 && month >= 1 && month <= 12 && day >= 1 && day <= 31 && hours <= 23;
  if (!plausible || minutes > 59 || seconds > 59) return NaN;
  const milliseconds = twoDigits(text, 20) * 10 + digit(text, 22);
  return Date.UTC(year, month - 1, day, hours, minutes, seconds, milliseconds);
}

module.exports = { readJsonDate };
