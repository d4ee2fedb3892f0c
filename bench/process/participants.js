'use strict';

// The subjects of one question, each in a process of its own, as the question's rounds see them:
// whatever they are, they are asked for a round, and every round's commands are counted at the
// server.

const assert = require('node:assert/strict');

const { Child } = require('./child');
const { Floor } = require('./floor');
const { CORE, pin } = require('./pin');
const { SESSIONS, makeIdPrefix, makeSession } = require('./session');
const { SUBJECTS } = require('../subjects');

/** Sessions that a round of destroy finds; it ends early when all of them are gone. */
const DOOMED = 100_000;

/**
 * @typedef {InstanceType<typeof import('./server').Server>} Server
 * @typedef {import('../builds').Builds} Builds
 * @typedef {import('./loop').Round} Round
 *
 * @typedef {object} RoundRequest
 * @property {string} operation
 * @property {number} outstanding
 * @property {number} [milliseconds]
 * @property {number} [limit] the most operations
 */

/**
 * What a subject is told to connect to, and which build of this package it is.
 * @param {string} id
 * @param {Server} server
 * @param {Builds} [builds]
 */
function addressFor(id, server, builds) {
  const build = id === 'before' ? builds?.before : builds?.hiredis;
  return { ...server.address, build };
}

class Participant {
  #server;
  #address;
  #subject;
  /** @type {InstanceType<typeof Floor> | undefined} */
  #floor;
  #doomedPrefix = '';
  /** How many of the sessions for destroy are missing. */
  #destroyed = DOOMED;

  /**
   * @param {string} id
   * @param {Server} server
   * @param {Builds} [builds]
   */
  constructor(id, server, builds) {
    this.id = id;
    this.#server = server;
    this.#address = addressFor(id, server, builds);
    this.#subject = SUBJECTS[id];
    /** @type {InstanceType<typeof Child> | undefined} */
    this.child = this.#subject.kind === 'program' ? undefined : new Child(id, 'subject.js');
  }

  /** @param {{ destroys?: boolean }} [options] */
  async open({ destroys = false } = {}) {
    const server = this.#server;
    if (this.child) {
      const request = { subject: this.id, server: this.#address, doomed: destroys ? DOOMED : 0 };
      const { doomedPrefix } = await this.child.ask('open', request);
      this.#doomedPrefix = doomedPrefix;
    } else {
      const prefix = makeIdPrefix();
      await server.seed(prefix, 0, SESSIONS, JSON.stringify(makeSession()));
      this.#floor = new Floor({ port: Number(server.address.port), prefix });
    }
  }

  /** Of the process that lasts from round to round, if there is one. */
  get pid() {
    return this.child?.pid;
  }

  /** @param {string} operation */
  does(operation) {
    return this.#subject.commands[operation] !== undefined;
  }

  /** @param {boolean} pinned */
  pin(pinned) {
    if (this.pid) pin(this.pid, pinned);
    else if (this.#floor) this.#floor.core = pinned ? CORE : undefined;
  }

  /**
   * @param {RoundRequest} request
   * @returns {Promise<Round>}
   */
  async round(request) {
    if (request.operation === 'destroy') await this.#writeDoomed();
    const round = await this.#watched(request.operation, () => this.#run(request));
    if (request.operation === 'destroy') this.#destroyed = round.operations;
    return round;
  }

  /**
   * A round in which operations begin when they are due.
   * @param {{ operation: string } & import('./arrivals').Schedule} request
   * @returns {Promise<import('./open-loop').Latencies>}
   */
  arrivals(request) {
    const child = /** @type {InstanceType<typeof Child>} */ (this.child);
    return this.#watched(request.operation, () => child.ask('openLoop', request));
  }

  /**
   * @param {string} operation
   * @param {() => Promise<any>} carryOut
   */
  async #watched(operation, carryOut) {
    await this.#server.startCounting();
    const round = await carryOut();
    this.#compare(operation, round, await this.#server.counted());
    return round;
  }

  /**
   * @param {RoundRequest} request
   * @returns {Promise<any>}
   */
  #run(request) {
    const { program, kind } = this.#subject;
    if (this.#floor && program) {
      return this.#floor.round({ ...request, operation: program[request.operation] });
    }
    const child = /** @type {InstanceType<typeof Child>} */ (this.child);
    if (kind === 'json') return child.ask('jsonRound', request);
    const { limit = request.operation === 'destroy' ? DOOMED : undefined } = request;
    return child.ask('round', { ...request, limit });
  }

  /**
   * Nobody may do less, or more, than it says. Of two servers one may have been too slow, on a
   * machine that has other work to do, and be brought up to date meanwhile: then it is only more.
   * @param {string} operation
   * @param {{ operations: number, allOperations?: number }} round
   * @param {Record<string, number>} counted
   */
  #compare(operation, { operations, allOperations = operations }, counted) {
    const expected = Object.fromEntries(
      Object.entries(this.#subject.commands[operation]).map(([name, each]) => [
        name,
        each * allOperations,
      ]),
    );
    if (this.#server.second) {
      for (const [name, least] of Object.entries(expected)) {
        assert.ok(counted[name] >= least, `${this.id}: the servers counted fewer ${name}`);
      }
    } else {
      assert.deepEqual(counted, expected, `${this.id}: the server counted other commands`);
    }
  }

  async #writeDoomed() {
    const value = JSON.stringify(makeSession());
    await this.#server.seed(this.#doomedPrefix, 0, this.#destroyed, value);
    this.#destroyed = 0;
  }
}

/**
 * @template T
 * @param {{ ids: string[], server: Server, destroys?: boolean, builds?: Builds }} options
 * @param {(participants: Participant[]) => Promise<T>} use
 * @returns {Promise<T>}
 */
async function withParticipants({ ids, server, destroys, builds }, use) {
  /** @type {Participant[]} */
  const participants = [];
  try {
    for (const id of ids) {
      const participant = new Participant(id, server, builds);
      participants.push(participant);
      await participant.open({ destroys });
    }
    const result = await use(participants);
    for (const { child } of participants) await child?.close();
    return result;
  } finally {
    for (const { child } of participants) child?.kill();
  }
}

module.exports = { Participant, addressFor, withParticipants };
