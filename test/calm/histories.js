'use strict';

// What several processes wrote to sessions and read of them, judged when all of it is known: a read
// must give what was acknowledged last before it began, or something that was written since.

/**
 * @typedef {[kind: string, sid: string, version: number, begin: number, end: number, told: any]} Record
 *   of `set`, `touch`, `destroy` or `get`; `told`: 'OK', 'EXPIRED', a version that was read (0:
 *   none), or what went wrong
 */

const EXAMPLES = 10;
/** Of something that was not there, and has not been yet. */
const BEFORE = {
  version: 0,
  state: 0,
  begin: -Infinity,
  end: -Infinity,
  isSure: true,
  by: undefined,
};

class History {
  /** In the order of their calls. One process at a time writes, and waits for each write. */
  writes = [];
  reads = [];

  /** The last write that had been acknowledged by this time, and all that were called since. */
  at(from, to) {
    let sure = BEFORE;
    let since = [];
    for (const write of this.writes) {
      if (write.begin > to) break;
      if (write.isSure && write.end <= from) {
        sure = write;
        since = [];
      } else {
        since.push(write);
      }
    }
    return { sure, since };
  }

  /** The version that must be stored in the end; 0: none; undefined: it is not known. */
  get end() {
    const { sure, since } = this.at(Infinity, Infinity);
    return since.some(({ state }) => state !== sure.state) ? undefined : sure.state;
  }
}

class Histories {
  /** @type {Map<string, History>} */
  #histories = new Map();

  /** @param {number} by which process @param {Record[]} records */
  add(by, records) {
    for (const [kind, sid, version, begin, end, told] of records) {
      const history = this.#of(sid);
      if (kind === 'get' || kind === 'touch') {
        history.reads.push({ kind, by, version, begin, end, told });
      } else {
        const state = kind === 'destroy' ? 0 : version;
        history.writes.push({ by, version, state, begin, end, isSure: told === 'OK' });
      }
    }
  }

  /** The ids of all sessions, with the versions that must be stored in the end. */
  ends() {
    this.#sort();
    return new Map([...this.#histories].map(([sid, history]) => [sid, history.end]));
  }

  /**
   * What was read that should not have been, by what is wrong with it: how often, how long after
   * the truth was acknowledged at the latest, and some examples.
   *
   * @param {(from: number, to: number) => boolean} [isExcused] asked with the time from the last
   *   acknowledged write's begin to the end of the read
   */
  judge(isExcused = () => false) {
    /** @type {Map<string, { count: number, longest: number, examples: string[] }>} */
    const faults = new Map();
    this.#sort();
    for (const [sid, history] of this.#histories) {
      for (const read of history.reads) this.#judge(sid, history, read, faults, isExcused);
    }
    return faults;
  }

  #judge(sid, history, read, faults, isExcused) {
    if (typeof read.told === 'string' && read.told.startsWith('failed')) return;
    const { sure, since } = history.at(read.begin, read.end);
    const what = read.kind === 'get' ? judgeRead(read, sure, since) : judgeTouch(read, sure, since);
    if (what === undefined || isExcused(sure.begin, read.end)) return;
    const who = sure.by === undefined || sure.by === read.by ? 'by the writer' : 'by another';
    const name = `${what} ${who}`;
    const fault = faults.get(name) ?? { count: 0, longest: 0, examples: [] };
    faults.set(name, fault);
    fault.count++;
    const age = read.begin - sure.end;
    fault.longest = Math.max(fault.longest, age);
    if (fault.examples.length >= EXAMPLES) return;
    fault.examples.push(
      `${sid}: ${read.kind} gave ${read.told} at ${Math.round(read.end)}, ${Math.round(age)} ms ` +
        `after ${sure.state === 0 ? 'its end' : `version ${sure.state}`} had been acknowledged`,
    );
  }

  #sort() {
    for (const { writes } of this.#histories.values()) {
      writes.sort((one, other) => one.begin - other.begin);
    }
  }

  #of(sid) {
    const known = this.#histories.get(sid);
    if (known) return known;
    const history = new History();
    this.#histories.set(sid, history);
    return history;
  }
}

/** @returns {string | undefined} what is wrong with it */
function judgeRead({ told }, sure, since) {
  if (typeof told !== 'number') return 'stranger';
  if ([sure, ...since].some(({ state }) => state === told)) return undefined;
  if (told === 0) return 'lost';
  if (told > sure.version) return 'stranger';
  return sure.state === 0 ? 'resurrected' : 'stale';
}

/** @returns {string | undefined} what is wrong with it */
function judgeTouch({ told }, sure, since) {
  const isThere = [sure, ...since].every(({ state }) => state !== 0);
  return told === 'EXPIRED' && isThere ? 'lost' : undefined;
}

module.exports = { Histories };
