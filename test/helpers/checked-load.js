'use strict';

// Many operations at once, each of whose results is checked against what must be true: what was
// read has been written under that key, and is not older than what was acknowledged.

const { setTimeout: pause } = require('node:timers/promises');

/** What an operation may be told when the network does its worst. */
const EXCUSES = ['ERR_REDIS_TIMEOUT', 'ECONNRESET'];

const settle = (promise, callback) => {
  promise.then(
    (result) => callback(null, result),
    (error) => callback(error),
  );
};

/** One key, which one worker at a time uses. What is stored is a number, or null for nothing. */
class Key {
  #number = 0;
  /** What may be stored: what was acknowledged last, and all that was tried since. */
  possible = [null];

  /** @param {string} sid @param {number} size of what is stored beside the number */
  constructor(sid, size) {
    this.sid = sid;
    this.filler = 'x'.repeat(size);
  }

  session(number) {
    return { owner: this.sid, number, filler: this.filler };
  }

  next() {
    return ++this.#number;
  }

  tried(state) {
    this.possible.push(state);
  }

  acknowledged(state) {
    this.possible = [state];
  }

  /** @param {any} session as read @returns {string | undefined} what is wrong with it */
  check(session) {
    if (session !== null && session.owner !== this.sid) return `is that of ${session.owner}`;
    if (session !== null && session.filler !== this.filler) return 'is damaged';
    const state = session === null ? null : session.number;
    if (this.possible.includes(state)) return undefined;
    return `is ${state}, not one of ${this.possible}`;
  }
}

/** @type {Record<string, (load: CheckedLoad, key: Key) => Promise<string | undefined>>} */
const STEPS = {
  async get({ store, start }, key) {
    const { error, result } = await start('get', (callback) => store.get(key.sid, callback));
    return error ? undefined : key.check(result);
  },
  async set({ store, start }, key) {
    const number = key.next();
    key.tried(number);
    const session = key.session(number);
    const { error, result } = await start('set', (cb) => store.set(key.sid, session, cb));
    if (error) return undefined;
    key.acknowledged(number);
    return result === 'OK' ? undefined : `set gave ${result}`;
  },
  async touch({ store, start }, key) {
    const { error, result } = await start('touch', (callback) =>
      store.touch(key.sid, {}, callback),
    );
    if (error) return undefined;
    const fits = key.possible.some((state) => (state === null) === (result === 'EXPIRED'));
    return fits ? undefined : `touch gave ${result}, one of ${key.possible} is stored`;
  },
  async destroy({ store, start }, key) {
    key.tried(null);
    const { error } = await start('destroy', (callback) => store.destroy(key.sid, callback));
    if (!error) key.acknowledged(null);
    return undefined;
  },
  async getMany({ store, start }, key) {
    const sids = [key.sid, `${key.sid}-none`, key.sid];
    const { error, result } = await start('getMany', (cb) =>
      settle(store.access.getMany(sids), cb),
    );
    if (error) return undefined;
    const [one, none, again] = result;
    return key.check(one) ?? key.check(again) ?? (none === null ? undefined : 'got another');
  },
  async update({ store, start }, key) {
    const number = key.next();
    key.tried(number);
    let wrong;
    const change = (session) => {
      wrong ??= key.check(session);
      return key.session(number);
    };
    const run = (callback) => settle(store.access.update(key.sid, change), callback);
    const { error, result } = await start('update', run, 2);
    if (error) return wrong;
    // Nothing to change: nothing was stored.
    if (result !== null) key.acknowledged(number);
    else if (!key.possible.includes(null)) return 'update found nothing';
    else key.possible = key.possible.filter((state) => state !== number);
    return wrong;
  },
};

class CheckedLoad {
  /** How many operations succeeded, and how many failed with which code. */
  counts = { succeeded: 0 };
  /** What was wrong. @type {string[]} */
  wrong = [];
  #isOn = true;
  #workers;

  /**
   * @param {{ store: any, ledger: any }} scene
   * @param {{ below: (n: number) => number, pick: (all: any[]) => any }} chance
   * @param {{ workers?: number, largest?: number, count?: number }} [options] `count`: of
   *   operations of each worker
   */
  constructor({ store, ledger }, chance, { workers = 300, largest = 2000, count = Infinity } = {}) {
    this.store = store;
    this.keys = Array.from(
      { length: workers },
      (_, n) => new Key(`worker ${n}`, chance.below(largest)),
    );
    this.start = async (name, run, steps) => {
      const outcome = await ledger.start(name, run, steps);
      const code = outcome.error ? outcome.error.code : 'succeeded';
      this.counts[code] = (this.counts[code] ?? 0) + 1;
      if (outcome.error && !EXCUSES.includes(code)) {
        this.wrong.push(`${name} failed with ${code}: ${outcome.error.message}`);
      }
      return outcome;
    };
    this.#workers = Promise.all(
      this.keys.map(async (key) => {
        for (let n = 0; this.#isOn && n < count; n++) {
          const name = chance.pick(Object.keys(STEPS));
          const what = await STEPS[name](this, key);
          if (what) this.wrong.push(`${name} of ${key.sid}: ${what}`);
          await pause(chance.below(5));
        }
      }),
    );
  }

  /** Resolves when all operations have been told. */
  async stop() {
    this.#isOn = false;
    await this.#workers;
  }

  /** The same when all that were to be asked have been. */
  async end() {
    await this.#workers;
  }
}

module.exports = { CheckedLoad };
