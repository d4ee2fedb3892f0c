'use strict';

// The lifecycle table, row of node:cluster; and what children of a process with a store inherit.

const { STEPS, ended, outcomes, useTable } = require('./table');

const table = useTable();

table.row(
  'a worker can be killed and another disconnected, with stores in all processes',
  async (step) => {
    const report = {
      notCalledOnce: 0,
      operations: outcomes(step, STEPS[step].answer, 'ERR_REDIS_CLOSED'),
      closes: ['OK'],
      handlesLeft: 0,
    };
    const ends = [
      [null, 'SIGKILL'],
      [0, null],
    ];
    expect(await table.run('cluster.js', [step, table.ports])).toEqual(
      ended({ worker: 2, ...report }, { ends, ...report }),
    );
  },
);

test('a child process does not inherit the connection of a store', async () => {
  expect(await table.run('inherited.js', [String(table.healthy.port)])).toEqual(
    ended({ before: true, goneAfterClose: true }),
  );
});
