'use strict';
// node-redis from 4 on: clients, pools, sentinels and clusters.

const { setImmediate } = require('../timers');
const { can, createAdapter } = require('./adapter');
const { SharedTimeout } = require('./shared-timeout');

/** @typedef {import('./adapter').Adapter} Adapter */
/** @typedef {import('./adapter').Words} Words */

/** RESP's type of strings with a length: what node-redis calls BLOB_STRING. */
const STRING = '$'.charCodeAt(0);
/** For node-redis 4, and for what is newer: each ignores the other's. */
const BINARY = { returnBuffers: true, typeMapping: { [STRING]: Buffer } };

/**
 * With options a command costs a tenth more. Without them strings come in the form that the
 * application has chosen for its client.
 *
 * @param {boolean} binary
 */
const optionsOf = (binary) => (binary ? BINARY : undefined);

/**
 * The options of each command.
 *
 * @param {any} client
 * @returns {(binary: boolean) => object | undefined}
 */
function commandOptions(client) {
  const { timeout, abortSignal } = client._commandOptions ?? client.commandOptions ?? {};
  if (!(timeout > 0) || abortSignal) return optionsOf;
  const shared = new SharedTimeout(timeout);
  return (binary) => (binary ? { ...BINARY, ...shared.options } : shared.options);
}

/**
 * `sendCommand` leaves alone what it is given: the prefix has to be put there.
 *
 * @param {any} client
 * @returns {Pick<Adapter, 'keyPrefix' | 'addsPrefix' | 'isReady' | 'isOpened'>}
 */
function common(client) {
  const prefix = client._keyPrefix ?? client.options?.keyPrefix ?? '';
  return {
    keyPrefix: String(prefix),
    addsPrefix: false,
    // Pools only know whether they are open.
    isReady: () => client.isReady ?? client.isOpen,
    isOpened: () => client.isOpen !== false,
  };
}

/**
 * @param {any} client
 * @returns {Adapter | undefined}
 */
function adaptClient(client) {
  if (!can(client, 'sendCommand', 'connect') || typeof client.isOpen !== 'boolean') {
    return undefined;
  }
  // In `legacyMode` the methods of the client itself take callbacks.
  const promising = inLegacyMode(client) ? client.v4 : client;
  const optionsFor = commandOptions(client);
  return createAdapter({
    run: (words, _key, binary) => promising.sendCommand(words, optionsFor(binary)),
    ...common(client),
  });
}

/** @param {any} client */
function inLegacyMode(client) {
  try {
    return typeof client.v4 === 'object' && client.v4 !== null;
  } catch {
    // A client that is not throws.
    return false;
  }
}

/**
 * The sentinels of node-redis get a connection from their pool when there is a command again; those
 * that come before they have it get others, of which they give back but the last: they wait for
 * ever when none is left. So the first goes alone, and the others follow in the next turn.
 *
 * @param {Adapter['run']} run
 * @returns {Adapter['run']}
 */
function firstAlone(run) {
  let running = 0;
  /** @type {Promise<void> | undefined} */
  let first;
  return async (words, key, binary) => {
    while (first) await first;
    if (running === 0) {
      first = new Promise((resolve) => {
        setImmediate(() => {
          first = undefined;
          resolve();
        });
      });
    }
    ++running;
    try {
      return await run(words, key, binary);
    } finally {
      --running;
    }
  };
}

/**
 * @param {any} client
 * @returns {Adapter | undefined}
 */
function adaptSentinel(client) {
  if (!can(client, 'sendCommand', 'getMasterNode')) return undefined;
  const optionsFor = commandOptions(client);
  return createAdapter({
    run: firstAlone((words, _key, binary) => client.sendCommand(false, words, optionsFor(binary))),
    ...common(client),
  });
}

/**
 * A cluster of node-redis 6 takes its time to find out which servers a DEL concerns, and would send
 * it after what was asked for later: a session that is destroyed and stored again would be lost.
 * What lapsed a millisecond ago is removed as well, and told in the same way.
 *
 * @param {Words} words
 * @returns {Words}
 */
function inOrder(words) {
  return words[0] === 'DEL' ? ['PEXPIRE', words[1], '-1'] : words;
}

/**
 * @param {any} client
 * @returns {Adapter | undefined}
 */
function adaptCluster(client) {
  if (!can(client, 'sendCommand', 'nodeClient') || !Array.isArray(client.masters)) return undefined;
  const optionsFor = commandOptions(client);
  return createAdapter({
    run: (words, key, binary) => client.sendCommand(key, false, inOrder(words), optionsFor(binary)),
    primaries: () =>
      client.masters.map((/** @type {any} */ master) => ({
        run: async (/** @type {any} */ words, /** @type {any} */ _key, /** @type {any} */ binary) =>
          (await client.nodeClient(master)).sendCommand(words, optionsOf(binary)),
      })),
    isCluster: true,
    ...common(client),
    // One of its servers may be away while the others serve.
    isReady: () => client.isOpen ?? true,
    found: 'connect',
    lost: ['end', 'disconnect'],
  });
}

/**
 * @param {any} client
 * @returns {Adapter | undefined}
 */
function adaptNodeRedis(client) {
  return adaptCluster(client) ?? adaptSentinel(client) ?? adaptClient(client);
}

module.exports = { adaptNodeRedis };
