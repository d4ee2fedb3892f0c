'use strict';
// What the process can be asked about from outside: two channels of node:diagnostics_channel.
// Nothing that is published holds a session id, session data or a password.

const { channel } = require('node:diagnostics_channel');
const { monotonic } = require('./timers');

/** @typedef {import('./target').Target} Target */

const commands = channel('connect-hiredis:command');
const connections = channel('connect-hiredis:connection');

/**
 * Publishes how an operation ends, just before its caller is told.
 *
 * @param {Target} target that is about to wait for its result
 * @param {string} operation
 * @param {object} client
 */
function observe(target, operation, client) {
  const { settle } = target;
  const started = monotonic();
  target.settle = (error, result) => {
    const duration = monotonic() - started;
    const { code } = /** @type {{ code?: string }} */ (error ?? {});
    commands.publish({ client, operation, duration, code });
    settle.call(target, error, result);
  };
}

/**
 * @param {object} client
 * @param {string} event
 * @param {string} [code] of the error, if it is one
 */
function publishEvent(client, event, code) {
  if (connections.hasSubscribers) connections.publish({ client, event, code });
}

module.exports = { commands, observe, publishEvent };
