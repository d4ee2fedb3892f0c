'use strict';
// ioredis from 4 on, its Cluster, and iovalkey, which has grown from it.

const { can, createAdapter } = require('./adapter');

/** @typedef {import('./adapter').Adapter} Adapter */
/** @typedef {import('./adapter').Runner} Runner */

/**
 * Puts the client's prefix before keys by itself; SCAN's pattern is no key.
 *
 * @param {any} client
 * @returns {Runner['run']}
 */
function runner(client) {
  return (words, _key, binary) => (binary ? client.callBuffer(...words) : client.call(...words));
}

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
    keyPrefix: client.options?.keyPrefix ?? '',
    isReady: () => client.status === 'ready',
    resends: client.options?.autoResendUnfulfilledCommands !== false,
  });
}

module.exports = { adaptIoredis };
