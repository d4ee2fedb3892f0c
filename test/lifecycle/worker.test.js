'use strict';

// The lifecycle table, rows of Workers whose main thread never loads the addon: that would hide
// crashes in a Worker's teardown. And Workers that end at moments of their own.

const { PATIENCE } = require('../helpers/patience');
const { ROUNDS, ended, outcomes, useTable } = require('./table');

const table = useTable();
const end = (step, ending) => table.run('worker-main.js', [step, ending, table.ports]);

table.row('a Worker can be terminated in its loop, with a store', async (step) => {
  expect(await end(step, 'wait')).toEqual(ended({ errors: [], code: 1 }));
});

table.row('a Worker can be terminated right where it comes to a store', async (step) => {
  expect(await end(step, 'block')).toEqual(ended({ errors: [], code: 1 }));
});

table.row('process.exit ends a Worker with its code, with a store', async (step) => {
  expect(await end(step, 'exit')).toEqual(ended({ errors: [], code: 7 }));
});

table.row('an uncaught exception ends a Worker with that error, with a store', async (step) => {
  const errors = ['nobody catches this'];
  expect(await end(step, 'throw')).toEqual(ended({ errors, code: 1 }));
});

table.row('a Worker ends by itself once it has closed a store', async (step) => {
  const operations = outcomes(step, 'ERR_REDIS_CLOSED');
  expect(await end(step, 'close')).toEqual(
    ended(
      { notCalledOnce: 0, operations, closes: ['OK'], handlesLeft: 0 },
      { errors: [], code: 0 },
    ),
  );
});

test.each([
  ['of its options', 'host'],
  ['of its options', 'port'],
  ['of its options', 'password'],
  ['of its options', 'keepAlive'],
  ['of its receiver', 'results'],
  ['of its receiver', 'onEvent'],
])('a Worker can be terminated while a client is made %s: %s', async (_, name) => {
  expect(await table.run('worker-terminated-early.js', [name])).toEqual(ended({ code: 1 }));
});

describe('one after the other', () => {
  const several = (script, count) =>
    table.run('workers.js', [script, String(count), table.healthy.url], { timeout: 2 * PATIENCE });

  test.each([
    ['while replies and callbacks are coming', 'worker-flood.js'],
    ['before they have a connection', 'worker-connecting.js'],
  ])('Workers can be terminated %s', async (_, script) => {
    expect(await several(script, 30)).toEqual(ended({ ended: 30, growth: expect.anything() }));
  });

  const MANY = Math.min(50 * ROUNDS, 200);

  test(`${MANY} Workers leave no memory, no descriptors and no handles behind`, async () => {
    const { reports, ...rest } = await several('worker-several.js', MANY);
    expect(rest).toEqual({ code: 0, signal: null, stderr: '' });
    const [{ ended: count, growth }] = reports;
    expect(count).toBe(MANY);
    // In the second half. What leaked would be no less than the buffers of 64 KiB that the four
    // connections of each read into; a connection has a descriptor, too.
    // AddressSanitizer keeps what was freed for a while, and looks for leaks itself.
    const limit = process.env.ASAN_OPTIONS === undefined ? (MANY / 2) * 4 * 0.064 : Infinity;
    expect(growth.megabytes).toBeLessThan(limit);
    expect(growth.descriptors).toBe(0);
    expect(growth.handles).toBe(0);
  });
});
