'use strict';

// Lets stores and workers come and go, and keeps account of them.

const path = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');
const { Worker } = require('node:worker_threads');
const { now } = require('../calm/clock');
const { pass } = require('./passing');

const WORKER = path.join(__dirname, 'worker.js');
const RATE = 100;
/** One that has not come to an end after so long does not any more. */
const MAX = 60_000;

class ComingAndGoing {
  #present = new Map();
  #isOpen = false;
  #count = 0;
  #running = Promise.resolve();
  faults = [];
  total = { stores: 0, workers: 0, terminated: 0, issued: 0, calledBack: 0, twice: 0, late: 0 };

  constructor({ options, chance, excuse }) {
    this.options = options;
    this.chance = chance;
    this.excuse = excuse;
  }

  start() {
    this.#isOpen = true;
    this.#running = this.#run();
  }

  /** Resolves when all have gone. */
  async stop() {
    this.#isOpen = false;
    await this.#running;
    await Promise.all(this.#present.keys());
  }

  /** Says which are overdue. */
  check() {
    for (const [visit, { what, at }] of this.#present) {
      if (now() - at < MAX) continue;
      this.#present.delete(visit);
      this.faults.push(`a ${what} did not come to an end`);
    }
  }

  async #run() {
    while (this.#isOpen) {
      const n = ++this.#count;
      const visit = {
        options: { ...this.options, prefix: `passing${n}:` },
        rate: RATE,
        duration: this.chance.between(0, 3000),
        seed: this.chance.below(2 ** 32),
      };
      if (n % 2 === 0) this.#follow('worker', this.#work(visit));
      else this.#follow('store', pass(visit, this.excuse));
      await pause(this.chance.between(500, 2000));
    }
  }

  async #work(visit) {
    const worker = new Worker(WORKER, { workerData: visit });
    let account, failure;
    worker.once('message', (message) => (account = message));
    worker.once('error', (error) => (failure = error));
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    // A third is ended with its commands in flight.
    const isTerminated = this.chance.below(3) === 0;
    if (isTerminated) {
      await Promise.race([ended, pause(this.chance.between(0, 2000))]);
      await worker.terminate();
    }
    await ended;
    if (failure) throw failure;
    if (account) return account;
    if (!isTerminated) throw new Error('ended by itself, without an account');
    this.total.terminated++;
    return undefined;
  }

  #follow(what, visit) {
    const followed = visit.then(
      (account) => this.#add(what, account),
      (error) => this.faults.push(`a ${what} failed: ${error.stack}`),
    );
    const kept = followed.finally(() => this.#present.delete(kept));
    this.#present.set(kept, { what, at: now() });
  }

  #add(what, account) {
    this.total[`${what}s`]++;
    if (!account) return;
    for (const name of ['issued', 'calledBack', 'twice', 'late']) this.total[name] += account[name];
    this.faults.push(...account.faults);
  }
}

module.exports = { ComingAndGoing };
