'use strict';

// The contract of express-session's stores, case by case; each can be run against any store.

const groups = [
  require('./cases/life'),
  require('./cases/options'),
  require('./cases/cookie'),
  require('./cases/cookie-options'),
  require('./cases/expiry'),
  require('./cases/data'),
  ...require('./cases/calling'),
];

/**
 * @typedef {object} Case
 * @property {string} group
 * @property {string} title
 * @property {string[]} [needs] what a store must have for the case to be about it
 * @property {boolean} [waits] it does nothing but wait for more than a second
 * @property {string} [limit] why this store does not do it: said, not hidden
 * @property {(lab: import('../helpers/lab').Lab) => Promise<void>} run rejects if the store does
 *   otherwise
 *
 * @type {Case[]}
 */
module.exports = groups.flatMap(({ group, cases }) => cases.map((each) => ({ group, ...each })));
