'use strict';
// What an adapter has to do: one small file for each family of clients makes one.

/** @typedef {(string | Buffer)[]} Words a command's name and its arguments */

/**
 * @typedef {object} Runner where commands can be sent: a client, or one server of a cluster
 * @property {(words: Words, key: string | undefined, binary: boolean) => PromiseLike<any>} run
 *   sends one command that is about `key`, if it is about one; with `binary` its reply's strings
 *   are Buffers. May throw instead of giving a Promise that rejects.
 */

/**
 * @typedef {object} Adapter
 * @property {Runner['run']} run
 * @property {() => Runner[] | Promise<Runner[]>} primaries those that have a part of the keys each
 * @property {boolean} isCluster keys of one command have to be in one slot
 * @property {boolean} givesBuffers what `binary` asks for can be had
 * @property {boolean} hasScripts EVAL and EVALSHA can be sent; servers may refuse them all the same
 * @property {string} keyPrefix what the application has told its client to put before each key
 * @property {boolean} addsPrefix whether `run` does it; else whoever calls it has to
 * @property {() => boolean} isReady whether the client says that it is connected
 * @property {string} found the name of the client's event that says that it is connected
 * @property {string[]} lost the names of the client's events that say that it is connected no more
 * @property {boolean} scansAtOnce SCAN's cursor and pattern cannot be relied upon: all keys are asked
 *   for at once
 * @property {() => boolean} isOpened false: somebody has to open the client, or has closed it
 * @property {boolean} resends whether the client sends commands again after a break
 */

/** The events of most clients that say that they are connected no more. */
const LOST = ['end', 'close', 'reconnecting'];

/**
 * Most clients are one server to those who use them.
 *
 * @param {Partial<Adapter> & Pick<Adapter, 'run'>} special
 * @returns {Adapter}
 */
function createAdapter(special) {
  /** @type {Adapter} */
  const adapter = {
    primaries: () => [adapter],
    isCluster: false,
    givesBuffers: true,
    hasScripts: true,
    keyPrefix: '',
    addsPrefix: true,
    isReady: () => true,
    found: 'ready',
    lost: LOST,
    scansAtOnce: false,
    isOpened: () => true,
    resends: false,
    ...special,
  };
  return adapter;
}

/**
 * Whether `client` has methods of all these names. What a client can do says what it is: names of
 * constructors change, and there may be several copies of a class.
 *
 * @param {any} client
 * @param {string[]} names
 */
function can(client, ...names) {
  return names.every((name) => typeof client[name] === 'function');
}

module.exports = { LOST, can, createAdapter };
