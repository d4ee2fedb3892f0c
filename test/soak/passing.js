'use strict';

// A store that comes, is under load for a moment, and goes again: in the main thread, or in a
// worker of its own.

const { setTimeout: pause } = require('node:timers/promises');
const { RedisStore } = require('../..');
const { Chance } = require('../calm/chance');
const { Load } = require('../calm/load');

const KINDS = ['get', 'accessGet', 'set', 'accessSet', 'touch', 'destroy', 'getMany', 'exists'];

/**
 * @param {{ options: object, rate: number, duration: number, seed: number }} what
 * @param {(since: number) => number} excuse see Load
 * @returns {Promise<Load['account']>}
 */
async function pass({ options, rate, duration, seed }, excuse) {
  // What is left behind by one that was ended early does not stay.
  const store = new RedisStore({ ...options, ttl: 60 });
  const load = new Load({
    store,
    excuse,
    chance: new Chance(seed),
    rate,
    deadline: options.commandTimeout,
    keys: 50,
    kinds: KINDS,
  });
  store.on('error', () => {});
  await load.start();
  await pause(duration);
  await load.stop();
  // In an outage they fail; that they end is what counts.
  await Promise.allSettled([store.access.ids(), store.access.length()]);
  await store.access.clear().catch(() => {});
  await store.close();
  return load.account;
}

module.exports = { pass };
