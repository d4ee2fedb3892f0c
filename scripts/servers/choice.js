'use strict';

const { SetupError } = require('../setup');

/**
 * Those that a command line names.
 * @template {{ id: string }} T
 * @param {T[]} all
 * @param {string[]} ids none: all of them
 * @returns {T[]}
 * @throws {SetupError} which says what there is
 */
function choose(all, ids) {
  const known = all.map(({ id }) => id);
  const unknown = ids.filter((id) => !known.includes(id));
  if (unknown.length > 0) {
    throw new SetupError(`Unknown: ${unknown.join(', ')}. Known: ${known.join(', ')}.`);
  }
  return ids.length > 0 ? all.filter(({ id }) => ids.includes(id)) : all;
}

module.exports = { choose };
