'use strict';

// Kills servers at random, and lets them come back with what they had or with nothing, one or two
// of them at a time; at least one that holds everything is always left.

const { setTimeout: pause } = require('node:timers/promises');
const { until } = require('../helpers/until');
const { now } = require('./clock');

const MAX_PAUSE = 300;
/** Killed at least, however slow the machine is. */
const KILLED = 3;

class Chaos {
  /** Those that everybody trusts since they were started. */
  #holders = new Set();
  #begun = now();
  /** What was done, and when. @type {string[]} */
  script = [];
  counts = { killed: 0, 'killed at once': 0, emptied: 0, restarted: 0, trusted: 0 };

  /**
   * @param {{ members: import('../helpers/redundant').Member[],
   *   processes: { ask: (name: string) => Promise<any> }[],
   *   chance: import('./chance').Chance }} options
   */
  constructor({ members, processes, chance }) {
    Object.assign(this, { members, processes, chance });
  }

  /**
   * Goes on for so many milliseconds; then all are there again, and trusted. Resolves with an error
   * if somebody waited for that in vain.
   */
  async run(time) {
    try {
      await this.#settle();
      const end = now() + time;
      while (now() < end || this.counts.killed < KILLED) await this.#step();
      for (const index of this.#down) await this.#revive(index);
      await this.#settle();
      return undefined;
    } catch (error) {
      for (const index of this.#down) await this.#revive(index);
      return error;
    }
  }

  get #down() {
    return this.#indices(({ isRunning }) => !isRunning);
  }

  /** Those without which somebody still holds everything. */
  get #dispensable() {
    return this.#indices(
      ({ isRunning }, index) => isRunning && [...this.#holders].some((holder) => holder !== index),
    );
  }

  #indices(condition) {
    return [...this.members.keys()].filter((index) => condition(this.members[index], index));
  }

  async #step() {
    const { chance } = this;
    const down = this.#down;
    const dispensable = this.#dispensable;
    const isKill = down.length === 0 || (dispensable.length > 0 && chance.below(2) === 0);
    if (isKill) await this.#kill(chance.pick(dispensable));
    else await this.#revive(chance.pick(down));
    if (chance.below(2) === 0) await this.#settle();
    else await pause(chance.below(MAX_PAUSE));
  }

  async #kill(index) {
    const killed = [index];
    this.#holders.delete(index);
    const others = this.#dispensable.filter((other) => other !== index);
    if (others.length > 0 && this.chance.below(2) === 0) killed.push(this.chance.pick(others));
    this.#note(`kill ${killed.join(' and ')}`);
    this.counts.killed += killed.length;
    if (killed.length > 1) this.counts['killed at once']++;
    for (const each of killed) this.#holders.delete(each);
    await Promise.all(killed.map((each) => this.members[each].kill()));
    // Else they could be taken for trusted that are not back yet.
    const isNoticed = (servers) => killed.every((each) => servers[each].standing === 'away');
    await this.#everybody(isNoticed, 'that all notice it');
  }

  async #revive(index) {
    const empty = this.chance.below(2) === 0;
    this.#note(`start ${index}${empty ? ' empty' : ''}`);
    this.counts[empty ? 'emptied' : 'restarted']++;
    await this.members[index].start({ empty });
  }

  /** Waits until everybody trusts all that run. */
  async #settle() {
    const running = this.#indices(({ isRunning }) => isRunning);
    const isTrusted = (servers) => running.every((each) => servers[each].standing === 'trusted');
    await this.#everybody(isTrusted, `trust in ${running.join(', ')}`);
    this.#holders = new Set(running);
    this.counts.trusted++;
    this.#note(`trusted: ${running.join(', ')}`);
  }

  async #everybody(condition, what) {
    const ask = () => Promise.all(this.processes.map((each) => each.ask('servers')));
    const isSo = async () => (await ask()).every(condition);
    await until(isSo, { what, every: 20 }).catch(async (error) => {
      error.message += `:\n${JSON.stringify(await ask(), null, 1)}`;
      throw error;
    });
  }

  #note(what) {
    this.script.push(`${Math.round(now())} (${Math.round(now() - this.#begun)} ms) ${what}`);
  }
}

module.exports = { Chaos };
