'use strict';

// A server that stands still (SIGSTOP), longer than any operation may take, under 2,000 operations
// per second: its connections stay open, new ones are accepted by its kernel, and nothing is
// answered. That it does so again and again, since what else the machine does may hold up the event
// loop once.

const { setTimeout: pause } = require('node:timers/promises');
const { rounds } = require('../helpers/depth');
const { startRedis } = require('../helpers/redis-server');
const { until } = require('../helpers/until');
const { now } = require('./clock');
const { seedFrom } = require('./chance');
const { errorsOf, expectCalm, failures, successes, underLoad } = require('./under-load');

const TIMES = 3;
const STOPPED = rounds(7000, 30_000);
const DEADLINE = 5000; // the default
const BACKOFF_MAX = 2000; // the default
const MAX_DELAY = 20;
const seed = seedFrom(process.env.STOPPED_SEED);

let server, patient, crowded;
/** Of each time. */
const delays = [];
const continued = [];

beforeAll(async () => {
  server = await startRedis({ tcp: true });
  const { url } = server;
  const loads = [
    // 9,000 in the five seconds of their deadline: they fit into the queue.
    { name: 'patient', rate: 1800, options: { url, queue: 20_000 } },
    // 1,000 in that time: they do not. It gives up each connection soon, and so is mostly in backoff.
    { name: 'crowded', rate: 200, options: { url, queue: 500, connectTimeout: 300 } },
  ];
  [patient, crowded] = await underLoad({ seed, url, loads }, async (loaded) => {
    for (let time = 1; time <= TIMES; time++) {
      await loaded.ask('phase', `before ${time}`);
      await pause(1000);
      await loaded.ask('resetDelay');
      await loaded.ask('phase', `stopping ${time}`);
      await server.kill('SIGSTOP');
      await loaded.ask('phase', `stopped ${time}`);
      await pause(STOPPED);
      await loaded.ask('phase', `continuing ${time}`);
      await server.kill('SIGCONT');
      continued.push(now());
      await until(() => loaded.ask('isReady'), { what: 'the connections' });
      // Those that had been asked before are over by then.
      await pause(1000);
      await loaded.ask('phase', `continued ${time}`);
      await pause(1000);
      delays.push((await loaded.ask('delay')).own);
    }
  });
}, 600_000);
afterAll(() => server?.stop());

/** The times without an answer that the stops made: [from, to]. */
const silences = ({ account }) => account.gaps.filter(([from, to]) => to - from > STOPPED / 2);
const phases = (name) => continued.map((_, n) => `${name} ${n + 1}`);

test(`each operation calls back once and in time, with its own result; nothing that was acknowledged is lost (STOPPED_SEED=${seed})`, () => {
  expectCalm(patient);
  expectCalm(crowded);
});

test('nothing is answered meanwhile: what cannot wait any longer fails with ERR_REDIS_TIMEOUT', () => {
  const all = silences(patient);
  expect(all).toHaveLength(TIMES);
  for (const [from, to] of all) expect(to - from).toBeGreaterThan(STOPPED - 100);
  const errors = errorsOf(failures(patient));
  expect(errors).not.toEqual([]);
  expect(errors.filter((error) => !error.startsWith('ERR_REDIS_TIMEOUT'))).toEqual([]);
});

test('a full queue refuses at once', () => {
  const errors = errorsOf(failures(crowded, ...phases('stopped')));
  expect(errors).toContainEqual(expect.stringMatching(/^ERR_REDIS_QUEUE_FULL/));
  // An operation that waits for anything, waits for its deadline.
  expect(crowded.account.slowestRefusal).toBeLessThan(DEADLINE / 4);
  expect(errors.filter((error) => !/^ERR_REDIS_(TIMEOUT|QUEUE_FULL)/.test(error))).toEqual([]);
});

test(`the event loop is not held up for ${MAX_DELAY} ms by what is to be done then`, () => {
  // What has to be done each time takes its time each time.
  expect(Math.min(...delays)).toBeLessThan(MAX_DELAY);
});

test('operations succeed again within one backoff, and no more of them fail', () => {
  for (const load of [patient, crowded]) {
    for (const [n, [, again]] of silences(load).entries()) {
      expect(again - continued[n]).toBeLessThan(BACKOFF_MAX + DEADLINE);
    }
    for (const phase of phases('continued')) {
      expect(failures(load, phase)).toEqual({});
      expect(successes(load, phase)).toBeGreaterThan(0);
    }
  }
});
