'use strict';
// Three-way deep merge of values: pure. What `mine` changed against `base` is applied to
// `theirs`.

const { isDeepStrictEqual } = require('node:util');

/** @typedef {Record<string, any>} PlainObject */

/**
 * Plain objects are merged by key; everything else (arrays, Dates, Buffers, instances) is one
 * value. Prototypes are looked at in a way that holds for objects of other realms.
 *
 * @param {unknown} value
 * @returns {value is PlainObject}
 */
function isPlainObject(value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  // Nearly every value ends here, and a second look-up would call into V8's runtime.
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null;
}

/**
 * @param {PlainObject} one
 * @param {PlainObject} other
 * @param {string} key
 */
function isSame(one, other, key) {
  const has = Object.hasOwn(one, key);
  if (has !== Object.hasOwn(other, key)) return false;
  return !has || isDeepStrictEqual(one[key], other[key]);
}

/**
 * `__proto__` is data like any other key: assigning it would set the prototype instead.
 *
 * @param {PlainObject} target
 * @param {string} key
 * @param {any} value
 */
function define(target, key, value) {
  Object.defineProperty(target, key, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

/**
 * Merges plain objects by key, at every depth, deletions included. Where both changed the same
 * leaf, mine wins.
 *
 * @param {PlainObject} base what both began with
 * @param {PlainObject} mine
 * @param {PlainObject} theirs
 * @returns {PlainObject} a new object; what it holds may be shared with the arguments
 */
function merge(base, mine, theirs) {
  /** @type {PlainObject} */
  const merged = {};
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const ours = isPlainAt(mine, key);
    const both = ours && isPlainAt(theirs, key);
    // Where both have a branch, comparing it as a whole would only do again at every level what
    // merging does.
    const changed = both || !isSame(base, mine, key);
    if (changed && ours) {
      const branch = merge(plainAt(base, key), mine[key], plainAt(theirs, key));
      // They removed the branch and I removed something in it: an empty one would bring it back.
      const emptied = !both && isEmpty(branch) && !isEmpty(mine[key]);
      if (!emptied) define(merged, key, branch);
      else if (Object.hasOwn(theirs, key)) define(merged, key, theirs[key]);
    } else {
      const winner = changed ? mine : theirs;
      if (Object.hasOwn(winner, key)) define(merged, key, winner[key]);
    }
  }
  return merged;
}

/**
 * @param {PlainObject} object
 * @param {string} key
 * @returns {PlainObject} what is there if it can be merged, else an empty object: of a branch
 *   that they removed only what I changed comes back
 */
function plainAt(object, key) {
  return isPlainAt(object, key) ? object[key] : {};
}

/**
 * @param {PlainObject} object
 * @param {string} key
 */
function isPlainAt(object, key) {
  return Object.hasOwn(object, key) && isPlainObject(object[key]);
}

/** @param {PlainObject} object */
function isEmpty(object) {
  return Object.keys(object).length === 0;
}

/**
 * The same for sessions, whose cookie is one value: that of the request which saves.
 *
 * @param {PlainObject} base
 * @param {PlainObject} mine
 * @param {PlainObject} theirs
 */
function mergeSessions(base, mine, theirs) {
  const merged = merge(base, mine, theirs);
  if (Object.hasOwn(mine, 'cookie')) define(merged, 'cookie', mine.cookie);
  return merged;
}

module.exports = { isPlainObject, merge, mergeSessions };
