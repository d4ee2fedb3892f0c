'use strict';

// Callbacks that throw and Promises that nobody looks at: what comes of it in a process.

const path = require('node:path');
const { runScript } = require('../helpers/child');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();
const fixture = (name) => path.join(__dirname, 'fixtures', name);
const run = (name, ...args) => runScript(fixture(name), { args: [...args, redis.server.url] });

const zeroTo9 = [...Array(10).keys()];
const uncaught = (...numbers) => numbers.map((n) => [`from ${n}`, 'uncaughtException']);

describe('a throwing callback', () => {
  test.each([
    ['one of a batch', zeroTo9, uncaught(3)],
    ['several of a batch', zeroTo9, uncaught(0, 4, 5, 9)],
    ['set, one of a batch', zeroTo9, uncaught(3)],
    ['immediate errors', zeroTo9, uncaught(3, 5)],
    ['after an asynchronous parse', zeroTo9, uncaught(3)],
    ['after an asynchronous stringify', zeroTo9, uncaught(3)],
    ['a close callback', [0], uncaught(0)],
    ['a ready listener', [0, 'get'], uncaught(0)],
  ])('(%s) reaches uncaughtException once and disturbs nobody', async (name, called, thrown) => {
    const { code, signal, lines, stderr } = await run('throwing.js', name);
    expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
    expect(JSON.parse(lines[0])).toEqual({ called, uncaught: thrown, rejections: 0 });
  });

  test('(of length, ids, all and clear) reaches uncaughtException once', async () => {
    const { code, lines } = await run('throwing.js', 'of length, ids, all and clear');
    expect(code).toBe(0);
    const report = JSON.parse(lines[0]);
    expect(report.called.sort()).toEqual(zeroTo9);
    expect(report.uncaught.sort()).toEqual(uncaught(0, 1, 2, 3));
    expect(report.rejections).toBe(0);
  });
});

test.each([
  'a callback',
  'a callback of an immediate error',
  'a tick after a callback',
  'a promise continuation',
  'a ready listener',
])('an uncaught exception in %s ends the process with code 1, not by a signal', async (where) => {
  const { code, signal, stderr } = await run('uncaught.js', where);
  expect({ code, signal }).toEqual({ code: 1, signal: null });
  expect(stderr).toContain('nobody catches this');
  expect(stderr).not.toMatch(/FATAL|abort|core dumped/i);
});

test("callbacks, ticks and microtasks of a batch run in the order of a socket of Node's own", async () => {
  const { code, lines } = await run('order.js');
  expect(code).toBe(0);
  const { store, socket } = JSON.parse(lines[0]);
  expect(socket).toHaveLength(15);
  expect(store).toEqual(socket);
});

test('a rejected Promise that nobody looks at is no unhandled rejection', async () => {
  await redis.admin.set('sess:no-json', '{');
  await expect(run('unseen.js')).resolves.toMatchObject({
    code: 0,
    signal: null,
    lines: ['alive'],
    stderr: '',
  });
});
