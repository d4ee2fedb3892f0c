'use strict';

// Keys that mean something to JavaScript are data to the merge, and pollute nothing.

const { isDeepStrictEqual } = require('node:util');
const { merge } = require('../../lib/merge');
const { HOSTILE } = require('../helpers/session-values');

describe('a hostile key', () => {
  // As JSON.parse makes it: an own property.
  const withKey = (key, value) => JSON.parse(`{${JSON.stringify(key)}:${JSON.stringify(value)}}`);
  const inherited = Object.getOwnPropertyNames(Object.prototype).sort();

  afterEach(() => {
    expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(inherited);
    expect({}.polluted).toBeUndefined();
    expect(Object.polluted).toBeUndefined();
  });

  /** Data comes through as an own property, and the prototype is what it is everywhere. */
  function expectOnly(object, key, value) {
    expect(Object.keys(object)).toEqual([key]);
    expect(Object.getOwnPropertyDescriptor(object, key).value).toEqual(value);
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
  }

  test.each(HOSTILE)('%s is data, whoever set it', (key) => {
    const data = { polluted: true };
    for (const merged of [
      merge({}, withKey(key, data), {}),
      merge({}, {}, withKey(key, data)),
      merge({}, withKey(key, data), withKey(key, data)),
      merge(withKey(key, 1), withKey(key, data), withKey(key, 1)),
      merge(withKey(key, data), withKey(key, data), withKey(key, data)),
    ]) {
      expectOnly(merged, key, data);
    }
  });

  test.each(HOSTILE)('%s is merged, replaced and deleted like any other', (key) => {
    expectOnly(merge({}, withKey(key, { a: 1 }), withKey(key, { b: 1 })), key, { a: 1, b: 1 });
    expectOnly(merge(withKey(key, 1), withKey(key, 2), withKey(key, 3)), key, 2);
    expect(merge(withKey(key, 1), {}, withKey(key, 2))).toEqual({});
    expect(Object.keys(merge(withKey(key, { a: 1 }), {}, withKey(key, { a: 1 })))).toEqual([]);
    expect(Object.keys(merge(withKey(key, { a: 1 }), withKey(key, { a: 1 }), {}))).toEqual([]);
  });

  test.each(HOSTILE)('%s does so at depth, too', (key) => {
    const inside = (value) => ({ x: withKey(key, value) });
    const merged = merge(inside({}), inside({ polluted: 1 }), inside({ other: 1 }));
    expectOnly(merged.x, key, { polluted: 1, other: 1 });
    const chain = (value) => withKey('constructor', withKey('prototype', value));
    const both = merge({}, chain({ polluted: 1 }), chain({ b: 1 }));
    expect(isDeepStrictEqual(both, chain({ b: 1, polluted: 1 }))).toBe(true);
  });
});
