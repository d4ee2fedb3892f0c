'use strict';
// What operations are given: ids and sessions. Each check gives an error rather than throwing it,
// for callers are told by their callback.

const { invalidArgument } = require('./errors');
const { isSession } = require('./serializer');

/**
 * @param {unknown} sid
 * @returns {Error | undefined} why it cannot be the id of a session
 */
function checkSid(sid) {
  if (typeof sid !== 'string') return invalidArgument('The session id must be a string');
  if (sid === '') return invalidArgument('The session id must not be empty');
  // Each of them would become U+FFFD: two ids, one key.
  if (!sid.isWellFormed()) return invalidArgument('The session id must be well-formed Unicode');
  return undefined;
}

/**
 * @param {unknown} session
 * @returns {Error | undefined} why it cannot be stored
 */
function checkSession(session) {
  return isSession(session) ? undefined : invalidArgument('The session must be an object');
}

module.exports = { checkSession, checkSid };
