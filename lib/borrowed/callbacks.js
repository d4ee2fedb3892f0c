'use strict';
// Clients whose methods take callbacks: node-redis 3 and older, and what imitates it, such as
// redis-mock.

const { can, createAdapter } = require('./adapter');

/** @typedef {import('./adapter').Adapter} Adapter */

/** The commands that a store cannot do without. */
const NEEDED = ['get', 'set', 'del', 'pexpire', 'pttl', 'scan'];

/**
 * @param {(callback: (error: unknown, reply?: any) => void) => void} call
 * @returns {Promise<any>}
 */
function promise(call) {
  return new Promise((resolve, reject) => {
    call((error, reply) => (error ? reject(error) : resolve(reply)));
  });
}

/**
 * @param {any} client
 * @returns {Adapter | undefined}
 */
function adaptNodeRedis3(client) {
  if (!can(client, 'send_command', 'internal_send_command')) return undefined;
  return createAdapter({
    run: ([name, ...rest]) => promise((callback) => client.send_command(name, rest, callback)),
    givesBuffers: client.options?.return_buffers === true,
    keyPrefix: client.options?.prefix ?? '',
    isReady: () => client.ready === true,
    lost: ['end', 'reconnecting'],
    resends: client.options?.retry_unfulfilled_commands === true,
  });
}

/**
 * A client that has nothing but a method for each command.
 *
 * @param {any} client
 * @returns {Adapter | undefined}
 */
function adaptMethods(client) {
  if (!can(client, ...NEEDED)) return undefined;
  return createAdapter({
    run([name, ...rest]) {
      const method = String(name).toLowerCase();
      // redis-mock takes several keys as one list alone, and else never calls back.
      const words = method === 'del' ? [rest] : rest;
      if (can(client, method)) return promise((callback) => client[method](...words, callback));
      return Promise.reject(new Error(`ERR unknown command '${method}'`));
    },
    givesBuffers: false,
    hasScripts: can(client, 'eval', 'evalsha'),
    scansAtOnce: true,
    lost: ['end'],
  });
}

module.exports = { adaptMethods, adaptNodeRedis3 };
