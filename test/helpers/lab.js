'use strict';

// What a case works with that is run against several stores: stores and applications that are
// closed after it, the clock of where the data is, and calls that tell how they called back.

const path = require('node:path');
const { startApp } = require('./app');
const { runScript } = require('./child');
const { ownTime } = require('./patience');
const { until } = require('./until');

/** Of the time that this process gets: no store that calls back at all needs as long. */
const BOUND = 3000;
/** The same: no case takes as long, unless a request is never answered. */
const CASE_BOUND = 10_000;

class Lab {
  #subject;
  #folder;
  #open = [];

  /**
   * @param {import('./subjects').Subject} subject
   * @param {{ server: any, admin: any, folder?: string }} where
   */
  constructor(subject, { server, admin, folder }) {
    this.#subject = subject;
    this.#folder = folder;
    this.server = server;
    /** A client of that server which shares no code with the stores. */
    this.admin = admin;
  }

  /** Has `close()` called after the case. */
  track(closable) {
    this.#open.push(closable);
    return closable;
  }

  /** A new store; `server` may stand before the one where the data is. */
  async createStore(options, server = this.server) {
    const opened = await this.#subject.open(server, options);
    this.track(opened);
    return opened.store;
  }

  /** An Express application, see there. */
  async startApp(store, options) {
    return this.track(await startApp(store, options));
  }

  /** The time in milliseconds, by the clock that ends sessions. */
  async now() {
    if (!this.#subject.features.includes('redis')) return Date.now();
    const [seconds, microseconds] = await this.admin.sendCommand(['TIME']);
    return Number(seconds) * 1000 + Number(microseconds) / 1000;
  }

  /** Resolves when that clock has reached `time`. */
  async reach(time) {
    await until(async () => (await this.now()) >= time, { what: 'the time', every: 1 });
  }

  /**
   * Calls a method of a store with a callback; resolves when it was called, rejects if it is not.
   * `record.calls` goes on counting.
   * @returns {Promise<{ error: any, result: any, late: boolean, calls: number }>}
   */
  call(store, method, ...args) {
    return new Promise((resolve, reject) => {
      const record = { error: null, result: undefined, late: false, calls: 0 };
      ownTime(BOUND, () => record.calls > 0).then(() => {
        if (record.calls === 0) reject(new Error(`${method} did not call back in ${BOUND} ms`));
      });
      let hasReturned = false;
      const callback = (error, result) => {
        if (++record.calls > 1) return;
        Object.assign(record, { error: error ?? null, result, late: hasReturned });
        resolve(record);
      };
      const returned = store[method](...args, callback);
      hasReturned = true;
      // That a store rejects a Promise as well is nobody's business here.
      if (typeof returned?.catch === 'function') returned.catch(() => {});
    });
  }

  /** As call, but resolves with the result and rejects with the error. */
  async ask(store, method, ...args) {
    const { error, result } = await this.call(store, method, ...args);
    if (error) throw error;
    return result;
  }

  /**
   * Calls a method with a callback that throws, in a process of its own.
   * @returns {Promise<{ calls: number, uncaught: number, rejections: number }>}
   */
  async throwInCallback(method) {
    if (this.#subject.throwInCallback) return this.#subject.throwInCallback(method);
    const { code, lines, stderr } = await runScript(path.join(__dirname, 'throwing-callback.js'), {
      args: [this.#subject.name, this.server.socket, method, this.#folder ?? ''],
    });
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(lines.at(-1));
  }

  /** Closes all that the case opened, the last first. */
  async close() {
    for (const closable of this.#open.reverse()) await closable.close();
    this.#open = [];
  }
}

/** @param {Promise<void>} running */
async function bounded(running) {
  let isOver = false;
  const over = ownTime(CASE_BOUND, () => isOver).then(() => {
    if (!isOver) throw new Error(`did not end within ${CASE_BOUND} ms`);
    return running;
  });
  try {
    await Promise.race([running, over]);
  } finally {
    isOver = true;
    // What comes later is nobody's business.
    running.catch(() => {});
    over.catch(() => {});
  }
}

/**
 * @param {import('./subjects').Subject} subject
 * @param {{ needs?: string[], run: (lab: Lab) => Promise<void> }} oneCase
 * @param {{ server: any, admin: any, folder?: string }} where
 * @returns {Promise<{ verdict: 'yes' | 'no' | '-', error?: any }>} '-': the store does not have
 *   what the case is about
 */
async function runCase(subject, oneCase, where) {
  if (oneCase.needs?.some((need) => !subject.features.includes(need))) return { verdict: '-' };
  const lab = new Lab(subject, where);
  try {
    await bounded(oneCase.run(lab));
    return { verdict: 'yes' };
  } catch (error) {
    return { verdict: 'no', error };
  } finally {
    await lab.close();
    await where.admin.flushAll();
  }
}

module.exports = { Lab, runCase };
