'use strict';
// Node's own timers, taken when the package is loaded: the tests of applications fake them (Jest,
// sinon), and what waits for a faked tick waits for ever. All of lib/ uses these; ESLint sees to it.

/**
 * Jest can fake them before it loads a module (`fakeTimers.enableGlobally`). The clock of
 * @sinonjs/fake-timers, on which Jest, Vitest and sinon are built, keeps what it has replaced.
 *
 * @template {object} Owner
 * @template {keyof Owner & string} Name
 * @param {Owner} owner
 * @param {Name} name
 * @returns {Owner[Name]}
 */
function real(owner, name) {
  const current = /** @type {any} */ (owner[name]);
  return current.clock?.[`_${name}`] ?? current;
}

const nextTick = real(process, 'nextTick');
const setTimeout = real(globalThis, 'setTimeout');
const clearTimeout = real(globalThis, 'clearTimeout');
const setImmediate = real(globalThis, 'setImmediate');
const clock = real(globalThis, 'performance');

/** Milliseconds since some moment, whatever happens to the time of day. @type {() => number} */
const monotonic = clock.now.bind(clock);

module.exports = { clearTimeout, monotonic, nextTick, setImmediate, setTimeout };
