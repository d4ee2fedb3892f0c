'use strict';

// Where sessions can be: one server, a cluster, a server with a Sentinel, a mock's memory; and a
// witness that looks at them from outside.

const { hasReplicas } = require('./chosen-server');
const { startCluster } = require('./redis-cluster');
const { startRedis } = require('./redis-server');
const { startSentinel } = require('./redis-sentinel');
const { connectAdmin } = require('./use-redis');

/**
 * @typedef {object} Place
 * @property {any} where what a client needs to know; can be sent to another process
 * @property {(prefix?: string) => Witness} witness `prefix`: what the client of the store puts
 *   before each key by itself
 * @property {() => Promise<void>} stop
 */

/** Looks at keys on whichever server they are; shares no code with what is tested. */
class Witness {
  #admins;
  #prefix;

  constructor(admins, prefix = '') {
    this.#admins = admins;
    this.#prefix = prefix;
  }

  /** What has nothing to do with keys. */
  sendCommand(words) {
    return this.#admins[0].sendCommand(words);
  }

  /** The same on all servers. */
  everywhere(words) {
    return Promise.all(this.#admins.map((admin) => admin.sendCommand(words)));
  }

  /** A command about one key, at the server that has it. */
  async about(name, key, ...rest) {
    for (const admin of this.#admins) {
      try {
        return await admin.sendCommand([name, this.#prefix + key, ...rest]);
      } catch (error) {
        if (!error.message.startsWith('MOVED')) throw error;
      }
    }
    throw new Error('no server has the slot of this key');
  }

  get(key) {
    return this.about('GET', key);
  }

  set(key, value) {
    return this.about('SET', key, value);
  }

  pExpireTime(key) {
    return this.about('PEXPIRETIME', key);
  }

  /** All keys, with whatever is before them, in order. */
  async keys() {
    const keys = await this.everywhere(['KEYS', '*']);
    return keys.flat().sort();
  }

  async flushAll() {
    await this.everywhere(['FLUSHALL']);
  }
}

async function server() {
  const redis = await startRedis();
  const admin = await connectAdmin(redis);
  return {
    where: { socket: redis.socket },
    witness: (prefix) => new Witness([admin], prefix),
    async stop() {
      admin.destroy();
      await redis.stop();
    },
  };
}

async function cluster() {
  const { nodes, admins, stop } = await startCluster(3, { replicas: hasReplicas() ? 1 : 0 });
  return { where: { nodes }, witness: (prefix) => new Witness(admins, prefix), stop };
}

async function sentinel() {
  const { name, sentinels, admins, stop } = await startSentinel(
    hasReplicas() ? { sentinels: 3, replicas: 1 } : {},
  );
  return { where: { name, sentinels }, witness: (prefix) => new Witness(admins, prefix), stop };
}

/** A mock has its data in the process: there is nothing to look at from outside. */
async function memory() {
  const mock = require('redis-mock').createClient();
  return {
    where: {},
    witness: () => ({ flushAll: () => new Promise((resolve) => mock.flushall(resolve)) }),
    stop: async () => mock.end(true),
  };
}

const PLACES = { server, cluster, sentinel, memory };

/** @param {'server' | 'cluster' | 'sentinel' | 'memory'} kind @returns {Promise<Place>} */
const openPlace = (kind) => PLACES[kind]();

module.exports = { Witness, openPlace };
