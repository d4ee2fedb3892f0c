'use strict';

// What has to hold of the options that are read from whatever a user passes: they are complete and
// valid, or refused in the one documented way, without showing a password.

const assert = require('node:assert');
const { inspect } = require('node:util');

const { readClientOptions } = require('../../lib/client-options');

/** Stands for a password. Its characters are their own percent-encoding. */
const SECRET = 'pl4nted-s3cret';

const whole = (min, max) => (value) => Number.isInteger(value) && value >= min && value <= max;
const text = (value) => typeof value === 'string' && value.isWellFormed();
const optional = (check) => (value) => value === undefined || check(value);
const delay = whole(1, 2 ** 31 - 1);
const truth = (value) => typeof value === 'boolean';

/** Each field of the native binding's ConnectionOptions (binding.d.ts), and the function. */
const FIELDS = {
  host: (value) => text(value) && value !== '' && !value.includes('\0'),
  port: whole(1, 65_535),
  socket: (value) => text(value) && !value.includes('\0') && Buffer.byteLength(value) <= 106,
  username: optional(text),
  password: optional(text),
  credentials: optional((value) => typeof value === 'function'),
  asksCredentials: truth,
  database: whole(0, 999_999_999),
  clientName: (value) => /^[!-~]*$/.test(value),
  libraryVersion: (value) => /^[!-~]*$/.test(value),
  connectTimeout: delay,
  commandTimeout: delay,
  disconnectAfter: delay,
  backoffMin: delay,
  backoffMax: delay,
  pingInterval: whole(0, 2 ** 31 - 1),
  queueCommands: whole(0, 10_000_000),
  queueBytes: whole(1, 2 ** 40),
  keepAlive: truth,
  waitsInLoop: truth,
};

/**
 * What `read` returns; undefined if it refused in the documented way.
 * @template T
 * @param {() => T} read
 */
function orRefused(read) {
  const limit = Error.stackTraceLimit;
  try {
    // Most inputs are refused, and Jazzer.js makes each stack a costly one.
    Error.stackTraceLimit = 0;
    return read();
  } catch (error) {
    Error.stackTraceLimit = limit;
    if (!(error instanceof TypeError) || error.code !== 'ERR_INVALID_ARG_TYPE') {
      throw new Error(`Refused in another way: ${inspect(error)}`, { cause: error });
    }
    assert.ok(error.message.length > 0 && error.message.isWellFormed(), 'says what was wrong');
    const shown = inspect(error, { depth: Infinity, showHidden: true });
    if (shown.includes(SECRET)) throw new Error('A password is shown', { cause: error });
    return undefined;
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** @param {any} options as readClientOptions gives them */
function checkOptions(options) {
  assert.deepStrictEqual(Object.keys(options).sort(), Object.keys(FIELDS).sort());
  for (const [name, check] of Object.entries(FIELDS)) {
    if (!check(options[name])) throw new Error(`${name} is ${inspect(options[name])}`);
  }
  assert.ok(options.backoffMin <= options.backoffMax, 'the backoff has its bounds in order');
  assert.equal(options.asksCredentials, options.credentials !== undefined);
}

/** @param {unknown} input */
function readOptions(input) {
  const options = orRefused(() => readClientOptions(input));
  if (options) checkOptions(options);
  return options;
}

module.exports = { SECRET, orRefused, readOptions };
