'use strict';

// Whole applications and what sends requests to them, each in a process of its own, as the
// questions see them: every answer is compared, and every round's commands are counted at the
// server.

const assert = require('node:assert/strict');

const { Child } = require('./child');
const { addressFor } = require('./participants');
const { pin } = require('./pin');
const { SUBJECTS } = require('../subjects');

const CONNECTIONS = 32;
const VISITORS = 1024;

/**
 * @typedef {object} Load what is asked for, how, and what the store is asked for meanwhile
 * @property {string} path
 * @property {string[]} operations
 * @property {number} [rate] requests per second; as many as it can if there is none
 *
 * @typedef {InstanceType<typeof import('./server').Server>} Server
 * @typedef {import('../builds').Builds} Builds
 */

/** One application and what sends requests to it. */
class Application {
  #server;
  #address;

  /**
   * @param {string} id
   * @param {Server} server
   * @param {Builds} [builds]
   */
  constructor(id, server, builds) {
    this.id = id;
    this.#server = server;
    this.#address = addressFor(id, server, builds);
    this.application = new Child(id, 'application.js');
    this.load = new Child(`requests to ${id}`, 'load.js');
  }

  get pid() {
    return this.application.pid;
  }

  /** @param {number} [visitors] that are logged in */
  async open(visitors = VISITORS) {
    const redis = this.#address;
    const { port } = await this.application.ask('open', { subject: this.id, redis });
    await this.load.ask('connect', { port, count: CONNECTIONS, people: visitors });
  }

  /** Ties the application and what sends the requests to one core. */
  pin() {
    for (const { pid } of [this.application, this.load]) pin(pid, true);
  }

  /**
   * @param {Load} load
   * @param {{ milliseconds?: number, count?: number }} length one of them
   */
  async round({ path, rate, operations }, length) {
    await this.#server.startCounting();
    await this.application.ask('start');
    const { answered, ...figures } = await this.load.ask('run', { path, rate, ...length });
    const cpu = await this.application.ask('stop');
    this.#compare(operations, answered, await this.#server.counted());
    return {
      ...figures,
      operations: answered,
      cpu: cpu / answered,
      throughput: answered / figures.seconds,
    };
  }

  /**
   * One session loaded and one renewed or saved per request, no more and no less.
   * @param {string[]} operations
   * @param {number} answered
   * @param {Record<string, number>} counted
   */
  #compare(operations, answered, counted) {
    const { commands } = SUBJECTS[this.id];
    /** @type {Record<string, number>} */
    const expected = {};
    for (const operation of operations) {
      for (const name of Object.keys(commands[operation] ?? {})) expected[name] = answered;
    }
    assert.deepEqual(counted, expected, `${this.id}: the server counted other commands`);
  }

  async close() {
    await this.load.close();
    await this.application.close();
  }

  kill() {
    this.load.kill();
    this.application.kill();
  }
}

/**
 * @template T
 * @param {{ ids: string[], server: Server, builds?: Builds, visitors?: number }} options
 * @param {(applications: Application[]) => Promise<T>} use
 * @returns {Promise<T>}
 */
async function withApplications({ ids, server, builds, visitors }, use) {
  /** @type {Application[]} */
  const applications = [];
  try {
    for (const id of ids) {
      const application = new Application(id, server, builds);
      applications.push(application);
      await application.open(visitors);
    }
    const result = await use(applications);
    for (const application of applications) await application.close();
    return result;
  } finally {
    for (const application of applications) application.kill();
  }
}

module.exports = { CONNECTIONS, VISITORS, withApplications };
