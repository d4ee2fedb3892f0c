'use strict';

// The defects of earlier stores, each as the behaviour that is right. A case throws Defect when it
// sees the very defect, and any other error when something else is wrong.

/**
 * @typedef {object} Case
 * @property {string} title the behaviour
 * @property {string} file it is in
 * @property {string} listed the defect, as it was described
 * @property {string[]} seenIn packages
 * @property {(lab: import('../helpers/lab').Lab) => Promise<void>} run
 *
 * @type {Case[]}
 */
module.exports = ['requests.js', 'operations.js', 'enumeration.js'].flatMap((file) =>
  require(`./${file}`).map((each) => ({ file, ...each })),
);
