'use strict';

// Runs the plain C program: a round is a process of its own, there is nothing to be kept warm.

const { execFile } = require('node:child_process');
const path = require('node:path');
const { promisify } = require('node:util');

const { DAY, SESSIONS, makeSession } = require('./session');

const PROGRAM = path.join(__dirname, '..', '..', 'build', 'floor', 'bench', 'floor');
const WARM_UP = 50;

const run = promisify(execFile);

class Floor {
  #value = JSON.stringify(makeSession());
  #port;
  #prefix;
  /** @type {number | undefined} */
  core;

  /** @param {{ port: number, prefix: string }} where the ids' prefix, of sessions that are there */
  constructor({ port, prefix }) {
    this.#port = port;
    this.#prefix = prefix;
  }

  /**
   * @param {{ operation: string, outstanding: number, milliseconds?: number }} request
   * @returns {Promise<import('./loop').Round & { allOperations: number }>}
   */
  async round({ operation, outstanding, milliseconds = 1000 }) {
    const words = [operation, outstanding, WARM_UP, milliseconds, `sess:${this.#prefix}`];
    const args = [this.#port, ...words, SESSIONS, this.#value, DAY].map(String);
    const pinned = this.core === undefined ? [] : ['taskset', '-c', String(this.core)];
    const [command, ...rest] = [...pinned, PROGRAM, ...args];
    const { stdout } = await run(command, rest);
    const round = JSON.parse(stdout);
    return { ...round, throughput: round.operations / round.seconds };
  }
}

module.exports = { Floor, PROGRAM };
