'use strict';
// What the replies of other clients mean, whatever form they have; and their errors without what
// must not reach a log.

const { isUtf8 } = require('node:buffer');
const { isNativeError } = require('node:util/types');
const { Decoding } = require('../serializer');

/**
 * Clients may be told to give Buffers, or strings for numbers.
 *
 * @param {any} reply
 * @returns {string}
 */
const toText = (reply) => (typeof reply === 'string' ? reply : String(reply));

/**
 * @param {any} reply
 * @returns {number}
 */
const toNumber = (reply) => (typeof reply === 'number' ? reply : Number(toText(reply)));

/**
 * What is stored, in the form that a serializer is promised.
 *
 * @param {any} reply string or Buffer
 * @param {number} decoding
 * @returns {string | Buffer}
 */
function toStored(reply, decoding) {
  if (typeof reply === 'string') return decoding === Decoding.binary ? Buffer.from(reply) : reply;
  if (decoding === Decoding.binary || !isUtf8(reply)) return reply;
  return reply.toString();
}

/** @param {unknown} error of a client; it may be of another realm, or no Error at all */
const messageOf = (error) => String(/** @type {any} */ (error)?.message);

/**
 * @param {unknown} error
 * @param {string} word that its message begins with
 */
const begins = (error, word) => messageOf(error).startsWith(word);

/**
 * Whether it is what the server answered: a code, in capitals, comes first.
 *
 * @param {unknown} error
 */
const isReply = (error) => /^[A-Z]{2,} /.test(messageOf(error));

/** @param {unknown} error */
const isMissingScript = (error) => begins(error, 'NOSCRIPT');

/**
 * Whether the server does not know the command, or whoever uses it may not.
 *
 * @param {unknown} error
 */
const isUnknown = (error) => begins(error, 'ERR unknown') || begins(error, 'NOPERM');

/**
 * Whether the server does not take the command in this form: each version has words of its own.
 *
 * @param {unknown} error
 */
const isMisunderstood = (error) => begins(error, 'ERR ') || begins(error, 'NOPERM');

/**
 * Whether the key holds something other than a string; a script's error has words before that.
 *
 * @param {unknown} error
 */
const isWrongType = (error) => messageOf(error).includes('WRONGTYPE');

/**
 * @param {string | Buffer} one
 * @param {string | Buffer} other
 */
const areSame = (one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)) === 0;

/**
 * What a client failed with, for the callback: the same, if it is an error. Clients attach the
 * command to its error: its arguments are a session's id and its data.
 *
 * @param {any} error
 * @returns {Error}
 */
function presentable(error) {
  if (!(error instanceof Error || isNativeError(error))) {
    const { message = error, code } = error ?? {};
    return Object.assign(new Error(String(message)), code === undefined ? {} : { code });
  }
  /** @type {any} */
  let told = error;
  if (Object.isFrozen(error)) {
    const { code } = /** @type {any} */ (error);
    told = Object.assign(new Error(error.message), code === undefined ? {} : { code });
  }
  if ('args' in told) Reflect.deleteProperty(told, 'args');
  if (typeof told.command === 'object' && told.command !== null) {
    Reflect.set(told, 'command', { name: told.command.name });
  }
  return told;
}

module.exports = {
  areSame,
  isMissingScript,
  isMisunderstood,
  isReply,
  isUnknown,
  isWrongType,
  presentable,
  toNumber,
  toStored,
  toText,
};
