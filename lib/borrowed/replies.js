'use strict';
// What the replies of other clients mean, whatever form they have; and their errors without what
// must not reach a log.

const { isUtf8 } = require('node:buffer');
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

/** @param {unknown} error of a client; @param {string} word that its message begins with */
const begins = (error, word) => error instanceof Error && error.message.startsWith(word);

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
 * Clients attach the command to its error: its arguments are a session's id and its data.
 *
 * @param {any} error
 * @returns {unknown} the same
 */
function withoutArguments(error) {
  if (typeof error !== 'object' || error === null) return error;
  if ('args' in error) Reflect.deleteProperty(error, 'args');
  if (typeof error.command === 'object' && error.command !== null) {
    Reflect.set(error, 'command', { name: error.command.name });
  }
  return error;
}

module.exports = {
  isMissingScript,
  isMisunderstood,
  isUnknown,
  toNumber,
  toStored,
  toText,
  withoutArguments,
};
