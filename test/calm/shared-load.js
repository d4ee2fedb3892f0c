'use strict';

// A load on sessions that several processes share: so many operations per second whatever becomes
// of them, each recorded for histories.js. Each session is written by one process at a time, which
// may hand it over to another one; it is read by all of them, long after its end, too.

const { now } = require('./clock');

const TICK = 5;
/** How much later than its deadline an operation may call back, whatever else the machine does. */
const GRACE = 1000;
const RECENT = 50;
const PADDING = 'x'.repeat(80);
/** One of so many new sessions is handed over to another process. */
const HANDED_OVER = 5;

/** Of 100 operations so many are of each kind. */
const MIX = { create: 18, save: 12, touch: 12, destroy: 13, get: 45 };
const KINDS = Object.entries(MIX).flatMap(([kind, share]) => Array(share).fill(kind));

/** What a read gave, as a version: 0 for nothing. */
function versionOf(sid, session) {
  if (session === null) return 0;
  return session.key === sid ? session.version : `stranger: ${JSON.stringify(session.key)}`;
}

class SharedLoad {
  #timer;
  #begun = 0;
  #due = 0;
  #created = 0;
  #open = new Set();
  #idle;
  /** What the others have not been told yet: [sid, version, whether it is theirs from now on]. */
  #news = [];
  #records = [];
  #phase = 'start';

  /** Sessions that this process, and no other, writes. */
  own = [];
  /** Ids of those that it has destroyed. */
  destroyed = [];
  /** Ids of those that others have written. */
  foreign = [];
  account = { issued: 0, calledBack: 0, twice: 0, late: [], failed: {} };
  /** How long reads took, by phase. @type {Record<string, number[]>} */
  latencies = {};

  /**
   * @param {{ store: any, chance: import('./chance').Chance, name: string, rate: number,
   *   deadline: number, excuse: (since: number) => number }} options `name` begins each id;
   *   `excuse`: see Load
   */
  constructor({ store, chance, name, rate, deadline, excuse }) {
    Object.assign(this, { store, chance, name, rate, deadline, excuse });
  }

  start() {
    this.#begun = now();
    this.#timer = setInterval(() => this.#tick(), TICK);
  }

  /** What is read from now on is timed under this name. */
  phase(name) {
    this.#phase = name;
  }

  /** Resolves when all have called back, or none will any more. */
  async stop() {
    clearInterval(this.#timer);
    if (this.#open.size > 0) {
      const idle = new Promise((resolve) => (this.#idle = resolve));
      const timer = setTimeout(this.#idle, 3 * this.deadline);
      await idle;
      clearTimeout(timer);
    }
    const unaccounted = [...this.#open].map(([kind, sid]) => `${kind} ${sid}`);
    return { ...this.account, unaccounted };
  }

  /** Takes what another process tells, and gives what this one has to tell since the last time. */
  exchange(news) {
    for (const [sid, version, isHandedOver] of news) {
      if (isHandedOver) this.own.push({ sid, version, isBusy: false });
      else this.foreign.push(sid);
    }
    const told = this.#news.filter(({ session }) => !session.isBusy);
    this.#news = this.#news.filter(({ session }) => session.isBusy);
    const announced = told.map(({ session, isHandedOver }) => {
      const isAlive = this.own.includes(session);
      if (!isHandedOver || !isAlive) return [session.sid, session.version, false];
      this.#remove(session);
      this.foreign.push(session.sid);
      return [session.sid, session.version, true];
    });
    const records = this.#records;
    this.#records = [];
    return { announced, records };
  }

  /** The versions that this process reads of these sessions; 0: none. */
  async read(sids) {
    const sessions = await this.store.access.getMany(sids);
    return sessions.map((session, n) => versionOf(sids[n], session));
  }

  #tick() {
    const due = Math.floor(((now() - this.#begun) * this.rate) / 1000);
    // A machine that stood still makes no burst of all that was missed.
    this.#due = Math.max(this.#due, due - this.rate);
    for (; this.#due < due; this.#due++) this.#issue(this.chance.pick(KINDS));
  }

  #issue(kind) {
    this.account.issued++;
    if (kind === 'get') return this.#get();
    const session = kind === 'create' ? undefined : this.#idleSession();
    if (session) return this[kind](session);
    return this.#create();
  }

  #create() {
    const session = { sid: `${this.name}${++this.#created}`, version: 0, isBusy: false };
    this.#write('set', session, () => {
      this.own.push(session);
      const isHandedOver = this.chance.below(HANDED_OVER) === 0;
      this.#news.push({ session, isHandedOver });
    });
  }

  save(session) {
    this.#write('set', session);
  }

  touch(session) {
    session.isBusy = true;
    this.#call('touch', session.sid, session.version, (callback) => {
      this.store.touch(session.sid, {}, (error, result) => {
        session.isBusy = false;
        callback(error, result);
      });
    });
  }

  destroy(session) {
    this.#remove(session);
    this.destroyed.push(session.sid);
    session.isBusy = true;
    this.#call('destroy', session.sid, ++session.version, (callback) => {
      this.store.destroy(session.sid, (error) => {
        session.isBusy = false;
        callback(error, 'OK');
      });
    });
  }

  #write(kind, session, then) {
    session.isBusy = true;
    const { sid } = session;
    const version = ++session.version;
    const content = { key: sid, version, padding: PADDING };
    this.#call(kind, sid, version, (callback) => {
      this.store.set(sid, content, (error, result) => {
        session.isBusy = false;
        if (!error) then?.();
        callback(error, result);
      });
    });
  }

  #get() {
    const sid = this.#anySid();
    if (sid === undefined) return this.#create();
    const times = (this.latencies[this.#phase] ??= []);
    const begun = performance.now();
    return this.#call('get', sid, 0, (callback) => {
      this.store.get(sid, (error, session) => {
        times.push(performance.now() - begun);
        callback(error, error ? undefined : versionOf(sid, session));
      });
    });
  }

  /** Of a session that is there as far as is known, of another's, or of one that is no more. */
  #anySid() {
    const { own, foreign, destroyed, chance } = this;
    const choice = chance.below(4);
    if (choice === 0 && foreign.length > 0) return this.#oftenRecent(foreign);
    if (choice === 1 && destroyed.length > 0) return this.#oftenRecent(destroyed);
    return own.length > 0 ? chance.pick(own).sid : undefined;
  }

  #oftenRecent(sids) {
    const least = this.chance.below(2) === 0 ? Math.max(0, sids.length - RECENT) : 0;
    return sids[this.chance.between(least, sids.length - 1)];
  }

  #idleSession() {
    const session = this.own.length > 0 ? this.chance.pick(this.own) : undefined;
    return session?.isBusy ? undefined : session;
  }

  #remove(session) {
    const index = this.own.indexOf(session);
    this.own[index] = this.own.at(-1);
    this.own.pop();
  }

  /**
   * Calls an operation and records what becomes of it.
   * @param {(callback: (error: any, outcome: any) => void) => void} start
   */
  #call(kind, sid, version, start) {
    const operation = [kind, sid];
    const begin = now();
    let calls = 0;
    this.#open.add(operation);
    start((error, outcome) => {
      if (++calls > 1) {
        this.account.twice++;
        return;
      }
      const end = now();
      this.account.calledBack++;
      this.#open.delete(operation);
      if (error) this.#fail(kind, error);
      this.#time(operation, end - begin, begin);
      const told = error ? `failed: ${error.code ?? error}` : outcome;
      this.#records.push([kind, sid, version, begin, end, told]);
      if (this.#open.size === 0) this.#idle?.();
    });
  }

  #fail(kind, { code, reply }) {
    const name = [kind, code, reply].filter(Boolean).join(' ');
    this.account.failed[name] = (this.account.failed[name] ?? 0) + 1;
  }

  #time([kind, sid], took, begin) {
    if (took <= this.deadline + GRACE) return;
    const excused = this.excuse(begin + this.deadline);
    if (took - excused <= this.deadline + GRACE) return;
    this.account.late.push(`${kind} ${sid} after ${Math.round(took)} ms`);
  }
}

module.exports = { SharedLoad };
