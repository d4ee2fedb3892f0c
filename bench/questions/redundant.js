'use strict';

// What do two servers that have the same sessions cost, over one?

const { compareTwo } = require('../comparison');
const { withServer } = require('../process/server');

/** @param {import('../run').Context} context */
async function run(context) {
  const { quick } = context.options;
  return withServer((server) =>
    withServer((second) => {
      Object.assign(server.address, { second: second.address.url });
      return compareTwo(server, context, {
        ids: ['hiredis', 'redundant'],
        head: ['one server', 'two', 'ratio'],
        relate: (two, one) => two / one,
        unit: 'x',
        rounds: quick ? 5 : 9,
        milliseconds: quick ? 180 : 500,
      });
    }),
  );
}

module.exports = { run };
