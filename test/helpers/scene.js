'use strict';

// A store before a server that misbehaves, and the ledger of what its operations were told.

const fs = require('node:fs');
const { startFaultyServer } = require('./faulty-server');
const { Ledger } = require('./ledger');
const { OPERATIONS } = require('./operations');
const { PATIENCE } = require('./patience');
const { until } = require('./until');

class Scene {
  /** The errors that the store has emitted. @type {any[]} */
  errors = [];

  /**
   * @param {any} server from startFaultyServer, or whatever else has a port and can be closed
   * @param {any} options of the store
   */
  constructor(server, { commandTimeout = PATIENCE, ...options } = {}) {
    // Required late: this must not be what loads the addon for helpers that need it not.
    const { RedisStore } = require('../..');
    this.server = server;
    this.ledger = new Ledger(commandTimeout);
    this.store = new RedisStore({
      host: server.host,
      port: server.port,
      backoff: { min: 1, max: 5 },
      commandTimeout,
      ...options,
    });
    this.store.on('error', (error) => this.errors.push(error));
  }

  /** Resolves when the store is ready. */
  async ready() {
    await until(() => this.store.client.state === 'ready', { what: 'ready', every: 1 });
  }

  /** Resolves when it is so on another connection than the first. */
  async replaced() {
    await until(() => this.server.peers.length > 1, { what: 'another connection', every: 1 });
    await this.ready();
  }

  /**
   * @param {string} name of an operation
   * @param {string} sid
   * @param {any} [prepared]
   * @returns {Promise<{ told: any, error: any, result: any }>}
   */
  ask(name, sid, prepared) {
    const { run } = OPERATIONS[name];
    return this.ledger.start(`${name} ${sid}`, (callback) =>
      run(this.store, sid, callback, prepared),
    );
  }

  /** As ask, but resolves with what was told in one word. */
  async tell(name, sid, prepared) {
    return (await this.ask(name, sid, prepared)).told;
  }

  /**
   * As tell, but asks again as long as it is told that the time was too short: for a store with a
   * short deadline that does well again.
   */
  async tellInTheEnd(name, sid) {
    for (;;) {
      const told = await this.tell(name, sid);
      if (told !== 'ERR_REDIS_TIMEOUT') return told;
    }
  }

  /** The codes of all errors emitted so far. */
  get codes() {
    return this.errors.map(({ code }) => code);
  }

  /** Closes all; throws if a promise to callers or listeners was broken. */
  async close() {
    await this.store.close();
    await this.server.close();
    // Late second calls come at the latest when the connections close.
    this.ledger.check();
    if (this.errors.some(({ client }) => client !== this.store.client)) {
      throw new Error('an error event does not tell its client');
    }
  }
}

/**
 * Runs `play` with a scene before this server, and closes both.
 * @template T
 * @param {any} server
 * @param {any} options of the store
 * @param {(scene: Scene) => Promise<T>} play
 * @returns {Promise<T>}
 */
async function withServer(server, options, play) {
  const scene = new Scene(server, options);
  try {
    return await play(scene);
  } finally {
    await scene.close();
  }
}

/**
 * The same before a server of its own.
 * @template T
 * @param {(number: number) => any} scriptOf see startFaultyServer
 * @param {any} options of the store
 * @param {(scene: Scene) => Promise<T>} play
 * @returns {Promise<T>}
 */
async function withScene(scriptOf, options, play) {
  return withServer(await startFaultyServer(scriptOf), options, play);
}

/** The script that the first connection, and no other, has. */
const first = (script) => (number) => (number === 1 ? script : undefined);

const countSockets = () =>
  fs.readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${descriptor}`).startsWith('socket:');
    } catch {
      return false; // closed meanwhile
    }
  }).length;

/** Call at the top of a file: no test leaves a socket open. */
function expectNoSocketLeft() {
  let before;
  beforeEach(() => (before = countSockets()));
  afterEach(() => until(() => countSockets() <= before, { what: 'the end of all sockets' }));
}

module.exports = { expectNoSocketLeft, first, withScene, withServer };
