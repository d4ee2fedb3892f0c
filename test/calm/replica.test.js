'use strict';

// A server that is made a replica under load: it refuses writes, and another may be the one to ask.

const { setTimeout: pause } = require('node:timers/promises');
const { startRedis } = require('../helpers/redis-server');
const { freePort } = require('../helpers/server-start');
const { until } = require('../helpers/until');
const { connectAdmin } = require('../helpers/use-redis');
const { seedFrom } = require('./chance');
const { PATIENT } = require('./load');
const { startRelay } = require('./relay');
const { errorsOf, expectCalm, failures, successes, underLoad } = require('./under-load');

const seed = seedFrom(process.env.REPLICA_SEED);
const HASTY = 1500;
const open = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function start(args = []) {
  const server = await startRedis({ tcp: true, args });
  open.push(() => server.stop());
  const admin = await connectAdmin(server);
  open.push(() => admin.destroy());
  return { server, admin, url: server.url };
}

/** A master where nobody listens: the replica keeps the data that it has. */
const noMaster = async () => ['REPLICAOF', '127.0.0.1', String(await freePort())];

test(`writes wait until it is a master again, or for as long as their deadline (REPLICA_SEED=${seed})`, async () => {
  const { admin, url } = await start();
  const loads = [
    { name: 'patient', rate: 1500, options: { ...PATIENT, url } },
    { name: 'hasty', rate: 500, options: { url, commandTimeout: HASTY } },
  ];
  const [patient, hasty] = await underLoad({ seed, url, loads }, async (loaded) => {
    await pause(500);
    await loaded.ask('phase', 'replica');
    await admin.sendCommand(await noMaster());
    await pause(1.5 * HASTY);
    await admin.sendCommand(['REPLICAOF', 'NO', 'ONE']);
    await until(() => loaded.ask('isReady'), { what: 'the connection' });
    await loaded.ask('phase', 'master');
    await pause(1000);
  });

  for (const load of [patient, hasty]) expectCalm(load);
  expect(failures(patient)).toEqual({});
  const errors = errorsOf(failures(hasty, 'start', 'replica'));
  expect(errors).toContain('ERR_REDIS_TIMEOUT ERR_REDIS_REPLY READONLY');
  expect(errors.filter((error) => !error.startsWith('ERR_REDIS_TIMEOUT'))).toEqual([]);
  expect(failures(hasty, 'master')).toEqual({});
  expect(successes(hasty, 'master', 'set')).toBeGreaterThan(0);
});

test(`when its replica takes over, writes go there, and none that was acknowledged is lost (REPLICA_SEED=${seed})`, async () => {
  const first = await start(['--repl-diskless-sync-delay', '0']);
  const second = await start();
  await second.admin.sendCommand(['REPLICAOF', '127.0.0.1', String(first.server.port)]);
  const isLinked = async () => /master_link_status:up/.test(await second.admin.info('replication'));
  await until(isLinked, { what: 'the replication' });
  // What a name does that is given to another server: connections stand, new ones go elsewhere.
  const relay = await startRelay(first.server.address);
  open.push(() => relay.close());

  const loads = [{ name: 'a', rate: 2000, options: { ...PATIENT, port: relay.port } }];
  const [load] = await underLoad({ seed, url: second.url, loads }, async (loaded) => {
    await pause(500);
    await loaded.ask('phase', 'failover');
    // Holds writes back until the replica has all of them, and changes places with it.
    await first.admin.sendCommand(['FAILOVER']);
    const isMaster = async () => /role:master/.test(await second.admin.info('replication'));
    await until(isMaster, { what: 'the failover' });
    relay.leadTo(second.server.address);
    await pause(1500);
    await loaded.ask('phase', 'after');
    await pause(500);
  });

  expectCalm(load);
  expect(failures(load)).toEqual({});
  expect(successes(load, 'after', 'set')).toBeGreaterThan(0);
  // It went there because the first said so, not because somebody cut the connection.
  expect(load.events.find(({ name }) => name === 'error')).toMatchObject({ reply: 'READONLY' });
});
