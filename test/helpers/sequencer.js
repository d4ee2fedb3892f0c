'use strict';

// Jest begins with the files that took longest the last time. Where there was none, this knows which
// those are: one that comes last runs alone while the other processors have nothing to do.

const path = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

/** Those that take longest, the longest first: parts of their paths. */
const LONG = [
  ['borrowed', 'node-redis'],
  ['borrowed', 'cluster'],
  ['lifecycle', 'endings'],
  ['lifecycle', 'worker'],
  ['borrowed', 'ioredis'],
  ['race', 'updates'],
  ['race', 'logout'],
  ['lifecycle', 'jest'],
  ['lifecycle', 'cluster'],
  ['borrowed', 'sentinel'],
  ['redundant', 'comparison'],
  ['redundant', 'races'],
  ['redundant', 'deadline'],
  ['conformance', 'conformance'],
  ['defects', 'defects'],
  ['bench', 'questions'],
].map((parts) => `${path.join('test', ...parts)}.`);

/** @param {{ path: string }} test */
function rankOf({ path: file }) {
  const rank = LONG.findIndex((part) => file.includes(part));
  return rank < 0 ? LONG.length : rank;
}

module.exports = class extends Sequencer {
  sort(tests) {
    // The rest in the order that Jest finds best; sorting keeps it.
    return [...super.sort(tests)].sort((one, other) => rankOf(one) - rankOf(other));
  }
};
