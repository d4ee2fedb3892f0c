'use strict';
// Checks of single options: each gives the value, or throws a TypeError that names the option.

const { invalidArgument } = require('./errors');

/**
 * @template T
 * @typedef {(value: any, name: string) => T} Check throws a TypeError that names the option
 */

/**
 * @param {string} name
 * @param {string} expected
 */
function wrong(name, expected) {
  return invalidArgument(`The "${name}" option must be ${expected}`);
}

/** @type {Check<boolean>} */
function boolean(value, name) {
  if (typeof value !== 'boolean') throw wrong(name, 'true or false');
  return value;
}

/** @type {Check<string>} */
function string(value, name) {
  if (typeof value !== 'string') throw wrong(name, 'a string');
  if (!value.isWellFormed()) throw wrong(name, 'well-formed Unicode');
  return value;
}

/** @type {Check<string>} */
function filledString(value, name) {
  if (string(value, name) === '') throw wrong(name, 'a string that is not empty');
  return value;
}

/**
 * Environment variables are strings: one of digits alone counts as the number.
 *
 * @param {unknown} value
 * @returns {unknown}
 */
function fromDigits(value) {
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
}

/**
 * @param {number} min
 * @param {number} max
 * @param {string} [what] it is
 * @returns {Check<number>}
 */
function integer(min, max, what = 'a whole number') {
  return (given, name) => {
    const value = /** @type {number} */ (fromDigits(given));
    if (!Number.isInteger(value) || value < min || value > max) {
      throw wrong(name, `${what} from ${min} to ${max}`);
    }
    return value;
  };
}

module.exports = { boolean, filledString, fromDigits, integer, string, wrong };
