'use strict';
// Whether anybody hears of an error that an object emits.

/**
 * The key by which a listener of error events says whether anybody hears it: a store passes them on
 * to listeners of its own, if it has any.
 */
const kHeard = Symbol('connect-hiredis.heard');

/**
 * @param {import('node:events').EventEmitter} emitter
 * @returns {boolean} whether anybody listens to its errors, or to those of what passes them on
 */
function isHeard(emitter) {
  return emitter.listeners('error').some((/** @type {any} */ listener) => {
    return listener[kHeard]?.() ?? true;
  });
}

module.exports = { isHeard, kHeard };
