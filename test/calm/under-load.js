'use strict';

// Breaks something while a process is under load, and says what may be expected of it whatever it
// was.

const { startLoaded } = require('./loaded');

/**
 * @param {Parameters<typeof startLoaded>[0] & { url?: string }} what `url`: where another client
 *   finds in the end what was stored; without it that is not looked at
 * @param {(loaded: Awaited<ReturnType<typeof startLoaded>>) => Promise<unknown>} during
 * @returns {Promise<{ account: any, events: any[] }[]>} for each load
 */
async function underLoad({ url, ...what }, during) {
  const loaded = await startLoaded(what);
  try {
    await loaded.ask('start');
    await during(loaded);
    return await loaded.finish(url);
  } finally {
    await loaded.end();
  }
}

/** What holds for every load, whatever happened to the servers. */
function expectCalm({ account }) {
  const { issued, calledBack, twice, late, latest, faults, faultCount } = account;
  expect(issued).toBeGreaterThan(0);
  expect({ calledBack, twice, faultCount, faults }).toEqual({
    calledBack: issued,
    twice: 0,
    faultCount: 0,
    faults: [],
  });
  expect({ late, latest }).toEqual({ late: 0, latest: expect.any(Number) });
}

/**
 * The failures of a load's operations, in all phases or in those named. An update whose connection
 * broke while somebody else wrote rejects with ECONNRESET (see docs/decisions/0003): left out.
 */
function failures({ account }, ...phases) {
  const names = phases.length > 0 ? phases : Object.keys(account.phases);
  const all = {};
  for (const name of names) {
    for (const [what, count] of Object.entries(account.phases[name].failed)) {
      if (what !== 'update ECONNRESET') all[what] = (all[what] ?? 0) + count;
    }
  }
  return all;
}

/** The same without the kinds of operations: the errors' codes, replies and causes. */
const errorsOf = (failed) =>
  [...new Set(Object.keys(failed).map((what) => what.slice(what.indexOf(' ') + 1)))].sort();

/** How many operations of a kind, or of any, succeeded in a phase. */
function successes({ account }, phase, kind) {
  const { succeeded } = account.phases[phase];
  if (kind) return succeeded[kind] ?? 0;
  return Object.values(succeeded).reduce((sum, count) => sum + count, 0);
}

module.exports = { errorsOf, expectCalm, failures, successes, underLoad };
