'use strict';

// The lifecycle table, rows of two copies of the package in one process: each has an addon of its
// own, and a client of one is a client for the store of the other, too.

const { useCopies } = require('./copies');
const { STEPS, ended, outcomes, useTable } = require('./table');

const table = useTable();
const copies = useCopies();

// All are closed right after operations of every kind were begun.
const allClosed = (step) => ({
  notCalledOnce: 0,
  operations: outcomes(step, 'ERR_REDIS_CLOSED'),
  closes: ['OK'],
  handlesLeft: 0,
});

table.row('two copies and a client lent from one to the other end cleanly', async (step) => {
  expect(await table.run('cell.js', [step, 'lend', table.ports, ...copies])).toEqual(
    ended(allClosed(step)),
  );
});

describe('in a Worker', () => {
  const inWorker = (step, ending) =>
    table.run('worker-main.js', [step, ending, table.ports, ...copies]);

  table.row('two copies and a client lent from one to the other end cleanly', async (step) => {
    expect(await inWorker(step, 'lend')).toEqual(ended(allClosed(step), { errors: [], code: 0 }));
  });

  table.row('two copies can be terminated', async (step) => {
    expect(await inWorker(step, 'wait')).toEqual(ended({ errors: [], code: 1 }));
  });
});

table.row('a copy goes on when a Worker with it and another is terminated', async (step) => {
  expect(await table.run('copies-main.js', [step, table.ports, ...copies])).toEqual(
    ended({
      notCalledOnce: 0,
      // It is closed while they are under way, or after their deadline.
      operations: outcomes(step, STEPS[step].answer, 'ERR_REDIS_CLOSED'),
      closes: ['OK'],
      handlesLeft: 0,
    }),
  );
});
