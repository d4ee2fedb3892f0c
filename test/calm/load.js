'use strict';

// An open-loop load on one store: so many operations per second whatever becomes of them, each
// accounted for, everything that is given back checked against what the ledger knows.

const { now } = require('./clock');
const { Counter, Entry } = require('./ledger');
const { CHECK, ISSUE, KINDS } = require('./operations');

const TICK = 5;
/** How much later than its deadline an operation may call back, whatever else the machine does. */
const GRACE = 1000;
const GAP = 100;
const MAX_FAULTS = 20;
const MAX_GAPS = 1000;
const COUNTERS = 10;

/**
 * Of this failure alone the caller knows that nothing was carried out. An error reply may be that
 * to a second attempt, after a first one that was carried out and never answered.
 */
const REFUSED = 'ERR_REDIS_QUEUE_FULL';

/**
 * @typedef {object} Phase
 * @property {Record<string, number>} succeeded how often each kind of operation
 * @property {Record<string, number>} failed the same, the kind followed by the error's code and
 *   reply, and those of its cause
 * @property {number} slowest milliseconds
 */

class Load {
  #timer;
  #begun = 0;
  #due = 0;
  #open = new Set();
  #idle;

  /**
   * @param {object} options
   * @param {any} options.store
   * @param {import('./chance').Chance} options.chance
   * @param {(since: number) => number} options.excuse how long since then nobody in this thread
   *   could be blamed for being late
   * @param {number} options.rate operations per second
   * @param {number} [options.deadline] the store's commandTimeout
   * @param {number} [options.keys] how many sessions
   * @param {string} [options.name] begins each session id: loads that share a server differ in it
   * @param {string[]} [options.kinds] in the shares wanted; default: KINDS
   */
  constructor({ store, chance, excuse, rate, deadline = 5000, keys = 500, name = 'a', kinds }) {
    this.store = store;
    this.chance = chance;
    this.excuse = excuse;
    this.rate = rate;
    this.deadline = deadline;
    this.kinds = kinds ?? KINDS;
    this.entries = Array.from({ length: keys }, (_, n) => new Entry(`${name}${n}`));
    const counters = this.kinds.includes('update') ? COUNTERS : 0;
    this.counters = Array.from({ length: counters }, (_, n) => new Counter(`${name}-count${n}`));
    this.account = {
      issued: 0,
      calledBack: 0,
      twice: 0,
      late: 0,
      /** How long after its deadline the latest was called back; below 0: before. */
      latest: -Infinity,
      /** How long the slowest refusal (queue full) took, of this thread's time. */
      slowestRefusal: 0,
      /** Anything that was wrong, the first of it only. */
      faults: [],
      faultCount: 0,
      /** Times without any success, longer than 100 ms: [from, to]. */
      gaps: [],
      /** What became of the operations issued in each phase. @type {Record<string, Phase>} */
      phases: {},
    };
    this.phase('start');
    this.lastSuccess = now();
  }

  /** What is issued from now on is counted under this name. */
  phase(name) {
    this.current = { succeeded: {}, failed: {}, slowest: 0 };
    this.account.phases[name] = this.current;
  }

  async start() {
    await Promise.all(
      this.counters.map(({ sid }) => this.store.access.set(sid, { key: sid, n: 0, cookie: {} })),
    );
    this.resume();
  }

  resume() {
    this.#begun = now();
    this.#due = 0;
    this.lastSuccess = this.#begun;
    this.#timer = setInterval(() => this.#tick(), TICK);
  }

  /**
   * Issues nothing until `resume`. Resolves when all have called back, or none will any more.
   * @returns {Promise<void>}
   */
  async rest() {
    clearInterval(this.#timer);
    if (this.#open.size === 0) return;
    const idle = new Promise((resolve) => (this.#idle = resolve));
    // An update is several commands, each with a deadline of its own.
    const timer = setTimeout(this.#idle, 3 * this.deadline + 1000);
    await idle;
    clearTimeout(timer);
  }

  /** The same for ever; what has not called back by then is a fault. */
  async stop() {
    await this.rest();
    for (const { kind, at } of this.#open) {
      this.#fault(`unaccounted: ${kind} of ${Math.round(now() - at)} ms ago`);
    }
  }

  get outstanding() {
    return this.#open.size;
  }

  /** The server may have lost all that was stored until now. */
  lose() {
    for (const entry of this.entries) entry.lose();
  }

  /**
   * Compares with what is stored.
   * @param {(sids: string[]) => Promise<any[]>} read by another client
   */
  async judgeEnd(read) {
    const sessions = await read(this.entries.map(({ sid }) => sid));
    this.entries.forEach((entry, n) => this.#fault(entry.judgeEnd(sessions[n]), entry));
    if (this.counters.length === 0) return;
    const counts = await read(this.counters.map(({ sid }) => sid));
    this.counters.forEach((counter, n) => this.#fault(counter.judgeEnd(counts[n]), counter));
  }

  #tick() {
    const due = Math.floor(((now() - this.#begun) * this.rate) / 1000);
    // A machine that stood still makes no burst of all that was missed.
    this.#due = Math.max(this.#due, due - this.rate);
    for (; this.#due < due; this.#due++) this.#issue(this.chance.pick(this.kinds));
  }

  #issue(kind) {
    this.account.issued++;
    const operation = ISSUE[kind](this, kind);
    operation.hasReturned = true;
    if (operation.calls === 0) this.#open.add(operation);
  }

  /** @param {Operation} operation @param {any} error @param {any} result */
  settle(operation, error, result) {
    const { account } = this;
    if (++operation.calls > 1) {
      account.twice++;
      return;
    }
    if (!operation.hasReturned) this.#fault(`at once: ${operation.kind}`);
    account.calledBack++;
    this.#open.delete(operation);
    this.#time(operation, error);
    if (error) this.#fail(operation, error);
    else this.#succeed(operation, result);
    if (this.#open.size === 0) this.#idle?.();
  }

  #time({ kind, entry, at, phase }, error) {
    const { account, deadline } = this;
    const took = now() - at;
    if (error?.code === REFUSED && took > account.slowestRefusal) {
      account.slowestRefusal = Math.max(account.slowestRefusal, took - this.excuse(at));
    }
    phase.slowest = Math.max(phase.slowest, took);
    if (kind === 'update') return;
    let over = took - deadline;
    if (over > GRACE) {
      const excused = this.excuse(at + deadline);
      over -= excused;
      if (over > GRACE) {
        account.late++;
        const times = [took, excused].map(Math.round);
        this.#fault(`late: after ${times[0]} ms, of ${deadline}; ${times[1]} excused`, entry, kind);
      }
    }
    account.latest = Math.max(account.latest, over);
  }

  #fail({ kind, entry, write, phase }, error) {
    const { code, reply, cause } = error;
    const words = [kind, code ?? String(error), reply, cause?.code, cause?.reply];
    count(phase.failed, words.filter(Boolean).join(' '));
    if (kind === 'update') entry.doubt();
    else if (write && error.code !== REFUSED) entry.doubt(write);
  }

  #succeed({ kind, entry, write, floor, phase }, result) {
    const at = now();
    const isGap = at - this.lastSuccess > GAP && this.account.gaps.length < MAX_GAPS;
    if (isGap) this.account.gaps.push([this.lastSuccess, at]);
    this.lastSuccess = at;
    count(phase.succeeded, kind);
    if (write) entry.acknowledge(write);
    this.#fault(CHECK[kind](result, entry, floor), entry, kind);
  }

  #fault(what, entry, kind = 'the end') {
    if (what === undefined) return;
    this.account.faultCount++;
    if (this.account.faults.length >= MAX_FAULTS) return;
    this.account.faults.push(`${entry?.sid ?? ''} (${kind}) ${what}`);
  }
}

/** Options of a store that waits for longer than a server is ever away, on any machine. */
const PATIENT = { commandTimeout: 30_000, queue: 100_000 };

function count(tally, name) {
  tally[name] = (tally[name] ?? 0) + 1;
}

module.exports = { Load, PATIENT };
