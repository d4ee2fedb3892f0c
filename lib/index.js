'use strict';
// What the package exports.

const { createClient } = require('./client');
const { invalidArgument, withCause } = require('./errors');
const { createStoreClass } = require('./store');

/** @type {WeakMap<Function, any>} one class for each middleware, so that instanceof holds */
const classes = new WeakMap();

/** @param {any} Store */
function storeClassFor(Store) {
  let StoreClass = classes.get(Store);
  if (!StoreClass) {
    StoreClass = createStoreClass(Store);
    classes.set(Store, StoreClass);
  }
  return StoreClass;
}

function expressSessionStore() {
  try {
    return require('express-session').Store;
  } catch (cause) {
    const error = new Error(
      "RedisStore needs express-session: npm install express-session. With another middleware write require('connect-hiredis')(session)",
    );
    throw withCause(error, cause);
  }
}

/**
 * The store's class for a session middleware: `require('connect-hiredis')(session)`. With `new` it
 * is RedisStore, for those who take the default export for that.
 *
 * @param {any} middleware express-session, or one like it: with a `Store`
 * @returns {any}
 */
function connectHiredis(middleware) {
  if (new.target === connectHiredis) {
    return Reflect.construct(storeClassFor(expressSessionStore()), arguments);
  }
  if (new.target) {
    throw invalidArgument(
      "connect-hiredis itself is no class to extend: write const { RedisStore } = require('connect-hiredis'), " +
        "or import { RedisStore } from 'connect-hiredis'",
    );
  }
  const Store = middleware?.Store;
  if (typeof Store !== 'function') {
    throw invalidArgument(
      "connect-hiredis must be called with a session middleware that has a Store, such as require('express-session'); " +
        'for a store write new RedisStore({ client })',
    );
  }
  return storeClassFor(Store);
}

/** @param {unknown} value */
function isStore(value) {
  try {
    return value instanceof storeClassFor(expressSessionStore());
  } catch {
    // Without express-session there is none.
    return false;
  }
}

module.exports = Object.defineProperties(connectHiredis, {
  // connect-redis 7 was required in this way.
  default: { value: connectHiredis },
  // What `new` gives with the default export.
  [Symbol.hasInstance]: {
    value: isStore,
  },
  createClient: { enumerable: true, value: createClient },
  // Made when it is asked for: users of another middleware need not have express-session.
  RedisStore: { enumerable: true, get: () => storeClassFor(expressSessionStore()) },
});
