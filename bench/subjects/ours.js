'use strict';

// This package: all features on, as they are by default. Deadlines, the key's real expiry with
// each get, the caller's async context.

/** @param {{ url: string }} server */
async function openStore({ url }) {
  const { RedisStore } = require('../..');
  const store = new RedisStore({ url });
  return { store, close: () => store.close() };
}

/** @param {{ url: string }} server */
async function openAccess({ url }) {
  const { RedisStore } = require('../..');
  const store = new RedisStore({ url });
  return {
    store: store.access,
    sessionStore: store,
    promises: true,
    close: () => store.close(),
  };
}

module.exports = { openStore, openAccess };
