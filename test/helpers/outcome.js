'use strict';

// What an operation gave to its callback, with the promise of SPEC section 4 watched over: exactly
// one call, and never before the operation returned.

/** Every callback handed out since the last check. */
let handedOut = [];

/**
 * Runs `start(callback)`; resolves with what the callback got.
 * @param {(callback: Function) => unknown} start
 * @returns {Promise<{ error: any, result: any, returned: unknown, args: any[] }>}
 */
function outcome(start) {
  return new Promise((resolve, reject) => {
    const record = { calls: 0, place: new Error('called here') };
    handedOut.push(record);
    let hasReturned = false;
    const callback = (...args) => {
      record.calls++;
      if (!hasReturned) reject(new Error('called back before the operation returned'));
      else resolve({ error: args[0] ?? null, result: args[1], returned, args });
    };
    const returned = start(callback);
    hasReturned = true;
  });
}

/**
 * As outcome, but resolves with the result and rejects with the error.
 * @param {(callback: Function) => unknown} start
 */
async function result(start) {
  const got = await outcome(start);
  if (got.error) throw got.error;
  return got.result;
}

/** Resolves with the error that the callback got; fails if it got none. */
async function failure(start) {
  const got = await outcome(start);
  if (!got.error) throw new Error(`succeeded with ${String(got.result)}, should have failed`);
  return got.error;
}

/** Throws if a callback handed out since the last check was not called, or more than once. */
function expectEachCalledOnce() {
  const wrong = handedOut.filter(({ calls }) => calls !== 1);
  handedOut = [];
  if (wrong.length === 0) return;
  const [{ calls, place }] = wrong;
  place.message = `${wrong.length} callbacks not called exactly once; the first ${calls} times`;
  throw place;
}

module.exports = { outcome, result, failure, expectEachCalledOnce };
