'use strict';

// What operations were told while a server or the network did its worst. Each is told once, never
// before it has returned, no later than its deadline, and nothing that is another's.

const { setImmediate: turn } = require('node:timers/promises');
const { isGenuine } = require('./faulty-server');
const { ownTime } = require('./patience');

/** How many milliseconds later than it may be, of the time that this process gets. */
const GRACE = 1000;
/** And how many turns of a loop that has so much to do that it takes longer for them. */
const TURNS = 3;

/**
 * In one word: a session as `<its owner>@<the connection that answered>`, an error as its code.
 * @param {any} error
 * @param {any} result
 * @returns {any}
 */
function show(error, result) {
  if (error) return error.reply ? `${error.code} ${error.reply}` : error.code;
  if (result === null) return 'none';
  if (Array.isArray(result)) return result.map((item) => show(null, item)).join(' ');
  if (typeof result !== 'object') return result;
  // Not a session that any server has sent: what was changed on the way is no one's.
  return isGenuine(result) ? `${result.owner}@${result.by}` : 'changed';
}

class Ledger {
  /** @type {{ name: string, calls: number, isLate: boolean, isEarly: boolean, place: Error }[]} */
  #entries = [];
  #deadline;

  /** @param {number} deadline of each operation in milliseconds */
  constructor(deadline) {
    this.#deadline = deadline;
  }

  /**
   * @param {string} name
   * @param {(callback: (error: any, result?: any) => void) => unknown} start
   * @param {number} [steps] commands that it sends one after the other: each has its deadline
   * @returns {Promise<{ told: any, error: any, result: any }>}
   */
  start(name, start, steps = 1) {
    const place = new Error('started here');
    const entry = { name, calls: 0, isLate: false, isEarly: false, place };
    this.#entries.push(entry);
    let timer;
    const onDeadline = async () => {
      // What waited in a loop that was held up may take as long again.
      await ownTime(this.#deadline * steps + GRACE, () => entry.calls > 0);
      for (let n = 0; n < TURNS; n++) await turn();
      entry.isLate = entry.calls === 0;
    };
    return new Promise((resolve) => {
      start((error, result) => {
        if (++entry.calls > 1) return;
        clearTimeout(timer);
        entry.isEarly = timer === undefined;
        resolve({ told: show(error, result), error, result });
      });
      // What holds up the machine or the loop holds this up as well.
      timer = setTimeout(onDeadline, this.#deadline * steps);
    });
  }

  /** Throws if an operation was not told once and in time. */
  check() {
    const wrong = this.#entries.filter(
      ({ calls, isLate, isEarly }) => calls !== 1 || isLate || isEarly,
    );
    this.#entries = [];
    if (wrong.length === 0) return;
    const [{ name, calls, isLate, isEarly, place }] = wrong;
    const when = (isEarly && ' before it had returned') || (isLate && ' too late') || '';
    place.message = `${wrong.length} operations went wrong; the first, ${name}, was told ${calls} times${when}`;
    throw place;
  }
}

/**
 * For Jest's toEqual: any of these.
 * @param {...any} values
 */
const oneOf = (...values) => ({
  asymmetricMatch: (value) => values.includes(value),
  toAsymmetricMatcher: () => `one of ${values.join(', ')}`,
});

module.exports = { Ledger, oneOf };
