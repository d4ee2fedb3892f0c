'use strict';
// What the process can be asked about from outside: two channels of node:diagnostics_channel.
// Nothing that is published holds a session id, session data or a password.

const { channel } = require('node:diagnostics_channel');

/** @typedef {import('./target').Target} Target */

const commands = channel('connect-hiredis:command');
const connections = channel('connect-hiredis:connection');

/**
 * Publishes how an operation ended, when its result comes.
 *
 * @param {Target} target that is about to wait for its result
 * @param {string} operation
 * @param {object} client
 * @param {number} failure the kind of result that is one
 */
function observe(target, operation, client, failure) {
  const { complete } = target;
  const started = performance.now();
  target.complete = (same, kind, number, value) => {
    const code = kind === failure ? value.code : undefined;
    commands.publish({ client, operation, duration: performance.now() - started, code });
    complete(same, kind, number, value);
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
