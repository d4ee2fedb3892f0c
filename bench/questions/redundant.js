'use strict';

// What do two servers that have the same sessions cost, over one?

const { compareTwo } = require('../comparison');
const { withServer } = require('../process/server');
const { estimateRatio } = require('../report/statistics');

/** @param {import('../run').Context} context */
async function run(context) {
  return withServer((server) =>
    withServer((second) => {
      server.join(second);
      return compareTwo(server, context, {
        ids: ['hiredis', 'redundant'],
        head: ['one server', 'two', 'ratio'],
        relate: (rows) =>
          estimateRatio(rows, ({ hiredis, redundant }) => redundant.cpu / hiredis.cpu),
      });
    }),
  );
}

module.exports = { run };
