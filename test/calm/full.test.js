'use strict';

// A server that has no room left (maxmemory, noeviction) under load: it refuses what needs room,
// and goes on with the rest.

const { setTimeout: pause } = require('node:timers/promises');
const { rounds } = require('../helpers/depth');
const { useRedis } = require('../helpers/use-redis');
const { seedFrom } = require('./chance');
const { PATIENT } = require('./load');
const { errorsOf, expectCalm, failures, successes, underLoad } = require('./under-load');

const BALLAST = 20_000_000;
const seed = seedFrom(process.env.FULL_SEED);
const redis = useRedis({ args: ['--maxmemory-policy', 'noeviction'] });

test(`sets fail at once with OOM, all else goes on; once there is room again sets do, too (FULL_SEED=${seed})`, async () => {
  const { admin, server } = redis;
  const loads = [{ name: 'a', rate: 2000, options: { ...PATIENT, url: server.url } }];
  const [load] = await underLoad({ seed, url: server.url, loads }, async (loaded) => {
    await admin.setRange('ballast', BALLAST, 'x');
    await pause(300);
    await loaded.ask('phase', 'filling');
    const used = Number((await admin.info('memory')).match(/used_memory:(\d+)/)[1]);
    await admin.configSet('maxmemory', String(used - BALLAST / 2));
    await loaded.ask('phase', 'full');
    await pause(rounds(700, 1500));
    await loaded.ask('phase', 'freeing');
    await admin.del('ballast');
    await loaded.ask('phase', 'free');
    await pause(500);
  });
  await admin.configSet('maxmemory', '0');

  expectCalm(load);
  const full = failures(load, 'full');
  expect(errorsOf(full)).toEqual(['ERR_REDIS_REPLY OOM']);
  const refused = Object.keys(full).map((what) => what.split(' ')[0]);
  expect(refused.sort()).toEqual(['accessSet', 'set', 'update']);
  expect(successes(load, 'full', 'set')).toBe(0);
  for (const kind of ['get', 'touch', 'destroy']) {
    expect(successes(load, 'full', kind)).toBeGreaterThan(0);
  }
  // Neither retried nor waited for.
  expect(load.account.phases.full.slowest).toBeLessThan(PATIENT.commandTimeout / 4);
  expect(load.events.map(({ name }) => name)).toEqual(['ready']);
  expect(failures(load, 'start', 'free')).toEqual({});
  expect(successes(load, 'free', 'set')).toBeGreaterThan(0);
});
