'use strict';
// Every error of the package is made here. Their messages reach logs: no password, no session
// id, nothing of a session.

const { inspect } = require('node:util');
const { isNativeError } = require('node:util/types');

/** @typedef {import('../binding').Failure} Failure */

/**
 * @param {string} message names what was wrong and what to do
 * @returns {TypeError & { code: string }}
 */
function invalidArgument(message) {
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_TYPE' });
}

/**
 * The Error for what the native binding tells; a borrowed client's own errors are what they are.
 *
 * @param {Failure | Error} failure
 * @returns {Error & { code?: string }}
 */
function fromFailure(failure) {
  // Tests of applications run in realms of their own, and errors of sockets come from outside.
  if (failure instanceof Error || isNativeError(failure)) return failure;
  const { message, cause, ...properties } = failure;
  if (!cause) return Object.assign(new Error(message), properties);
  // Many a log shows the message alone.
  const reason = fromFailure(cause);
  const error = new Error(`${message}: ${reason.message}`, { cause: reason });
  return Object.assign(error, properties);
}

/**
 * @template {Error} T
 * @param {T} error
 * @param {unknown} cause that error.stack shows as well
 * @returns {T}
 */
function withCause(error, cause) {
  error.cause = cause;
  const told = cause instanceof Error || isNativeError(cause) ? cause.stack : String(cause);
  error.stack = `${error.stack}\nCaused by: ${told}`;
  return error;
}

/**
 * @param {'ERR_SESSION_PARSE' | 'ERR_SESSION_SERIALIZE'} code
 * @param {string} message
 */
function sessionError(code, message) {
  return Object.assign(new Error(message), { code });
}

/**
 * Of one session among several. The error tells its id to those who ask for it; nothing shows it,
 * not even an inspection of what is hidden.
 *
 * @param {string} id
 */
function unreadableSession(id) {
  const error = sessionError(
    'ERR_SESSION_PARSE',
    'What is stored for a session cannot be parsed (its id: the property "id" of this error)',
  );
  return Object.defineProperties(error, {
    id: { value: id, configurable: true },
    [inspect.custom]: { value: inspectVisible, configurable: true },
  });
}

/**
 * @this {Error}
 * @param {number} _depth
 * @param {import('node:util').InspectOptions} options
 */
function inspectVisible(_depth, options) {
  return inspect(this, { ...options, customInspect: false, showHidden: false });
}

/**
 * What a function of the user's threw, as something that no callback takes for success.
 *
 * @param {unknown} thrown
 * @param {string} what
 * @returns {unknown}
 */
function orError(thrown, what) {
  return thrown ? thrown : new Error(`${what} failed with ${String(thrown)} instead of an error`);
}

/**
 * What a serializer of the user's threw: that very error, with a code if it has none.
 *
 * @param {'ERR_SESSION_PARSE' | 'ERR_SESSION_SERIALIZE'} code
 * @param {unknown} thrown
 * @returns {unknown}
 */
function serializerError(code, thrown) {
  if (!thrown) thrown = orError(thrown, 'The serializer');
  if (thrown instanceof Error && !('code' in thrown) && Object.isExtensible(thrown)) {
    return Object.assign(thrown, { code });
  }
  return thrown;
}

/**
 * An error event's error, which tells its client to those who ask; logs do not show it.
 *
 * @template {object} T
 * @param {T} error left as it is if it cannot be changed
 * @param {object} client
 * @returns {T}
 */
function withClient(error, client) {
  Reflect.defineProperty(error, 'client', { value: client, enumerable: false, configurable: true });
  return error;
}

module.exports = {
  invalidArgument,
  fromFailure,
  orError,
  sessionError,
  serializerError,
  unreadableSession,
  withCause,
  withClient,
};
