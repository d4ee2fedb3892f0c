'use strict';

// Any object as the options of a client or of a store, and whatever a function for credentials
// may return.

const assert = require('node:assert');

const { FuzzedDataProvider } = require('@jazzer.js/core');

const { SECRET, orRefused, readOptions } = require('./options-properties');
const { readCredentials } = require('../../lib/credentials');
const { readCount, splitStoreOptions } = require('../../lib/options');

const NAMES = [
  ['url', 'host', 'port', 'socket', 'path', 'database', 'db', 'username', 'password', 'pass'],
  ['credentials', 'clientName', 'connectTimeout', 'commandTimeout', 'queue', 'backoff'],
  ['disconnectAfter', 'pingInterval', 'unref', 'tls', 'cache', 'clients', 'sentinels', 'name'],
  ['cluster', 'client', 'prefix', 'ttl', 'disableTTL', 'disableTouch', 'touchAfter', 'scanCount'],
  ['concurrencyMerge', 'serializer', '__proto__', 'constructor', 'toString', 'min', 'max'],
  ['parse', 'stringify', 'expiresAt', 'commands', 'bytes'],
].flat();

const NUMBERS = [0, -0, 1, -1, 0.5, NaN, Infinity, 65_535, 2 ** 31 - 1, 2 ** 31, 1e9, 1e300];
const URLS = [`redis://u:${SECRET}@h:1/2`, `redis://:${SECRET}@h/x`, 'unix:/r.sock?db=1', 'redis:'];

/**
 * A value of any kind.
 * @param {FuzzedDataProvider} data
 * @param {number} depth
 */
function consumeValue(data, depth) {
  switch (data.consumeIntegralInRange(0, 15)) {
    case 0:
      return undefined;
    case 1:
      return null;
    case 2:
      return data.consumeBoolean();
    case 3:
    case 4:
      return data.pickValue(NUMBERS);
    case 5:
      return data.consumeIntegral(4, true);
    case 6:
      return data.consumeNumber();
    case 7:
      return SECRET;
    case 8:
      return data.pickValue(URLS);
    case 9:
      return orUndefined(() => new URL(data.pickValue(URLS)));
    case 10:
      return () => SECRET;
    case 11:
      return new Date(data.pickValue(NUMBERS));
    case 12:
      return data.pickValue([Symbol(SECRET), 1n, [], [SECRET], new Map(), new String(SECRET)]);
    case 13:
      return depth > 0 ? consumeObject(data, depth - 1) : {};
    default:
      return data.consumeString(data.consumeIntegralInRange(0, 120), 'utf8');
  }
}

/** @param {() => unknown} make */
function orUndefined(make) {
  try {
    return make();
  } catch {
    return undefined;
  }
}

/**
 * @param {FuzzedDataProvider} data
 * @param {number} depth
 */
function consumeObject(data, depth) {
  const object = data.consumeBoolean() ? {} : Object.create(null);
  for (let left = data.consumeIntegralInRange(0, 6); left > 0; left--) {
    const name = data.consumeBoolean()
      ? data.pickValue(NAMES)
      : data.consumeString(data.consumeIntegralInRange(0, 12), 'utf8');
    Object.defineProperty(object, name, {
      value: consumeValue(data, depth),
      enumerable: true,
      configurable: true,
    });
  }
  return object;
}

/** @param {Buffer} bytes */
function fuzz(bytes) {
  const data = new FuzzedDataProvider(bytes);
  const value = consumeValue(data, 2);
  readOptions(value);
  const count = orRefused(() => readCount(value));
  assert.ok(count === undefined || (count >= 1 && count <= 100_000));

  const object = consumeObject(data, 2);
  readOptions(object);
  const split = orRefused(() => splitStoreOptions(object));
  if (split) {
    readOptions(split.connection);
    assert.ok(split.session.prefix.isWellFormed());
    assert.equal(typeof split.session.serializer.parse, 'function');
    assert.ok(split.session.scanCount >= 1 && split.session.scanCount <= 100_000);
    for (const [name, given] of Object.entries(object)) {
      const parts = [split.session, split.connection];
      const taken = parts.some((part) => Object.hasOwn(part, name));
      assert.ok(taken || given === undefined, 'no option is lost');
    }
  }

  const credentials = orRefused(() => readCredentials(object, 1000));
  if (credentials) {
    assert.equal(typeof credentials.password, 'string');
    assert.ok(credentials.lifetime === undefined || credentials.lifetime >= 0);
  }
  assert.equal({}.min, undefined, 'nothing was written into Object.prototype');
}

module.exports = { fuzz };
