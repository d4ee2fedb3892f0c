'use strict';

// What a soak does to its server: each fault is over when its function has returned.

const { setTimeout: pause } = require('node:timers/promises');
const { freePort } = require('../helpers/server-start');

/**
 * @typedef {object} World
 * @property {Awaited<ReturnType<typeof import('../helpers/redis-server').startRedis>>} server
 * @property {any} admin a client of node-redis
 * @property {Awaited<ReturnType<typeof import('../calm/relay').startRelay>>} relay
 * @property {import('../calm/chance').Chance} chance
 */

/** Longer than the longest deadline. */
const LONG = 6000;
const killClients = (admin) => admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal']);

/** @type {Record<string, (world: World) => Promise<unknown>>} */
const FAULTS = {
  async restart({ server, admin, chance }) {
    await server.kill('SIGKILL');
    await pause(chance.between(0, 1000));
    await server.start();
    await admin.ping(); // it has reconnected
  },
  async stop({ server, chance }) {
    await server.kill('SIGSTOP');
    await pause(chance.between(100, LONG));
    await server.kill('SIGCONT');
  },
  async longStop({ server }) {
    await server.kill('SIGSTOP');
    await pause(LONG);
    await server.kill('SIGCONT');
  },
  kill: ({ admin }) => killClients(admin),
  async reset({ relay }) {
    relay.reset();
  },
  async stall({ relay, chance }) {
    relay.stall();
    await pause(chance.between(100, 3000));
    relay.resume();
  },
  async full({ admin, chance }) {
    await admin.configSet('maxmemory', '1');
    await pause(chance.between(100, 2000));
    await admin.configSet('maxmemory', '0');
  },
  async password({ admin, chance }) {
    await admin.configSet('requirepass', 'another');
    await killClients(admin);
    await pause(chance.between(100, 2000));
    await admin.configSet('requirepass', '');
  },
  async replica({ admin, chance }) {
    await admin.sendCommand(['REPLICAOF', '127.0.0.1', String(await freePort())]);
    await pause(chance.between(100, 2000));
    await admin.sendCommand(['REPLICAOF', 'NO', 'ONE']);
  },
  async pause({ admin, chance }) {
    await admin.sendCommand(['CLIENT', 'PAUSE', String(chance.between(100, 1500)), 'ALL']);
    await admin.ping(); // answered when it is over
  },
};

/**
 * Names of faults: the longest a few times, for what the process takes at most it is to take before
 * it is measured; each once in a random order; then at random.
 * @param {World} world
 */
function* namesOfFaults({ chance }) {
  yield* ['longStop', 'longStop', 'longStop'];
  const all = Object.keys(FAULTS).filter((name) => name !== 'longStop');
  const first = [...all];
  while (first.length > 0) yield first.splice(chance.below(first.length), 1)[0];
  for (;;) yield chance.pick(all);
}

module.exports = { FAULTS, namesOfFaults };
