'use strict';
// The commands of a store through an adapter: what a server, a cluster or a client cannot do is
// found out by asking, and done in another way from then on.

const { isUint8Array } = require('node:util/types');
const { Lengths } = require('./lengths');
const {
  areSame,
  isMissingScript,
  isMisunderstood,
  isUnknown,
  isWrongType,
  toNumber,
  toText,
} = require('./replies');
const { FETCH, FETCH_ALL, REPLACE } = require('./scripts');

/** @typedef {import('./adapter').Adapter} Adapter */
/** @typedef {import('./adapter').Words} Words */

/** @typedef {{ value: any, left: number } | null} Fetched `left` in milliseconds, -1: for ever */

/**
 * @param {any} reply of a script, or those to GET and PTTL: null, or what is stored and how long it
 *   has left, one after the other for each key
 * @param {number} [index] of the key
 * @returns {Fetched}
 */
function fetchedOf(reply, index = 0) {
  if (reply === null) return null;
  const [value, left] = [reply[2 * index], reply[2 * index + 1]];
  // -2: it lapsed between the two commands.
  if (value === null || toNumber(left) === -2) return null;
  if (typeof value === 'string' || isUint8Array(value)) return { value, left: toNumber(left) };
  throw new TypeError(
    'The client gave something other than a string or a Buffer for what is stored',
  );
}

/**
 * @param {any} reply to SET
 * @returns {boolean}
 */
function isStored(reply) {
  return reply !== null && toText(reply) === 'OK';
}

/** What is under way on each client that has no scripts. @type {WeakMap<Adapter, Promise<unknown>>} */
const turns = new WeakMap();

/**
 * Mocks have no scripts: the steps of one write then follow each other undisturbed by another's, as
 * far as this process goes, in which a mock has its data.
 *
 * @template T
 * @param {Adapter} adapter
 * @param {() => Promise<T>} run
 * @returns {Promise<T>}
 */
function inTurn(adapter, run) {
  const turn = (turns.get(adapter) ?? Promise.resolve()).then(run);
  turns.set(
    adapter,
    turn.catch(() => {}),
  );
  return turn;
}

class Commands {
  #adapter;
  #binary;
  /** What serves as prefix in the commands that are given to the client. */
  #prefix;
  #hasScripts;
  #lengths;

  /**
   * @param {Adapter} adapter
   * @param {string} prefix of the store
   * @param {boolean} binary whether values are wanted as Buffers
   */
  constructor(adapter, prefix, binary) {
    this.#adapter = adapter;
    this.#binary = binary && adapter.givesBuffers;
    this.#prefix = adapter.addsPrefix ? prefix : adapter.keyPrefix + prefix;
    this.#hasScripts = adapter.hasScripts;
    this.#lengths = new Lengths((words, key) => this.#run(words, key), {
      // Mocks have no scripts, and nothing that is too long.
      known: adapter.hasScripts,
      together: this.fetchesTogether,
    });
  }

  /** @param {string} sid */
  key(sid) {
    return this.#prefix + sid;
  }

  // These four give the client's own Promise: each more of them costs as much as all else that is
  // done here for a command.

  /**
   * What is stored, by a script that the server knows; where there are no scripts by two commands
   * that leave together. `fetchAfter` is for when this fails.
   *
   * @param {string} key
   * @returns {PromiseLike<any>} as `fetchedOf` takes it
   */
  startFetch(key) {
    if (this.#hasScripts) return this.#evaluateKnown(FETCH, key);
    return Promise.all([this.#run(['GET', key], key), this.#run(['PTTL', key], key)]);
  }

  /** Whether `startFetches` can be. */
  get fetchesTogether() {
    return this.#hasScripts && !this.#adapter.isCluster;
  }

  /**
   * @param {string[]} keys
   * @param {boolean} known whether the server is taken to know the script
   * @returns {PromiseLike<any>} as `fetchedOf` takes it
   */
  startFetches(keys, known) {
    const { text, digest } = FETCH_ALL;
    const script = known ? ['EVALSHA', digest] : ['EVAL', text];
    return this.#run([...script, String(keys.length), ...keys], keys[0]);
  }

  /**
   * @param {string} key
   * @param {string | Buffer} value
   * @param {number} timeToLive milliseconds, 0: for ever
   * @param {boolean} mustExist
   * @returns {PromiseLike<any>} as `isStored` takes it
   */
  set(key, value, timeToLive, mustExist) {
    /** @type {Words} */
    const words = ['SET', key, value];
    if (timeToLive > 0) words.push('PX', String(timeToLive));
    if (mustExist) words.push('XX');
    return this.#run(words, key);
  }

  /**
   * @param {string} key
   * @param {number} timeToLive milliseconds, 0: for ever
   * @returns {PromiseLike<any>} 1 if there is such a key
   */
  touch(key, timeToLive) {
    if (timeToLive > 0) return this.#run(['PEXPIRE', key, String(timeToLive)], key);
    // PERSIST answers 0 for a key without expiry as for one that is not there.
    return Promise.all([this.#run(['PERSIST', key], key), this.ask('EXISTS', key)]).then(
      ([, exists]) => exists,
    );
  }

  /**
   * A command about one key that is answered by a number.
   *
   * @param {string} name
   * @param {string} key
   * @returns {PromiseLike<any>}
   */
  ask(name, key) {
    return this.#run([name, key], key);
  }

  /**
   * @param {Words} words
   * @param {string} key that they are about
   * @returns {PromiseLike<any>}
   */
  #run(words, key) {
    try {
      return this.#adapter.run(words, key, this.#binary);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * By its digest: the server has to know the script.
   *
   * @param {import('./scripts').Script} script
   * @param {string} key
   * @param {Words} rest
   */
  #evaluateKnown({ digest }, key, ...rest) {
    return this.#run(['EVALSHA', digest, '1', key, ...rest], key);
  }

  /**
   * By its text, which the server knows from then on.
   *
   * @param {import('./scripts').Script} script
   * @param {string} key
   * @param {Words} rest
   */
  #evaluate({ text }, key, ...rest) {
    return this.#run(['EVAL', text, '1', key, ...rest], key);
  }

  /**
   * @param {string} key
   * @returns {Promise<Fetched>}
   */
  async fetch(key) {
    let reply;
    try {
      reply = await this.startFetch(key);
    } catch (error) {
      return this.fetchAfter(error, key);
    }
    return fetchedOf(reply);
  }

  /**
   * What to do when `startFetch` has failed.
   *
   * @param {unknown} error
   * @param {string} key
   * @returns {Promise<Fetched>}
   */
  async fetchAfter(error, key) {
    if (isMissingScript(error)) return fetchedOf(await this.#evaluate(FETCH, key));
    if (!isUnknown(error)) throw error;
    this.#hasScripts = false;
    return fetchedOf(await this.startFetch(key));
  }

  /**
   * @param {string} key
   * @param {string | Buffer} expected
   * @param {string | Buffer} value
   * @param {number} timeToLive milliseconds, 0: for ever
   * @returns {Promise<boolean | { value: any, left: number }>} whether it was stored, false if there is
   *   nothing; or what is there instead
   */
  async replace(key, expected, value, timeToLive) {
    if (!this.#adapter.hasScripts) {
      return inTurn(this.#adapter, () => this.#replaceInSteps(key, expected, value, timeToLive));
    }
    /** @type {Words} */
    const words = [expected, value, String(timeToLive)];
    let reply;
    try {
      reply = await this.#evaluateKnown(REPLACE, key, ...words);
    } catch (error) {
      if (!isMissingScript(error)) throw error;
      reply = await this.#evaluate(REPLACE, key, ...words);
    }
    if (!Array.isArray(reply)) return toNumber(reply) === 1;
    return fetchedOf(reply) ?? false;
  }

  /**
   * @param {string} key
   * @param {string | Buffer} expected
   * @param {string | Buffer} value
   * @param {number} timeToLive
   */
  async #replaceInSteps(key, expected, value, timeToLive) {
    const found = await this.fetch(key);
    if (found === null) return false;
    if (!areSame(found.value, expected)) return found;
    return isStored(await this.set(key, value, timeToLive, true));
  }

  /**
   * @param {string[]} keys of one batch, at least one
   * @returns {Promise<string[][]>} the same in the same order, as `fetchMany` may be given them
   */
  group(keys) {
    return this.#lengths.group(keys);
  }

  /**
   * Of at most one batch of keys; on a cluster each may be elsewhere.
   *
   * @param {string[]} keys
   * @returns {Promise<Fetched[]>}
   */
  async fetchMany(keys) {
    if (this.#adapter.isCluster || keys.length === 1) {
      return Promise.all(keys.map((key) => this.fetchString(key)));
    }
    const [values, ...left] = await Promise.all([
      this.#run(['MGET', ...keys], keys[0]),
      ...keys.map((key) => this.#run(['PTTL', key], key)),
    ]);
    return keys.map((_, index) => fetchedOf([values[index], left[index]]));
  }

  /**
   * As MGET does: what is no string is not there.
   *
   * @param {string} key
   * @returns {Promise<Fetched>}
   */
  async fetchString(key) {
    try {
      return await this.fetch(key);
    } catch (error) {
      if (isWrongType(error)) return null;
      throw error;
    }
  }

  #removes = 'UNLINK';

  /**
   * @param {string[]} keys at most one batch
   * @returns {Promise<number>} how many there were
   */
  async remove(keys) {
    const name = this.#removes;
    try {
      return await this.#remove(name, keys);
    } catch (error) {
      // Redis before 4 has no UNLINK.
      if (name === 'DEL' || !isMisunderstood(error)) throw error;
      this.#removes = 'DEL';
      return this.#remove('DEL', keys);
    }
  }

  /**
   * @param {string} name
   * @param {string[]} keys
   */
  async #remove(name, keys) {
    const lists = this.#adapter.isCluster ? keys.map((key) => [key]) : [keys];
    const counts = await Promise.all(lists.map((list) => this.#run([name, ...list], list[0])));
    return counts.reduce((sum, count) => sum + toNumber(count), 0);
  }

  /**
   * @param {string[]} keys
   * @returns {Promise<string[]>} those that hold strings
   */
  async strings(keys) {
    const types = await Promise.all(keys.map((key) => this.#run(['TYPE', key], key)));
    return keys.filter((_, index) => toText(types[index]) === 'string');
  }
}

module.exports = { Commands, fetchedOf, isStored };
