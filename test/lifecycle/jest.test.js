'use strict';

// The lifecycle table, row of Jest: a project with tests that reset their modules, and with a
// store that is left behind when its environment is torn down.

const path = require('node:path');
const { isFull } = require('../helpers/depth');
const { ended, fixture, useTable } = require('./table');

const table = useTable();
// Not exported, but where package.json says.
const JEST = path.join(path.dirname(require.resolve('jest/package.json')), 'bin', 'jest.js');

const run = (step, ...args) =>
  table.run(JEST, ['--config', fixture('jest-project/jest.config.js'), '--ci', ...args], {
    env: { STEP: step, PORTS: table.ports },
  });

const passed = ended({ passed: 3, failed: 0, failures: [] });

const WAYS = [['--runInBand'], ['--workerThreads', '--maxWorkers=2']];

table.row(
  'Jest may reset modules, in one process and in Workers of its own, with a store',
  async (step, round) => {
    expect(await run(step, ...WAYS[round % WAYS.length])).toEqual(passed);
  },
  // Each takes seconds.
  isFull() ? undefined : ['constructed', 'idle', 'with commands in flight', 'closed'],
);
