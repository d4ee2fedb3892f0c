'use strict';

// The servers that the store is tested with, and the Debian packages that have them.

/**
 * @typedef {object} Version
 * @property {string} name as people call it
 * @property {string} id the same, for command lines and names of files
 * @property {string} number what the server's own version begins with
 * @property {string} suite of Debian, see scripts/debian.js
 * @property {string} package of that suite, and its program
 */

/** [name, suite, package] */
const ROWS = [
  ['Redis 7.0', 'bookworm', 'redis-server'],
  ['Redis 8.0', 'trixie', 'redis-server'],
  ['Valkey 8.0', 'bookworm-backports', 'valkey-server'],
  ['Valkey 8.1', 'trixie', 'valkey-server'],
  ['Valkey 9.1', 'forky', 'valkey-server'],
];

/** @type {Version[]} */
const VERSIONS = ROWS.map(([name, suite, from]) => ({
  name,
  id: name.toLowerCase().replace(' ', '-'),
  number: name.split(' ')[1],
  suite,
  package: from,
}));

/** @param {Version} version @param {string} number such as '8.1.1' */
const isOf = (version, number) => `${number}.`.startsWith(`${version.number}.`);

module.exports = { VERSIONS, isOf };
