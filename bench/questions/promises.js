'use strict';

// What do Promises (store.access) cost on top of callbacks?

const { compareTwo } = require('../comparison');
const { withServer } = require('../process/server');

/** @param {import('../run').Context} context */
async function run(context) {
  const { quick } = context.options;
  return withServer((server) =>
    compareTwo(server, context, {
      ids: ['hiredis', 'access'],
      head: ['callbacks', 'access', 'more'],
      relate: (promises, callbacks) => promises - callbacks,
      rounds: quick ? 7 : 15,
      milliseconds: quick ? 250 : 500,
    }),
  );
}

module.exports = { run };
