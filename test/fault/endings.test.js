'use strict';

// A connection that ends while results are handed out: in a process of its own, since what goes
// wrong here reads freed memory.

const path = require('node:path');
const { runScript } = require('../helpers/child');

const fixture = path.join(__dirname, 'fixtures', 'endings.js');
// glibc overwrites what is freed: who reads it does not read what was there.
const env = { MALLOC_PERTURB_: '165' };

/** What the callbacks of the scenario were told; see the fixture. */
async function run(...args) {
  const { lines, ...end } = await runScript(fixture, { args: args.map(String), env });
  expect(end).toEqual({ code: 0, signal: null, stderr: '' });
  return JSON.parse(lines[0]);
}

const owners = (from, to, connection) =>
  Array.from({ length: to - from }, (_, n) => `s${from + n}@${connection}`);

test.each([1, 31, 300, 5000])(
  '%d reads under way when the client is closed each get their own session, once',
  async (count) => {
    await expect(run('the client is closed', count)).resolves.toEqual({
      told: owners(0, count, 1),
    });
  },
);

test.each(['the connection is reset', 'the connection is closed'])(
  'reads answered before %s get their own sessions, the others are sent again',
  async (end) => {
    await expect(run(end)).resolves.toEqual({ told: [...owners(0, 3, 1), ...owners(3, 5, 2)] });
  },
);

test('reads answered before garbage get their own sessions, the one whose place it takes fails, the others are sent again', async () => {
  await expect(run('garbage follows')).resolves.toEqual({
    told: [...owners(0, 3, 1), 'ERR_REDIS_PROTOCOL', ...owners(4, 5, 2)],
  });
});

test('reads answered before a surplus reply get their own sessions, later ones a new connection', async () => {
  await expect(run('a surplus reply follows')).resolves.toEqual({
    told: [...owners(0, 5, 1), 's0@2'],
  });
});

test.each(['getMany', 'all'])(
  'when the first of 300 callbacks closes the client, %s answered in the same wake-up is whole',
  async (kind) => {
    await expect(run(`the first callback closes, ${kind}`)).resolves.toEqual({
      told: owners(0, 300, 1),
      batch: ['x@1', 'y@1'],
    });
  },
);
