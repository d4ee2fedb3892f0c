'use strict';

// Which servers `npm run test:servers` runs, and what it says of those that it cannot run.

const { choose } = require('../../scripts/servers/choice');
const { runServers } = require('../../scripts/servers/run');
const { table } = require('../../scripts/servers/summary');
const { VERSIONS, isOf } = require('../../scripts/servers/versions');
const { SetupError } = require('../../scripts/setup');

test('each server has a name of its own on the command line', () => {
  expect(VERSIONS.map(({ id }) => id)).toEqual([
    'redis-7.0',
    'redis-8.0',
    'valkey-8.0',
    'valkey-8.1',
    'valkey-9.1',
  ]);
});

test('those that are named are chosen, without names all, and a wrong name is told', () => {
  expect(choose(VERSIONS, ['valkey-8.1']).map(({ name }) => name)).toEqual(['Valkey 8.1']);
  expect(choose(VERSIONS, [])).toBe(VERSIONS);
  expect(() => choose(VERSIONS, ['redis-1'])).toThrow(/^Unknown: redis-1\. Known: redis-7\.0, /);
});

test('a version is told from others that begin with the same digits', () => {
  const version = VERSIONS.find(({ id }) => id === 'valkey-8.1');
  expect(['8.1', '8.1.0', '8.1.12'].every((number) => isOf(version, number))).toBe(true);
  expect(['8.10.1', '8', '8.0.1', '18.1.1'].some((number) => isOf(version, number))).toBe(false);
});

describe('a server that cannot be had', () => {
  const versions = VERSIONS.slice(0, 1);
  const bring = async () => {
    throw new SetupError('there is no network');
  };

  test('is told by its name, and fails the run', async () => {
    const results = await runServers({ versions, bring });
    expect(results).toEqual([
      {
        version: versions[0],
        count: { passed: 0, failed: 1, skipped: 0 },
        reason: 'cannot be had: there is no network',
      },
    ]);
    expect(table(results).split('\n')[1]).toBe(
      'Redis 7.0  -        any         cannot be had: there is no network',
    );
  });

  test('is skipped where only what is available is wanted', async () => {
    const [{ count }] = await runServers({ versions, bring, available: true });
    expect(count).toEqual({ passed: 0, failed: 0, skipped: 1 });
  });
});

describe('a server that does not start', () => {
  const [version] = VERSIONS;
  const run = (start) =>
    runServers({
      versions: [version],
      bring: async () => 'no program',
      deployments: [{ name: 'one server', id: 'single', start, tests: [] }],
    });

  test('is told with the reason, which may have more lines than the table', async () => {
    const told = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const results = await run(async () => {
      throw new Error('the port is taken\nand a log');
    });
    expect(told).toHaveBeenCalledWith('does not start: the port is taken\nand a log\n');
    told.mockRestore();
    expect(results[0].count.failed).toBe(1);
    const lines = table(results).split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/ does not start: the port is taken$/);
  });
});
