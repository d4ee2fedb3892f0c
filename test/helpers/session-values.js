'use strict';

// Arbitrary sessions for fast-check, as serializers give them, and changes to them.

const fc = require('fast-check');

/** Sets an own property, whatever it is called. */
function setOwn(object, key, value) {
  Object.defineProperty(object, key, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

/** An object with these own properties; Object.fromEntries would do, but says less. */
function ownObject(entries) {
  const object = {};
  for (const [key, value] of entries) setOwn(object, key, value);
  return object;
}

const isNode = (value) =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** A copy that shares no node with `value`; leaves are shared. */
const copy = (value) =>
  isNode(value)
    ? ownObject(Object.entries(value).map(([key, inner]) => [key, copy(inner)]))
    : value;

// Few of them, so that what is drawn twice meets.
const HOSTILE = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString'];
const keys = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c', 'd', '', '0') },
  { weight: 1, arbitrary: fc.constantFrom(...HOSTILE) },
);

const plainLeaves = fc.oneof(
  fc.integer({ min: 0, max: 5 }),
  fc.double(),
  fc.string({ maxLength: 3 }),
  fc.constantFrom(null, true, false),
);
const leaves = fc.oneof(
  { weight: 4, arbitrary: plainLeaves },
  { weight: 1, arbitrary: fc.array(plainLeaves, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.date({ noInvalidDate: true }) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes)) },
);

const nodeOf = (value) =>
  fc.uniqueArray(fc.tuple(keys, value), { maxLength: 4, selector: ([key]) => key }).map(ownObject);
const { value: values } = fc.letrec((tie) => ({
  node: nodeOf(tie('value')),
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaves, tie('node')),
}));
const sessions = nodeOf(values);

const anyPath = fc.array(keys, { minLength: 1, maxLength: 4 });

/** Every path that leads to something in a session. */
function* pathsIn(node, path = []) {
  for (const [key, value] of Object.entries(node)) {
    yield [...path, key];
    if (isNode(value)) yield* pathsIn(value, [...path, key]);
  }
}

/** What one request does to `base`: `[path, value]` sets, `[path]` deletes. */
function changesOf(base) {
  const there = [...pathsIn(base)];
  const path = there.length === 0 ? anyPath : fc.oneof(fc.constantFrom(...there), anyPath);
  return fc.oneof(fc.tuple(path, values), fc.tuple(path));
}

const isPrefix = (one, other) =>
  one.length <= other.length && one.every((key, index) => key === other[index]);
const meet = ([one], [other]) => isPrefix(one, other) || isPrefix(other, one);

const apartFromEachOther = (list) =>
  list.filter((one, index) => !list.slice(0, index).some((other) => meet(one, other)));

/** `[base, ...lists]`: a session, and lists of changes of which none meets another of its list. */
const scenarios = (lists) =>
  sessions.chain((base) =>
    fc.tuple(
      fc.constant(base),
      ...Array.from({ length: lists }, () =>
        fc.array(changesOf(base), { maxLength: 8 }).map(apartFromEachOther),
      ),
    ),
  );

/** Changes the session in place, as a request's code does. */
function apply(session, [path, ...value]) {
  let node = session;
  for (const key of path.slice(0, -1)) {
    if (!Object.hasOwn(node, key) || !isNode(node[key])) {
      if (value.length === 0) return; // nothing there to be deleted
      setOwn(node, key, {});
    }
    node = node[key];
  }
  const last = path.at(-1);
  if (value.length === 0) delete node[last];
  else setOwn(node, last, copy(value[0]));
}

/** The session as it is after these changes; `session` is left alone. */
function changed(session, list) {
  const result = copy(session);
  for (const change of list) apply(result, change);
  return result;
}

module.exports = { HOSTILE, changed, copy, isNode, ownObject, scenarios, sessions };
