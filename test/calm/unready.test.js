'use strict';

// A server that is there, but does not serve: commands wait for it under load, as for one that is
// away.

const { setTimeout: pause } = require('node:timers/promises');
const { freePort } = require('../helpers/server-start');
const { until } = require('../helpers/until');
const { useRedis } = require('../helpers/use-redis');
const { seedFrom } = require('./chance');
const { PATIENT } = require('./load');
const { expectCalm, failures, successes, underLoad } = require('./under-load');

const seed = seedFrom(process.env.UNREADY_SEED);
const BALLAST = 3000; // keys
const PER_KEY = 500; // microseconds
const redis = useRedis({
  tcp: true,
  args: [
    ...['--appendonly', 'yes', '--appendfsync', 'always'],
    ...['--key-load-delay', String(PER_KEY), '--loading-process-events-interval-bytes', '1024'],
  ],
});
const backoff = { min: 10, max: 500 };

const ready = (loaded) => until(() => loaded.ask('isReady'), { what: 'the connection' });
const repliesOf = ({ events }) => events.map(({ reply }) => reply).filter(Boolean);

/** What `during` makes of a load that waits for as long as it takes. */
async function load(during) {
  const { url } = redis.server;
  const loads = [{ name: 'a', rate: 2000, options: { ...PATIENT, url, backoff } }];
  const [result] = await underLoad({ seed, url, loads }, async (loaded) => {
    await pause(300);
    await loaded.ask('phase', 'unready');
    await during(loaded);
    await ready(loaded);
    await loaded.ask('phase', 'ready');
    await pause(500);
  });
  expectCalm(result);
  expect(failures(result)).toEqual({});
  expect(successes(result, 'ready')).toBeGreaterThan(0);
  return result;
}

test(`it loads its data: no operation fails (UNREADY_SEED=${seed})`, async () => {
  const { admin, server } = redis;
  const pairs = Array.from({ length: BALLAST }, (_, n) => [`ballast:${n}`, 'x'.repeat(100)]);
  await admin.mSet(Object.fromEntries(pairs));
  // Into a file that is loaded slowly enough.
  await admin.sendCommand(['BGREWRITEAOF']);
  const isWritten = async () =>
    /aof_rewrite_in_progress:0[^]*aof_rewrite_scheduled:0/.test(await admin.info('persistence'));
  await until(isWritten, { what: 'the file' });
  const result = await load(() => server.restart());
  expect(repliesOf(result)).toContain('LOADING');
});

test(`it is a replica that has lost its master and says so: no operation fails (UNREADY_SEED=${seed})`, async () => {
  const { admin } = redis;
  await admin.configSet('replica-serve-stale-data', 'no');
  const result = await load(async () => {
    await admin.sendCommand(['REPLICAOF', '127.0.0.1', String(await freePort())]);
    await pause(1500);
    await admin.sendCommand(['REPLICAOF', 'NO', 'ONE']);
  });
  expect(repliesOf(result)).toContain('MASTERDOWN');
});

test(`it has no room for one more client: no operation fails (UNREADY_SEED=${seed})`, async () => {
  const { admin } = redis;
  const result = await load(async () => {
    await admin.configSet('maxclients', '1');
    await admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal']);
    await pause(1500);
    await admin.configSet('maxclients', '1000');
  });
  expect(repliesOf(result)).toContain('ERR');
});
