'use strict';

// Clears up after this process, however it ends.

const { spawn } = require('node:child_process');

const { plainEnvironment } = require('./plain-environment');

/**
 * A shell that outlives this process for a moment. Its stdin ends when this process ends, even by
 * SIGKILL, and even in Jest, whose sandbox has no working 'exit' event. Then it kills the process
 * that it was told last, and removes the folder.
 */
const SCRIPT = `
  pid=
  while read -r line; do pid=$line; done
  if [ -n "$pid" ]; then kill -KILL "$pid" 2>/dev/null; fi
  if [ -n "$1" ]; then rm -rf -- "$1"; fi
`;

class Guard {
  #shell;
  #ended;

  /** @param {string} [folder] to be removed at the end */
  constructor(folder = '') {
    this.#shell = spawn('sh', ['-c', SCRIPT, 'guard', folder], {
      env: plainEnvironment(),
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true, // Ctrl-C on the terminal is not meant for it
    });
    this.#ended = new Promise((resolve) => {
      this.#shell.once('close', resolve);
      this.#shell.once('error', resolve);
    });
    // Killed together with its group, say: then nobody is left to be told.
    this.#shell.stdin.on('error', () => {});
    this.#shell.unref();
    // A socket in truth, where Node's types only know a Writable.
    /** @type {import('node:net').Socket} */ (this.#shell.stdin).unref();
  }

  /** @param {number | undefined} pid of the process that must not stay behind; undefined: none */
  watch(pid) {
    if (!this.#shell.stdin.writableEnded) this.#shell.stdin.write(`${pid ?? ''}\n`);
  }

  /** Does now what it would do at the end. Safe to call twice. */
  async end() {
    this.#shell.ref();
    this.#shell.stdin.end();
    await this.#ended;
  }
}

exports.Guard = Guard;
