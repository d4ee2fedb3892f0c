'use strict';
// Reads what the function given as "credentials" returns.

const { invalidArgument } = require('./errors');

const WHAT = 'The function given as "credentials" must return an object with a "password"';

/**
 * @param {any} given
 * @param {number} now milliseconds since the epoch
 * @returns {{ username?: string, password: string, lifetime?: number }} lifetime in milliseconds
 * @throws {TypeError} whose message holds nothing of what was given
 */
function readCredentials(given, now) {
  if (typeof given !== 'object' || given === null) throw invalidArgument(WHAT);
  const { username, password, expiresAt } = given;
  if (typeof password !== 'string' || !password.isWellFormed()) {
    throw invalidArgument(`${WHAT}, a string`);
  }
  if (username !== undefined && (typeof username !== 'string' || !username.isWellFormed())) {
    throw invalidArgument(`${WHAT}; its "username" must be a string, or left out`);
  }
  if (expiresAt === undefined || expiresAt === null) return { username, password };
  const isTime = typeof expiresAt === 'number' || expiresAt instanceof Date;
  const end = isTime ? Number(expiresAt) : NaN;
  if (!Number.isFinite(end)) {
    throw invalidArgument(
      `${WHAT}; its "expiresAt" must be a Date or milliseconds since the epoch, or left out`,
    );
  }
  if (end <= now) {
    throw invalidArgument('The function given as "credentials" returned some that have expired');
  }
  return { username, password, lifetime: Math.floor(end - now) };
}

module.exports = { readCredentials };
