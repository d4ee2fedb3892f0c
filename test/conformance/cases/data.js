'use strict';

// What goes in comes out: data, ids, and that both sides own their copy.

const assert = require('node:assert/strict');
const { MINUTE, lasting } = require('../tools');

const hole = [1, , 3]; // eslint-disable-line no-sparse-arrays
const hostile = JSON.parse('{"__proto__":{"admin":true},"constructor":1,"prototype":{"x":1}}');

/** [kind, value]: JSON's rules decide what it becomes. */
const kinds = [
  ['a string', 'ann'],
  ['an empty string', ''],
  [
    'text of many scripts and emoji',
    'žluťoučký 馬 \u{1f600}\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
  ],
  ['CR, LF and NUL', 'a\r\n$5\r\nhello\r\n\0b'],
  ['a lone surrogate', 'a\ud83db'],
  ['line and paragraph separators', '\u2028\u2029'],
  ['quotes and backslashes', '"\\"\\\\\u0007'],
  ['numbers', [0, -1, 1.5, 2 ** 53 - 1, 5e-324, 1.7976931348623157e308]],
  ['-0, NaN and Infinity', [-0, NaN, Infinity]],
  ['booleans and null', [true, false, null]],
  ['undefined and functions', { a: undefined, b() {}, c: [undefined, () => {}] }],
  ['a Date', new Date(86_400_000)],
  ['an array with a hole', hole],
  ['empty arrays and objects', { a: [], b: {}, c: [[]], d: [{}] }],
  ['a Map and a RegExp', [new Map([[1, 2]]), /x/]],
  ['what toJSON makes of it', { toJSON: () => ({ made: true }) }],
  ['keys that Object.prototype has', hostile],
  ['nesting of 500 levels', Array.from({ length: 500 }).reduce((inner) => ({ inner }), 1)],
  ['a megabyte', 'x'.repeat(2 ** 20)],
  ['10,000 keys', Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, i]))],
];

const ids = [
  ['CR, LF and NUL', 'a\r\nDEL b\r\n\0'],
  ['emoji', '\u{1f600}'],
  ['spaces and quotes', ' "a" \'b\' '],
  ['characters of glob patterns', 'a*b?[c]\\'],
  ['the name __proto__', '__proto__'],
  ['10,000 characters', 'x'.repeat(10_000)],
];

const roundTrips = kinds.map(([kind, value]) => ({
  title: `data: ${kind} comes back as JSON has it`,
  async run(lab) {
    const store = await lab.createStore();
    await lab.ask(store, 'set', 'a', lasting(MINUTE, { value }));
    const { cookie: _, ...data } = await lab.ask(store, 'get', 'a');
    assert.deepEqual(data, JSON.parse(JSON.stringify({ value })));
  },
}));

const byId = ids.map(([kind, sid]) => ({
  title: `id: a session whose id has ${kind} is set, found, renewed and destroyed`,
  async run(lab) {
    const store = await lab.createStore();
    await lab.ask(store, 'set', sid, lasting(MINUTE, { n: 1 }));
    await lab.ask(store, 'set', 'other', lasting(MINUTE, { n: 2 }));
    assert.equal((await lab.ask(store, 'get', sid)).n, 1);
    if (store.touch) await lab.ask(store, 'touch', sid, lasting(MINUTE));
    await lab.ask(store, 'destroy', sid);
    assert.ok(!(await lab.ask(store, 'get', sid)));
    assert.equal((await lab.ask(store, 'get', 'other')).n, 2);
  },
}));

const cases = [
  ...roundTrips,
  ...byId,
  {
    title: 'id: two ids are never one session',
    async run(lab) {
      const store = await lab.createStore();
      // An id that a store cannot tell from another it may refuse, with an error.
      const one = await lab.call(store, 'set', 'a\ud800', lasting(MINUTE, { n: 1 }));
      const other = await lab.call(store, 'set', 'a\udfff', lasting(MINUTE, { n: 2 }));
      if (one.error || other.error) return;
      assert.equal((await lab.ask(store, 'get', 'a\ud800')).n, 1);
    },
  },
  {
    title: 'get of a session that is not there gives nothing, and no error',
    async run(lab) {
      const store = await lab.createStore();
      const { error, result } = await lab.call(store, 'get', 'none');
      assert.equal(error, null);
      assert.ok(result === null || result === undefined);
    },
  },
  {
    title: 'destroy of a session that is not there is no error',
    async run(lab) {
      const store = await lab.createStore();
      assert.equal((await lab.call(store, 'destroy', 'none')).error, null);
    },
  },
  {
    title: 'set replaces the whole session',
    async run(lab) {
      const store = await lab.createStore();
      await lab.ask(store, 'set', 'a', lasting(MINUTE, { one: 1 }));
      await lab.ask(store, 'set', 'a', lasting(MINUTE, { two: 2 }));
      const { cookie: _, ...data } = await lab.ask(store, 'get', 'a');
      assert.deepEqual(data, { two: 2 });
    },
  },
  {
    title: 'set stores what the session was when it was called',
    async run(lab) {
      const store = await lab.createStore();
      const session = lasting(MINUTE, { list: [1] });
      const done = lab.ask(store, 'set', 'a', session);
      session.list.push(2);
      await done;
      assert.deepEqual((await lab.ask(store, 'get', 'a')).list, [1]);
    },
  },
  {
    title: 'what one request makes of its copy is not seen by another',
    async run(lab) {
      const store = await lab.createStore();
      await lab.ask(store, 'set', 'a', lasting(MINUTE, { list: [1] }));
      const mine = await lab.ask(store, 'get', 'a');
      mine.list.push(2);
      mine.cookie.originalMaxAge = 1;
      const other = await lab.ask(store, 'get', 'a');
      assert.deepEqual([other.list, other.cookie.originalMaxAge], [[1], MINUTE]);
    },
  },
  {
    title: 'set does not change the session that it is given',
    async run(lab) {
      const store = await lab.createStore();
      const session = lasting(MINUTE, { list: [1] });
      const before = JSON.stringify(session);
      await lab.ask(store, 'set', 'a', session);
      assert.equal(JSON.stringify(session), before);
    },
  },
];

module.exports = { group: 'Data and ids', cases };
