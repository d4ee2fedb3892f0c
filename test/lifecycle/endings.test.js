'use strict';

// The lifecycle table, rows of a process with one store.

const { STEPS, closes, ended, outcomes, useTable } = require('./table');

const table = useTable();
const end = (step, ending, options) => table.run('cell.js', [step, ending, table.ports], options);

const REPORT_OF_THE_ERROR =
  /^\S+endings\.js:\d+\n.*throw new Error.*\n\s*\^\n\nError: nobody catches this\n( {4}at .+\n)+\nNode\.js v.+\n$/;

table.row('process.exit ends the process with its code, with a store', async (step) => {
  expect(await end(step, 'exit')).toEqual({ code: 7, signal: null, reports: [], stderr: '' });
});

table.row('an uncaught exception ends the process with code 1, with a store', async (step) => {
  const { stderr, ...rest } = await end(step, 'throw');
  expect(rest).toEqual({ code: 1, signal: null, reports: [] });
  expect(stderr).toMatch(REPORT_OF_THE_ERROR);
});

table.row('close() by every way, again and again, answers each once, of a store', async (step) => {
  const operations = outcomes(step, 'ERR_REDIS_CLOSED');
  expect(await end(step, 'close')).toEqual(
    ended({ notCalledOnce: 0, operations, closes: ['OK'], handlesLeft: 0 }),
  );
});

table.row(
  'a client is collected with its store once it is closed, not before, a store',
  async (step) => {
    // The close may come before the deadline, or between two commands of one operation.
    const { answer } = STEPS[step];
    const late = ['ERR_REDIS_CLOSED'];
    expect(await end(step, 'drop', { nodeArgs: ['--expose-gc'] })).toEqual(
      ended({
        notCalledOnce: 0,
        operations: outcomes(step, answer, ...late),
        closes: closes(step),
        handlesLeft: 0,
        collected: 2,
        collectedWhileOpen: 0,
      }),
    );
  },
);

test('a closed store is collected although its client lives on', async () => {
  const options = { nodeArgs: ['--expose-gc'] };
  expect(await table.run('lent-client.js', [table.healthy.url], options)).toEqual(
    ended({ collected: 1, state: 'ready' }),
  );
});

describe('with nothing left to do', () => {
  table.row('the process ends by itself with a store of unref()', async (step) => {
    expect(await end(step, 'leave')).toEqual(
      ended({ notCalledOnce: 0, operations: outcomes(step), closes: closes(step) }),
    );
  });

  table.row(
    'but operations, it ends after their callbacks with a store of unref()',
    async (step) => {
      const operations = outcomes(step, STEPS[step].answer);
      expect(await end(step, 'leave after operations')).toEqual(
        ended({ notCalledOnce: 0, operations, closes: closes(step) }),
      );
    },
  );

  table.row('a beforeExit listener may still close a store of unref()', async (step) => {
    expect(await end(step, 'leave, and close before the exit')).toEqual(
      ended({ notCalledOnce: 0, operations: outcomes(step), closes: ['OK'], handlesLeft: 0 }),
    );
  });
});
