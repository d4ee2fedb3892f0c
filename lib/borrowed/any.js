'use strict';
// Clients of which nothing is known but that commands can be sent by name.

const { can, createAdapter } = require('./adapter');

/** @typedef {import('./adapter').Adapter} Adapter */

/**
 * `sendCommand(['GET', key])` or `call('GET', key)`, each giving a Promise of the reply.
 *
 * @param {any} client
 * @returns {Adapter | undefined}
 */
function adaptAny(client) {
  const byList = can(client, 'sendCommand');
  if (!byList && !can(client, 'call')) return undefined;
  return createAdapter({
    run: (words) => Promise.resolve(byList ? client.sendCommand(words) : client.call(...words)),
    givesBuffers: false,
  });
}

module.exports = { adaptAny };
