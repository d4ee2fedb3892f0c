'use strict';

// What is asked of a store over every client: the contract of express-session's stores, as of this
// package's own client, and what else the README promises.

const conformance = require('../conformance/cases');

const groups = [
  require('./cases/calling'),
  require('./cases/together'),
  require('./cases/enumeration'),
  ...require('./cases/access'),
  require('./cases/bytes'),
];

/** @type {import('../conformance/cases')} */
const more = groups.flatMap(({ group, cases }) => cases.map((each) => ({ group, ...each })));

const all = [...conformance, ...more];

/** The names of the groups, in order. */
const GROUPS = [...new Set(all.map(({ group }) => group))];

/** What an application makes of a store's answers: options of the same client do not matter there. */
const OF_APPLICATIONS = [
  'The life of a session',
  "express-session's options",
  'What a store is given as a cookie',
  'The cookie in an application',
  'Expiry and touch',
  'Events',
];

/**
 * @param {import('../helpers/borrowed-clients').BorrowedClient} borrowed
 * @returns {string[]} the groups that are run over it
 */
const groupsOf = ({ isVariant }) =>
  isVariant ? GROUPS.filter((group) => !OF_APPLICATIONS.includes(group)) : GROUPS;

/** @param {string} group */
const casesOf = (group) => all.filter((each) => each.group === group);

module.exports = { GROUPS, all, casesOf, groupsOf };
