'use strict';
// Walks over the keys of one prefix by SCAN, primary after primary, in bounded batches.

const { isMisunderstood, toText } = require('./replies');

/** @typedef {import('./adapter').Adapter} Adapter */
/** @typedef {import('./adapter').Runner} Runner */
/** @typedef {InstanceType<typeof import('./commands').Commands>} Commands */

/** More than a mock has. */
const ALL = 2 ** 31 - 1;

/** @param {string} text that stands for itself in a pattern of Redis' */
const escapeGlob = (text) => text.replace(/[\\*?[\]^-]/g, '\\$&');

/**
 * @param {Adapter} adapter
 * @param {Commands} commands
 * @param {string} prefix of the store
 * @param {number} count of each SCAN, and the most ids of a batch
 * @param {() => number} breaks how often the client has lost its connection
 * @returns {AsyncGenerator<string[], void>} ids of keys that hold strings, each once; none at a
 *   time where the server has looked and found nothing
 */
async function* walk(adapter, commands, prefix, count, breaks) {
  /** @type {Set<string>} */
  const seen = new Set();
  const whole = adapter.keyPrefix + prefix;
  const [pattern, atOnce] = adapter.scansAtOnce ? ['*', ALL] : [`${escapeGlob(whole)}*`, count];
  for (const primary of await primariesOf(adapter, commands)) {
    for await (const keys of scan(primary, pattern, atOnce, breaks)) {
      const ids = [];
      for (const key of keys.found) {
        // A key that is the prefix alone has no id: it is nobody's session.
        if (key.length <= whole.length || !key.startsWith(whole)) continue;
        const id = key.slice(whole.length);
        if (seen.has(id)) continue;
        seen.add(id);
        ids.push(id);
      }
      if (ids.length === 0) yield ids;
      for (let begin = 0; begin < ids.length; begin += count) {
        const batch = ids.slice(begin, begin + count);
        yield keys.typed ? batch : await onlyStrings(commands, batch);
      }
    }
  }
}

/**
 * A cluster that is not connected knows no servers, and would be found to be empty. A command waits
 * for its connection, or fails with the client's own error.
 *
 * @param {Adapter} adapter
 * @param {Commands} commands
 * @returns {Promise<Runner[]>} at least one
 */
async function primariesOf(adapter, commands) {
  const known = await adapter.primaries();
  if (known.length > 0) return known;
  await commands.ask('PTTL', commands.key('any'));
  const found = await adapter.primaries();
  if (found.length > 0) return found;
  throw new Error('The client of the cluster does not know its servers');
}

/**
 * @param {Commands} commands
 * @param {string[]} ids
 */
async function onlyStrings(commands, ids) {
  const keys = new Map(ids.map((id) => [commands.key(id), id]));
  const strings = await commands.strings([...keys.keys()]);
  return strings.map((key) => /** @type {string} */ (keys.get(key)));
}

/**
 * @param {Runner} runner
 * @param {string} pattern
 * @param {number} count
 * @param {() => number} breaks
 * @returns {AsyncGenerator<{ found: string[], typed: boolean }, void>} `typed`: all hold strings
 */
async function* scan(runner, pattern, count, breaks) {
  let cursor = '0';
  // Redis before 6 has no TYPE here.
  let typed = true;
  let brokenBefore = breaks();
  for (;;) {
    /** @type {any} */
    let reply;
    const words = ['SCAN', cursor, 'MATCH', pattern, 'COUNT', String(count)];
    try {
      if (typed) words.push('TYPE', 'string');
      reply = await runner.run(words, undefined, false);
    } catch (error) {
      if (!typed || !isMisunderstood(error)) throw error;
      typed = false;
      continue;
    }
    // Another server process, perhaps: its table has another order. From the beginning then.
    const same = breaks() === brokenBefore || cursor === '0';
    brokenBefore = breaks();
    cursor = same ? toText(reply[0]) : '0';
    yield { found: reply[1].map(toText), typed };
    if (same && cursor === '0') return;
  }
}

module.exports = { walk };
