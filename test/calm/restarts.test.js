'use strict';

// A server that is killed and started again, over and over, under 2,000 operations per second.

const { setTimeout: pause } = require('node:timers/promises');
const { rounds } = require('../helpers/depth');
const { startRedis } = require('../helpers/redis-server');
const { until } = require('../helpers/until');
const { Chance, seedFrom } = require('./chance');
const { PATIENT } = require('./load');
const { errorsOf, expectCalm, failures, underLoad } = require('./under-load');

const seed = seedFrom(process.env.RESTART_SEED);
const SHORT = 250;
const TIMES = rounds(8, 20);

/** Two stores: one that waits longer than any of the outages, one that does not. */
const loadsOn = ({ url }, kinds) => [
  { name: 'patient', rate: 1500, options: { ...PATIENT, url }, kinds },
  { name: 'hasty', rate: 500, options: { url, commandTimeout: SHORT }, kinds },
];

/**
 * Kills and starts it at random moments, though not before the stores have found it again: each
 * of them loses that many connections.
 */
async function restart(server, loaded, times, chance, around = () => {}) {
  for (let n = 0; n < times; n++) {
    await pause(chance.between(0, 600));
    await around();
    await server.kill('SIGKILL');
    await pause(chance.between(0, 600));
    await server.start();
    await around();
    await until(() => loaded.ask('isReady'), { what: 'the connection' });
  }
}

describe(`with everything on disk, ${TIMES} times (RESTART_SEED=${seed})`, () => {
  let server, patient, hasty;

  beforeAll(async () => {
    const chance = new Chance(seed);
    server = await startRedis({
      tcp: true,
      args: ['--appendonly', 'yes', '--appendfsync', 'always'],
    });
    [patient, hasty] = await underLoad(
      { seed, url: server.url, loads: loadsOn(server) },
      (loaded) => restart(server, loaded, TIMES, chance),
    );
  }, 600_000);
  afterAll(() => server?.stop());

  test(`it was under load, and ${TIMES} connections were lost`, () => {
    for (const { events } of [patient, hasty]) {
      expect(events.filter(({ name }) => name === 'ready').length).toBeGreaterThan(TIMES);
    }
    expect(patient.account.issued + hasty.account.issued).toBeGreaterThan(500 * TIMES);
    expect(patient.account.gaps.length).toBeGreaterThan(0);
  });

  test('each operation calls back once and in time, with its own result; nothing that was acknowledged is lost', () => {
    expectCalm(patient);
    expectCalm(hasty);
  });

  test('no operation fails that may wait for the server', () => {
    expect(failures(patient)).toEqual({});
  });

  test('those that may not fail with ERR_REDIS_TIMEOUT, and with nothing else', () => {
    const errors = errorsOf(failures(hasty));
    expect(errors).not.toEqual([]);
    expect(errors.filter((error) => !error.startsWith('ERR_REDIS_TIMEOUT'))).toEqual([]);
  });
});

describe(`with nothing on disk, ${rounds(3, 5)} times (RESTART_SEED=${seed})`, () => {
  let server, patient, hasty;

  beforeAll(async () => {
    const chance = new Chance(seed + 1);
    server = await startRedis({ tcp: true });
    // An update of a session that the server has lost says so: that is another test's affair.
    const kinds = ['get', 'accessGet', 'getMany', 'set', 'set', 'accessSet', 'touch', 'destroy'];
    [patient, hasty] = await underLoad(
      { seed, url: server.url, loads: loadsOn(server, kinds) },
      (loaded) => restart(server, loaded, rounds(3, 5), chance, () => loaded.ask('lose')),
    );
  }, 600_000);
  afterAll(() => server?.stop());

  test('nothing is lost but what was stored before a restart', () => {
    expectCalm(patient);
    expectCalm(hasty);
  });

  test('no operation fails that may wait for the server', () => {
    expect(failures(patient)).toEqual({});
  });
});
