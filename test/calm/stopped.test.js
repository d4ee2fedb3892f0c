'use strict';

// A server that stands still for half a minute (SIGSTOP) under 2,000 operations per second: its
// connections stay open, new ones are accepted by its kernel, and nothing is answered.

const { setTimeout: pause } = require('node:timers/promises');
const { startRedis } = require('../helpers/redis-server');
const { now } = require('./clock');
const { seedFrom } = require('./chance');
const { errorsOf, expectCalm, failures, successes, underLoad } = require('./under-load');

const STOPPED = 30_000;
const BACKOFF_MAX = 2000; // the default
const MAX_DELAY = 20;
const seed = seedFrom(process.env.STOPPED_SEED);

let server, patient, crowded, delay, continued;

beforeAll(async () => {
  server = await startRedis({ tcp: true });
  const { url } = server;
  const loads = [
    // 9,000 in the five seconds of their deadline: they fit into the queue.
    { name: 'patient', rate: 1800, options: { url } },
    // 1,000 in that time: they do not. It gives up each connection soon, and so is mostly in backoff.
    { name: 'crowded', rate: 200, options: { url, queue: 500, connectTimeout: 300 } },
  ];
  [patient, crowded] = await underLoad({ seed, url, loads }, async (loaded) => {
    await pause(1000);
    await loaded.ask('resetDelay');
    await loaded.ask('phase', 'stopping');
    await server.kill('SIGSTOP');
    await loaded.ask('phase', 'stopped');
    await pause(STOPPED);
    await loaded.ask('phase', 'continuing');
    await server.kill('SIGCONT');
    continued = now();
    await pause(BACKOFF_MAX + 1000);
    await loaded.ask('phase', 'continued');
    await pause(1000);
    delay = await loaded.ask('delay');
  });
}, 120_000);
afterAll(() => server?.stop());

/** The time without an answer that the stop made: [from, to]. */
const silence = ({ account }) => account.gaps.find(([from, to]) => to - from > STOPPED / 2);

test(`each operation calls back once and in time, with its own result; nothing that was acknowledged is lost (STOPPED_SEED=${seed})`, () => {
  expectCalm(patient);
  expectCalm(crowded);
});

test('nothing is answered meanwhile: what cannot wait any longer fails with ERR_REDIS_TIMEOUT', () => {
  const [from, to] = silence(patient);
  expect(to - from).toBeGreaterThan(STOPPED - 100);
  const errors = errorsOf(failures(patient));
  expect(errors).not.toEqual([]);
  expect(errors.filter((error) => !error.startsWith('ERR_REDIS_TIMEOUT'))).toEqual([]);
});

test('a full queue refuses at once', () => {
  const errors = errorsOf(failures(crowded, 'stopped'));
  expect(errors).toContainEqual(expect.stringMatching(/^ERR_REDIS_QUEUE_FULL/));
  expect(crowded.account.slowestRefusal).toBeLessThan(50);
  expect(errors.filter((error) => !/^ERR_REDIS_(TIMEOUT|QUEUE_FULL)/.test(error))).toEqual([]);
});

test(`the event loop is never held up for ${MAX_DELAY} ms`, () => {
  expect(delay.own).toBeLessThan(MAX_DELAY);
});

test('operations succeed again within one backoff, and no more of them fail', () => {
  for (const load of [patient, crowded]) {
    const [, again] = silence(load);
    expect(again - continued).toBeLessThan(BACKOFF_MAX + 250);
    expect(failures(load, 'continued')).toEqual({});
    expect(successes(load, 'continued')).toBeGreaterThan(0);
  }
});
