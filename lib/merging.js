'use strict';
// Saving with `concurrencyMerge`: what a request changed is stored, not what it has.

const { DONE, checkPatience, encode, replace } = require('./compare-and-set');
const { mergeSessions } = require('./merge');
const { copyOf } = require('./serializer');
const { monotonic } = require('./timers');

/** @typedef {import('./serializer').Stored} Stored */
/** @typedef {InstanceType<typeof import('./operations').Operations>} Operations */
/** @typedef {import('./known-sessions').Knowledge} Knowledge */

/**
 * @param {Operations} operations
 * @param {import('./completions').Write} write of a session that is known
 * @param {string | Uint8Array} saved what the request would store
 * @returns {Promise<'OK' | null>} null: it was destroyed meanwhile
 */
async function saveMerged(operations, { sid, known, cookie, left }, saved) {
  const since = monotonic();
  const mine = copyOf(saved);
  const knowledge = /** @type {Knowledge} */ (known?.merging);
  const { base } = knowledge;
  let expected = knowledge.stored;
  // Nobody interfered so far: what the request has is all there is.
  let data = base === expected ? mine : await merged(operations, base, mine, expected);
  for (;;) {
    const rest = Math.max(1, left - Math.floor(monotonic() - since));
    const outcome = await replace(operations, sid, expected, data, rest, false);
    if (outcome === null) return null;
    if (outcome === DONE) {
      Object.assign(knowledge, { base: mine, stored: data });
      known?.learn(cookie);
      return 'OK';
    }
    checkPatience(operations, since);
    expected = outcome.data;
    data = await merged(operations, base, mine, expected);
  }
}

/**
 * @param {Operations} operations
 * @param {Stored} base
 * @param {Stored} mine
 * @param {Stored} theirs
 * @returns {Promise<Stored>}
 */
async function merged(operations, base, mine, theirs) {
  // Read back from bytes, all three have the same form: what a Date became when it was stored
  // is no change.
  const [known, changed, current] = await Promise.all(
    [base, mine, theirs].map(async (data) => operations.codec.decode(data)),
  );
  return encode(operations, mergeSessions(known ?? {}, changed ?? {}, current ?? {}));
}

module.exports = { saveMerged };
