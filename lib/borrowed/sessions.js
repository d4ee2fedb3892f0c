'use strict';
// The sessions under one prefix through a client of the application's: as Sessions and Enumeration
// of binding.d.ts, but for the slots, which are the targets themselves.

const { isUtf8 } = require('node:buffer');
const { invalidArgument } = require('../errors');
const { Commands, isStored } = require('./commands');
const { Fetches } = require('./fetches');
const { areSame, presentable, toNumber, toStored } = require('./replies');
const { Result } = require('./results');
const { walk } = require('./walk');

/** @typedef {import('../target').Target} Target */
/** @typedef {InstanceType<typeof import('./results').Results>} Results */
/** @typedef {InstanceType<typeof import('./client').BorrowedClient>} BorrowedClient */

const UNKNOWN_OUTCOME =
  'The connection to Redis broke while the session was written, and others have written it ' +
  'since: whether the change was stored is not known';

/** @param {any} reply to SET */
const toStoredCount = (reply) => Number(isStored(reply));

class BorrowedSessions {
  #client;
  #results;
  #decoding;
  #prefix;
  #scanCount;
  #commands;
  #fetches;

  /**
   * @param {BorrowedClient} client
   * @param {Results} results
   * @param {object} options
   * @param {string} options.prefix
   * @param {number} options.scanCount
   * @param {number} options.decoding
   * @param {boolean} options.isJson whether strings alone are stored
   */
  constructor(client, results, { prefix, scanCount, decoding, isJson }) {
    this.#client = client;
    this.#results = results;
    this.#decoding = decoding;
    this.#prefix = prefix;
    this.#scanCount = scanCount;
    this.#commands = new Commands(client.adapter, prefix, !isJson);
    this.#fetches = new Fetches(this.#commands, {
      found: (target, found) => this.#tellStored(target, found),
      failed: (target, error) => this.#fail(target, error),
    });
  }

  /**
   * @param {Target} target
   * @param {string} sid
   */
  get(target, sid) {
    this.#fetches.add(target, this.#commands.key(sid));
  }

  /**
   * @param {Target} target
   * @param {string} sid
   * @param {string | Uint8Array} value
   * @param {number} timeToLive
   * @param {boolean} mustExist
   */
  set(target, sid, value, timeToLive, mustExist) {
    this.#fetches.flush();
    const key = this.#commands.key(sid);
    let reply;
    try {
      reply = this.#commands.set(key, this.#sendable(value), timeToLive, mustExist);
    } catch (error) {
      reply = Promise.reject(error);
    }
    this.#count(target, reply, toStoredCount);
  }

  /**
   * @param {Target} target
   * @param {string} sid
   * @param {number} timeToLive
   */
  touch(target, sid, timeToLive) {
    this.#fetches.flush();
    this.#count(target, this.#commands.touch(this.#commands.key(sid), timeToLive));
  }

  /**
   * @param {Target} target
   * @param {string} sid
   */
  destroy(target, sid) {
    this.#fetches.flush();
    this.#ask(target, 'DEL', sid);
  }

  /**
   * @param {Target} target
   * @param {string} sid
   */
  exists(target, sid) {
    this.#ask(target, 'EXISTS', sid);
  }

  /**
   * @param {Target} target
   * @param {string} sid
   */
  timeLeft(target, sid) {
    this.#ask(target, 'PTTL', sid);
  }

  /**
   * @param {Target} target
   * @param {string} sid
   * @param {string | Uint8Array} expected
   * @param {string | Uint8Array} value
   * @param {number} timeToLive
   * @param {boolean} once
   */
  replace(target, sid, expected, value, timeToLive, once) {
    this.#fetches.flush();
    this.#replace(target, sid, expected, value, timeToLive, once).catch((error) =>
      this.#fail(target, error),
    );
  }

  /**
   * @param {Target} target
   * @param {string} sid
   * @param {string | Uint8Array} expected
   * @param {string | Uint8Array} value
   * @param {number} timeToLive
   * @param {boolean} once
   */
  async #replace(target, sid, expected, value, timeToLive, once) {
    const { breaks } = this.#client;
    const mine = this.#sendable(value);
    const outcome = await this.#commands.replace(
      this.#commands.key(sid),
      this.#sendable(expected),
      mine,
      timeToLive,
    );
    if (typeof outcome === 'boolean') {
      this.#results.tell(target, Result.count, Number(outcome));
      return;
    }
    // Some clients send again, after a break, what may have been carried out already.
    if (this.#client.adapter.resends && breaks !== this.#client.breaks) {
      if (areSame(outcome.value, mine)) {
        this.#results.tell(target, Result.count, 1);
        return;
      }
      if (once) throw Object.assign(new Error(UNKNOWN_OUTCOME), { code: 'ECONNRESET' });
    }
    this.#tellStored(target, outcome);
  }

  /** @param {Target} target */
  count(target) {
    this.#count(target, this.#countAll(target));
  }

  /** @param {Target} target */
  async #countAll(target) {
    let count = 0;
    for await (const ids of this.walk(this.#scanCount)) {
      this.renew(target);
      count += ids.length;
    }
    return count;
  }

  /** @param {Target} target */
  clear(target) {
    this.#fetches.flush();
    this.#count(target, this.#clearAll(target));
  }

  /** @param {Target} target */
  async #clearAll(target) {
    let count = 0;
    for await (const ids of this.walk(this.#scanCount)) {
      this.renew(target);
      if (ids.length === 0) continue;
      count += await this.#commands.remove(ids.map((id) => this.#commands.key(id)));
    }
    return count;
  }

  // ---- For the enumerations ----

  /**
   * The server has answered a command of a longer operation: its deadline begins anew.
   *
   * @param {Target} target
   */
  renew(target) {
    this.#results.renew(target);
  }

  /** @param {number} count */
  walk(count) {
    const client = this.#client;
    return walk(client.adapter, this.#commands, this.#prefix, count, () => client.breaks);
  }

  /**
   * @param {string[]} ids of one batch, at least one
   * @returns {Promise<string[][]>} the same in the same order, as `fetchBatch` may be given them
   */
  async group(ids) {
    const groups = await this.#commands.group(ids.map((id) => this.#commands.key(id)));
    let next = 0;
    return groups.map(({ length }) => ids.slice(next, (next += length)));
  }

  /**
   * @param {string[]} ids a group, at least one
   * @returns {Promise<import('../../binding').Batch>}
   */
  async fetchBatch(ids) {
    const found = await this.#commands.fetchMany(ids.map((id) => this.#commands.key(id)));
    /** @type {import('../../binding').Batch} */
    const batch = { ids: [], values: [], timesToLive: [], last: false };
    for (const [index, each] of found.entries()) {
      if (each === null) continue;
      batch.ids.push(ids[index]);
      batch.values.push(toStored(each.value, this.#decoding));
      batch.timesToLive.push(each.left);
    }
    return batch;
  }

  /**
   * @param {Target} target
   * @param {Promise<import('../../binding').Batch>} batch
   */
  tellBatch(target, batch) {
    batch.then(
      (value) => this.#results.tell(target, Result.batch, 0, value),
      (error) => this.#fail(target, error),
    );
  }

  // ---- Results ----

  /**
   * @param {Target} target
   * @param {string} name
   * @param {string} sid
   */
  #ask(target, name, sid) {
    this.#count(target, this.#commands.ask(name, this.#commands.key(sid)));
  }

  /**
   * @param {Target} target
   * @param {PromiseLike<any>} reply
   * @param {(reply: any) => number} [toCount]
   */
  #count(target, reply, toCount = toNumber) {
    reply.then(
      (known) => this.#results.tell(target, Result.count, toCount(known)),
      (error) => this.#fail(target, error),
    );
  }

  /**
   * @param {Target} target
   * @param {import('./commands').Fetched} found
   */
  #tellStored(target, found) {
    if (found === null) this.#results.tell(target, Result.none, 0);
    else {
      this.#results.tell(target, Result.value, found.left, toStored(found.value, this.#decoding));
    }
  }

  /**
   * @param {Target} target
   * @param {unknown} error the client's own
   */
  #fail(target, error) {
    this.#results.tell(target, Result.failure, 0, presentable(error));
  }

  /**
   * @param {string | Uint8Array} value
   * @returns {string | Buffer}
   */
  #sendable(value) {
    if (typeof value === 'string') return value;
    if (this.#client.adapter.givesBuffers || isUtf8(value)) {
      return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
    throw invalidArgument(
      'The serializer gives bytes that are no UTF-8, and this client would give them back as ' +
        'others: make it give Buffers (node-redis 3: return_buffers), or use createClient()',
    );
  }
}

module.exports = { BorrowedSessions };
