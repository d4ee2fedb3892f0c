'use strict';
// How the objects that users hold (a store, its access, a client) keep what is not for users. They
// may stand behind a Proxy or Object.create, which fields by #name do not go through.

/** The key under which they keep it. */
const kInside = Symbol('connect-hiredis.inside');

/**
 * All that wrap `object` share its `inside`: what changes belongs in there. It is given by a
 * function, which shows nothing of it: util.inspect looks at symbols, too.
 *
 * @param {object} object
 * @param {object} inside
 */
function keepInside(object, inside) {
  Object.defineProperty(object, kInside, { configurable: true, value: () => inside });
}

/** The methods of an EventEmitter that change its listeners. */
const CHANGES = [
  'on',
  'addListener',
  'prependListener',
  'off',
  'removeListener',
  'removeAllListeners',
];

/**
 * What Object.create has made of an EventEmitter counts listeners on its own, but keeps them where
 * the EventEmitter does: when one of the two has removed its last, those of the other are gone. So
 * they are all counted where they are kept.
 *
 * @param {any} prototype of a class whose objects' inside has the object as its `owner`
 */
function shareListeners(prototype) {
  const inherited = Object.getPrototypeOf(prototype);
  for (const name of CHANGES) {
    Object.defineProperty(prototype, name, {
      configurable: true,
      writable: true,
      /**
       * @this {any}
       * @param {any[]} args
       */
      value(...args) {
        inherited[name].apply(this[kInside]?.().owner ?? this, args);
        return this;
      },
    });
  }
}

module.exports = { kInside, keepInside, shareListeners };
