'use strict';

// Interruptions by the server's own commands, under load.

const { setTimeout: pause } = require('node:timers/promises');
const { until } = require('../helpers/until');
const { useRedis } = require('../helpers/use-redis');
const { seedFrom } = require('./chance');
const { PATIENT } = require('./load');
const { errorsOf, expectCalm, failures, successes, underLoad } = require('./under-load');

const seed = seedFrom(process.env.INTERRUPTED_SEED);
const redis = useRedis({ tcp: true, args: ['--enable-debug-command', 'yes'] });
/** No break of a connection takes as long; but what interrupts the server does. */
const HASTY = 1500;

async function load(during) {
  const { url } = redis.server;
  const loads = [
    { name: 'patient', rate: 1500, options: { ...PATIENT, url } },
    { name: 'hasty', rate: 500, options: { url, commandTimeout: HASTY } },
  ];
  const [patient, hasty] = await underLoad({ seed, url, loads }, async (loaded) => {
    await pause(300);
    await loaded.ask('phase', 'interrupted');
    await during(loaded);
    await until(() => loaded.ask('isReady'), { what: 'the connections' });
    await loaded.ask('phase', 'after');
    await pause(500);
  });
  for (const each of [patient, hasty]) {
    expectCalm(each);
    expect(failures(each, 'after')).toEqual({});
    expect(successes(each, 'after')).toBeGreaterThan(0);
  }
  expect(failures(patient)).toEqual({});
  return hasty;
}

/** Some waited for longer than they may, and that is all that became of them. */
function expectTimeouts(hasty) {
  const errors = errorsOf(failures(hasty, 'interrupted'));
  expect(errors).not.toEqual([]);
  expect(errors.filter((error) => !error.startsWith('ERR_REDIS_TIMEOUT'))).toEqual([]);
}

test(`connections that are killed 20 times fail no operation (INTERRUPTED_SEED=${seed})`, async () => {
  const hasty = await load(async (loaded) => {
    for (let n = 0; n < 20; n++) {
      await redis.admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal']);
      await pause(50);
      await until(() => loaded.ask('isReady'), { what: 'the connections' });
    }
  });
  expect(failures(hasty)).toEqual({});
  expect(hasty.events.filter(({ name }) => name === 'ready').length).toBeGreaterThan(20);
});

test(`clients that are paused wait as long as they may (INTERRUPTED_SEED=${seed})`, async () => {
  const hasty = await load(async () => {
    await redis.admin.sendCommand(['CLIENT', 'PAUSE', String(1.5 * HASTY), 'ALL']);
    await redis.admin.ping(); // answered when it is over
  });
  expectTimeouts(hasty);
});

test(`a server that sleeps is waited for as long as they may (INTERRUPTED_SEED=${seed})`, async () => {
  const seconds = (1.5 * HASTY) / 1000;
  const hasty = await load(() => redis.admin.sendCommand(['DEBUG', 'SLEEP', String(seconds)]));
  expectTimeouts(hasty);
});
