'use strict';

// The instructions that a process executes, where the kernel and the machine let perf count them;
// virtual machines often do not.

const { spawn, spawnSync } = require('node:child_process');
const { once } = require('node:events');

const { findCommand } = require('../../scripts/setup');

/** Of the process alone: what the kernel executes for it depends on who else wants a core. */
const EVENT = 'instructions:u';

/** The file descriptors in perf that it takes commands from and answers to. */
const COMMANDS = 3;
const ANSWERS = 4;

/**
 * What `perf stat -x,` says of an event.
 * @param {string} text
 * @param {string} event
 * @returns {number} NaN if it has not counted
 */
function parseCount(text, event) {
  for (const line of text.split('\n')) {
    const [value, , name] = line.split(',');
    if (name === event) return value === '' ? NaN : Number(value);
  }
  return NaN;
}

/**
 * Why there is nothing to be counted here; undefined: there is.
 * @param {string} [event]
 * @returns {string | undefined}
 */
function whyNotCounted(event = EVENT) {
  const perf = findCommand('perf');
  if (!perf) return 'there is no perf here';
  const args = ['stat', '-x,', '-e', event, process.execPath, '--version'];
  const { status, stderr } = spawnSync(perf, args, { encoding: 'utf8' });
  if (status === 0 && parseCount(stderr, event) > 0) return undefined;
  if (/<not supported>/.test(stderr)) return 'this machine does not let perf count them';
  return 'perf is not permitted to count them, or does not work here';
}

/** One process' count; it runs only between resume and pause. */
class InstructionCounter {
  #perf;
  #event;
  #text = '';
  /** @type {import('node:stream').Writable} */
  #commands;
  /** @type {import('node:stream').Readable} */
  #answers;
  /** @type {Promise<never>} */
  #gone;

  /**
   * @param {number} pid
   * @param {string} [event]
   */
  constructor(pid, event = EVENT) {
    this.#event = event;
    const control = ['--delay=-1', '--control', `fd:${COMMANDS},${ANSWERS}`];
    const args = ['stat', '-x,', '-e', event, ...control, '-p', String(pid)];
    this.#perf = spawn(/** @type {string} */ (findCommand('perf')), args, {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    });
    const { stdio } = this.#perf;
    this.#commands = /** @type {any} */ (stdio[COMMANDS]);
    this.#answers = /** @type {any} */ (stdio[ANSWERS]);
    stdio[2]?.on('data', (data) => (this.#text += data));
    this.#commands.on('error', () => {});
    this.#gone = once(this.#perf, 'close').then(() => {
      throw new Error(`perf has ended: ${this.#text}`);
    });
    // At the end it is meant to.
    this.#gone.catch(() => {});
  }

  resume() {
    return this.#command('enable');
  }

  pause() {
    return this.#command('disable');
  }

  /** @returns {Promise<number>} all that it counted; NaN if it could not */
  async stop() {
    this.#perf.kill('SIGINT');
    await this.#gone.catch(() => {});
    return parseCount(this.#text, this.#event);
  }

  /** @param {string} command */
  async #command(command) {
    const answered = once(this.#answers, 'data');
    this.#commands.write(`${command}\n`);
    await Promise.race([answered, this.#gone]);
  }
}

module.exports = { InstructionCounter, parseCount, whyNotCounted };
