'use strict';
// How long stored values are: no command is to ask for more bytes than it should.

const { isMissingScript, isReply, isWrongType, toNumber } = require('./replies');
const { LENGTHS } = require('./scripts');

/** @typedef {import('./adapter').Words} Words */

/** Of one command, unless a single session is longer: others wait behind it. */
const MOST_BYTES = 16 * 1024 * 1024;

class Lengths {
  #run;
  #together;
  #known;

  /**
   * @param {(words: Words, key: string) => PromiseLike<any>} run
   * @param {{ known: boolean, together: boolean }} options `known`: whether they can be asked for;
   *   `together`: whether a script can be asked for all of them
   */
  constructor(run, { known, together }) {
    this.#run = run;
    this.#known = known;
    this.#together = together;
  }

  /**
   * Where lengths cannot be had, as when a user may not ask for them, the number of keys has to do.
   *
   * @param {string[]} keys of one batch, at least one
   * @returns {Promise<string[][]>} the same in the same order, those together that one command may
   *   ask for
   */
  async group(keys) {
    const lengths = keys.length > 1 && this.#known ? await this.#ask(keys) : undefined;
    if (!lengths) return [keys];
    const groups = [];
    /** @type {string[]} */
    let group = [];
    let bytes = 0;
    for (const [index, key] of keys.entries()) {
      const length = toNumber(lengths[index]);
      if (group.length > 0 && bytes + length > MOST_BYTES) {
        groups.push(group);
        group = [];
        bytes = 0;
      }
      group.push(key);
      bytes += length;
    }
    groups.push(group);
    return groups;
  }

  /**
   * @param {string[]} keys
   * @returns {Promise<any[] | undefined>}
   */
  async #ask(keys) {
    try {
      if (this.#together) return await this.#askTogether(keys);
    } catch (error) {
      if (!isReply(error)) throw error;
      this.#together = false;
    }
    try {
      return await Promise.all(keys.map((key) => this.#askOne(key)));
    } catch (error) {
      if (!isReply(error)) throw error;
      this.#known = false;
      return undefined;
    }
  }

  /** @param {string[]} keys */
  async #askTogether(keys) {
    const rest = [String(keys.length), ...keys];
    try {
      return await this.#run(['EVALSHA', LENGTHS.digest, ...rest], keys[0]);
    } catch (error) {
      if (!isMissingScript(error)) throw error;
      return this.#run(['EVAL', LENGTHS.text, ...rest], keys[0]);
    }
  }

  /** @param {string} key */
  async #askOne(key) {
    try {
      return await this.#run(['STRLEN', key], key);
    } catch (error) {
      // As MGET does: what is no string is not there.
      if (isWrongType(error)) return 0;
      throw error;
    }
  }
}

module.exports = { Lengths };
