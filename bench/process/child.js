'use strict';

const { fork } = require('node:child_process');
const path = require('node:path');

/** How long an answer may take, milliseconds: a benchmark that hangs says so. */
const PATIENCE = 120_000;

/** The parent's end of a child process that answers one request at a time; see serve.js. */
class Child {
  #process;
  /** @type {{ resolve: (answer: any) => void, reject: (error: Error) => void } | undefined} */
  #waiting;

  /**
   * @param {string} name for messages
   * @param {string} file in this folder
   */
  constructor(name, file) {
    this.name = name;
    this.#process = fork(path.join(__dirname, file), { execArgv: ['--expose-gc'] });
    /** @type {Promise<void>} */
    this.exited = new Promise((resolve) => this.#process.once('exit', () => resolve()));
    this.#process.on('message', (/** @type {any} */ { error, answer }) => {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (error) (waiting?.reject ?? fail)(new Error(`${name}: ${error}`));
      else waiting?.resolve(answer);
    });
    this.#process.once('exit', (code, signal) => {
      this.#waiting?.reject(new Error(`${name}: its process ended with ${signal ?? code}`));
    });
  }

  /** @returns {number} */
  get pid() {
    return /** @type {number} */ (this.#process.pid);
  }

  /**
   * Has one request carried out.
   * @param {string} type one of the requests that the child's file serves
   * @param {object} [request]
   * @param {number} [patience] milliseconds
   * @returns {Promise<any>}
   */
  ask(type, request = {}, patience = PATIENCE) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting = undefined;
        reject(new Error(`${this.name}: no answer to '${type}' within ${patience / 1000} s`));
      }, patience);
      this.#waiting = {
        resolve: (answer) => {
          clearTimeout(timer);
          resolve(answer);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      this.#process.send({ type, ...request });
    });
  }

  /** Lets it close its connections; resolves when it is gone. */
  async close() {
    await this.ask('close');
    await this.exited;
  }

  kill() {
    this.#process.kill('SIGKILL');
  }
}

/** @param {Error} error */
function fail(error) {
  throw error;
}

module.exports = { Child };
