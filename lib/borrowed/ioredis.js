'use strict';
// ioredis from 4 on, its Cluster, and iovalkey, which has grown from it.

const { LOST, can, createAdapter } = require('./adapter');

/** @typedef {import('./adapter').Adapter} Adapter */
/** @typedef {import('./adapter').Runner} Runner */

/**
 * Puts the client's prefix before keys by itself; SCAN's pattern is no key. It is the methods that
 * are called: `callBuffer` loses the command's name where `enableAutoPipelining` is on, and `call`
 * of ioredis 4 and iovalkey knows keys by commands in small letters alone.
 *
 * @param {any} client
 * @returns {Runner['run']}
 */
function runner(client) {
  return ([name, ...rest], _key, binary) => {
    const command = String(name).toLowerCase();
    return client[binary ? `${command}Buffer` : command](...rest);
  };
}

/**
 * ioredis 4 can be told so.
 *
 * @param {any} [options]
 */
const dropsBuffers = (options) => options?.dropBufferSupport === true;

/**
 * @param {any} client
 * @returns {Adapter | undefined}
 */
function adaptIoredis(client) {
  if (!can(client, 'call', 'callBuffer')) return undefined;
  const isCluster = can(client, 'nodes');
  return createAdapter({
    run: runner(client),
    ...(isCluster && {
      primaries: () =>
        client.nodes('master').map((/** @type {any} */ node) => ({ run: runner(node) })),
    }),
    isCluster,
    givesBuffers: !dropsBuffers(client.options) && !dropsBuffers(client.options?.redisOptions),
    keyPrefix: client.options?.keyPrefix ?? '',
    isReady: () => client.status === 'ready',
    resends: isCluster || client.options?.autoResendUnfulfilledCommands !== false,
    // A cluster stays ready while it loses one of its servers, and sends again what that one owed.
    ...(isCluster && { lost: [...LOST, '-node'] }),
  });
}

module.exports = { adaptIoredis };
