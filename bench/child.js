'use strict';

const { fork } = require('node:child_process');
const path = require('node:path');

/** The parent's end of one subject's process; see subject.js. */
class Child {
  #process;
  /** @type {{ resolve: (answer: any) => void, reject: (error: Error) => void } | undefined} */
  #waiting;

  /** @param {string} subject */
  constructor(subject) {
    this.subject = subject;
    this.#process = fork(path.join(__dirname, 'subject.js'));
    /** @type {Promise<void>} */
    this.exited = new Promise((resolve) => this.#process.once('exit', () => resolve()));
    this.#process.on('message', (/** @type {any} */ { error, answer }) => {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (error) (waiting?.reject ?? fail)(new Error(`${subject}: ${error}`));
      else waiting?.resolve(answer);
    });
    this.#process.once('exit', (code, signal) =>
      this.#waiting?.reject(new Error(`${subject}: its process ended with ${signal ?? code}`)),
    );
  }

  /**
   * Has one request carried out.
   * @param {string} type one of subject.js' requests
   * @param {object} [request]
   * @returns {Promise<any>}
   */
  ask(type, request = {}) {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#process.send({ type, ...request });
    });
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
