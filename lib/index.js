'use strict';
// What the package exports.

const { createClient } = require('./client');
const { invalidArgument } = require('./errors');
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
    throw new Error(
      "RedisStore needs express-session: install it, or call connect-hiredis with another middleware: require('connect-hiredis')(session)",
      { cause },
    );
  }
}

/**
 * The store's class for a session middleware: `require('connect-hiredis')(session)`.
 *
 * @param {any} middleware express-session, or one like it: with a `Store`
 */
function connectHiredis(middleware) {
  const Store = middleware?.Store;
  if (typeof Store !== 'function') {
    throw invalidArgument(
      "connect-hiredis must be called with a session middleware that has a Store, such as require('express-session')",
    );
  }
  return storeClassFor(Store);
}

module.exports = Object.defineProperties(connectHiredis, {
  createClient: { enumerable: true, value: createClient },
  // Made when it is asked for: users of another middleware need not have express-session.
  RedisStore: { enumerable: true, get: () => storeClassFor(expressSessionStore()) },
});
