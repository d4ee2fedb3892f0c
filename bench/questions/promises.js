'use strict';

// What do Promises (store.access) cost on top of callbacks?

const { compareTwo } = require('../comparison');
const { withServer } = require('../process/server');
const { estimate } = require('../report/statistics');

/** @param {import('../run').Context} context */
async function run(context) {
  return withServer((server) =>
    compareTwo(server, context, {
      ids: ['hiredis', 'access'],
      head: ['callbacks', 'access', 'more'],
      relate: (rows) => estimate(rows, ({ hiredis, access }) => access.cpu - hiredis.cpu),
    }),
  );
}

module.exports = { run };
