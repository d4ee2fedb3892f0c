'use strict';
// The sessions that are asked for in one tick, fetched by one command: a client of an application's
// costs far more for each command than the server does.

const { nextTick } = require('../timers');
const { fetchedOf } = require('./commands');
const { isMissingScript, isReply } = require('./replies');

/** @typedef {import('../target').Target} Target */
/** @typedef {InstanceType<typeof import('./commands').Commands>} Commands */

/** Of one command: values may be large, and the server does nothing else meanwhile. */
const MOST_KEYS = 16;

/**
 * @typedef {object} Teller
 * @property {(target: Target, found: import('./commands').Fetched) => void} found
 * @property {(target: Target, error: unknown) => void} failed
 */

class Fetches {
  #commands;
  #teller;
  /** @type {string[]} */
  #keys = [];
  /** @type {Target[]} */
  #targets = [];
  #flush = () => this.flush();

  /**
   * @param {Commands} commands
   * @param {Teller} teller
   */
  constructor(commands, teller) {
    this.#commands = commands;
    this.#teller = teller;
  }

  /**
   * @param {Target} target
   * @param {string} key
   */
  add(target, key) {
    if (!this.#commands.fetchesTogether) {
      this.#fetch(target, key);
      return;
    }
    this.#targets.push(target);
    const length = this.#keys.push(key);
    if (length === 1) nextTick(this.#flush);
    else if (length === MOST_KEYS) this.flush();
  }

  /** To be called before what would change the sessions that wait here. */
  flush() {
    const [keys, targets] = [this.#keys, this.#targets];
    if (keys.length === 0) return;
    this.#keys = [];
    this.#targets = [];
    if (keys.length === 1) this.#fetch(targets[0], keys[0]);
    else this.#together(keys, targets, true);
  }

  /**
   * @param {Target} target
   * @param {string} key
   */
  #fetch(target, key) {
    this.#commands.startFetch(key).then(
      (reply) => this.#tell(target, reply, 0),
      (error) => this.#fetchAfter(error, target, key),
    );
  }

  /**
   * @param {unknown} reason why it could not be fetched in the short way
   * @param {Target} target
   * @param {string} key
   */
  #fetchAfter(reason, target, key) {
    this.#commands.fetchAfter(reason, key).then(
      (found) => this.#teller.found(target, found),
      (error) => this.#teller.failed(target, error),
    );
  }

  /**
   * @param {string[]} keys
   * @param {Target[]} targets
   * @param {boolean} known whether the server is taken to know the script
   */
  #together(keys, targets, known) {
    this.#commands.startFetches(keys, known).then(
      (found) => this.#tellAll(found, keys, targets),
      (error) => {
        if (known && isMissingScript(error)) {
          this.#together(keys, targets, false);
        } else if (isReply(error)) {
          // One of the keys may be what the server refuses: each caller is told of its own.
          keys.forEach((key, index) => this.#fetch(targets[index], key));
        } else {
          targets.forEach((target) => this.#teller.failed(target, error));
        }
      },
    );
  }

  /**
   * @param {any} reply
   * @param {string[]} keys
   * @param {Target[]} targets
   */
  #tellAll(reply, keys, targets) {
    targets.forEach((target, index) => {
      // A proxy before several servers sends the whole command to that of its first key: nobody is
      // logged out because the others are elsewhere.
      this.#tell(target, reply, index, () => this.#fetch(target, keys[index]));
    });
  }

  /**
   * @param {Target} target
   * @param {any} reply of a script, or those to GET and PTTL
   * @param {number} index of its key among those of the command
   * @param {() => void} [ifMissing] what to do if there is none, other than to say so
   */
  #tell(target, reply, index, ifMissing) {
    let found;
    try {
      found = fetchedOf(reply, index);
    } catch (error) {
      this.#teller.failed(target, error);
      return;
    }
    if (found === null && ifMissing) ifMissing();
    else this.#teller.found(target, found);
  }
}

module.exports = { Fetches };
