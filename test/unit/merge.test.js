'use strict';

// The three-way merge, by its properties.

const fc = require('fast-check');
const { isDeepStrictEqual } = require('node:util');
const { merge, mergeSessions } = require('../../lib/merge');
const {
  changed,
  copy,
  isNode,
  ownObject,
  scenarios,
  sessions,
} = require('../helpers/session-values');

/** toEqual takes `undefined` for absent and -0 for 0; and it knows no own `__proto__`. */
function expectSame(actual, expected) {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toStrictEqual(expected);
  expect(isDeepStrictEqual(actual, expected)).toBe(true);
}

/** Every value of a session that is no object of its own, with the path to it. */
function* leaves(value, path = []) {
  if (!isNode(value)) yield [path, value];
  else for (const key of Object.keys(value)) yield* leaves(value[key], [...path, key]);
}

/** What is at a path: `[value]`, or `[]` if nothing is. */
function at(value, path) {
  let here = value;
  for (const key of path) {
    if (!isNode(here) || !Object.hasOwn(here, key)) return [];
    here = here[key];
  }
  return [here];
}

describe('a merge', () => {
  test('in which this request changed nothing gives what is stored', () => {
    fc.assert(
      fc.property(sessions, sessions, (base, theirs) => {
        expectSame(merge(base, copy(base), theirs), theirs);
      }),
    );
  });

  test('in which nobody else changed anything gives what this request has', () => {
    fc.assert(
      fc.property(sessions, sessions, (base, mine) => {
        expectSame(merge(base, mine, copy(base)), mine);
      }),
    );
  });

  test('of identical changes gives them once', () => {
    fc.assert(
      fc.property(sessions, sessions, (base, both) => {
        expectSame(merge(base, both, copy(both)), both);
      }),
    );
  });

  test('of disjoint changes has them all, in whichever order the requests save', () => {
    fc.assert(
      fc.property(scenarios(1), fc.infiniteStream(fc.boolean()), ([base, all], coin) => {
        const isMine = all.map(() => coin.next().value);
        const mine = changed(
          base,
          all.filter((_, index) => isMine[index]),
        );
        const theirs = changed(
          base,
          all.filter((_, index) => !isMine[index]),
        );
        const expected = changed(base, all);
        expectSame(merge(base, mine, theirs), expected);
        expectSame(merge(base, theirs, mine), expected);
      }),
      { numRuns: 1000 },
    );
  });

  test('of three requests with disjoint changes has them all, in any order', () => {
    const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]; // prettier-ignore
    const dice = fc.infiniteStream(fc.nat({ max: 2 }));
    fc.assert(
      fc.property(scenarios(1), dice, ([base, all], die) => {
        const owner = all.map(() => die.next().value);
        const has = [0, 1, 2].map((who) =>
          changed(
            base,
            all.filter((_, i) => owner[i] === who),
          ),
        );
        const expected = changed(base, all);
        for (const [first, second, third] of orders) {
          const stored = merge(base, has[second], has[first]);
          expectSame(merge(base, has[third], stored), expected);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('writes nothing that this request did not change', () => {
    fc.assert(
      fc.property(scenarios(2), ([base, one, other]) => {
        const mine = changed(base, one);
        const theirs = changed(base, other);
        for (const [path, value] of leaves(merge(base, mine, theirs))) {
          const isMine = isDeepStrictEqual([value], at(mine, path));
          const wasThere = isDeepStrictEqual([value], at(base, path));
          if (isMine && wasThere) expectSame(at(theirs, path), [value]);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('has each leaf that this request changed as this request has it', () => {
    fc.assert(
      fc.property(sessions, sessions, sessions, (base, mine, theirs) => {
        const merged = merge(base, mine, theirs);
        for (const [path, value] of leaves(mine)) {
          if (isDeepStrictEqual([value], at(base, path))) continue;
          expectSame(at(merged, path), [value]);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('leaves its arguments as they are', () => {
    fc.assert(
      fc.property(sessions, sessions, sessions, (base, mine, theirs) => {
        const before = [base, mine, theirs].map(copy);
        merge(base, mine, theirs);
        mergeSessions(base, mine, theirs);
        expectSame([base, mine, theirs], before);
      }),
    );
  });

  test('gives an object of its own', () => {
    const same = { a: 1 };
    const merged = merge(same, same, same);
    expect(merged).toEqual(same);
    expect(merged).not.toBe(same);
  });
});

describe('a deletion', () => {
  test('by this request wins over a change by another', () => {
    expect(merge({ a: 1, b: 1 }, { b: 1 }, { a: 2, b: 1 })).toEqual({ b: 1 });
    expect(merge({ c: { a: 1, b: 1 } }, { c: { b: 1 } }, { c: { a: 2, b: 2 } })).toEqual({
      c: { b: 2 },
    });
    expect(merge({ c: { a: 1 } }, {}, { c: { a: 2 } })).toEqual({});
  });

  test('by another loses to a change by this request', () => {
    expect(merge({ a: 1, b: 1 }, { a: 2, b: 1 }, { b: 1 })).toEqual({ a: 2, b: 1 });
    expect(merge({ c: { a: 1 } }, { c: { a: 2 } }, { c: {} })).toEqual({ c: { a: 2 } });
    expect(merge({ a: [1] }, { a: [1, 2] }, {})).toEqual({ a: [1, 2] });
  });

  test('by both is one', () => {
    expect(merge({ a: 1, c: { a: 1 } }, { c: {} }, { c: {} })).toEqual({ c: {} });
  });

  test('of what nobody changed meanwhile holds', () => {
    expect(merge({ a: 1, b: 1 }, { b: 1 }, { a: 1, b: 2 })).toEqual({ b: 2 });
    expect(merge({ a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1 })).toEqual({ a: 2 });
  });

  test('of different keys of a branch by both leaves the branch without them', () => {
    const base = { c: { a: 1, b: 1 } };
    expect(merge(base, { c: { b: 1 } }, { c: { a: 1 } })).toEqual({ c: {} });
    expect(merge({ in: base }, { in: { c: { b: 1 } } }, { in: { c: { a: 1 } } })).toEqual({
      in: { c: {} },
    });
  });

  test('of a branch by another holds for what this request left as it was', () => {
    const base = { user: { id: 7, seen: 1 } };
    expect(merge(base, { user: { id: 7, seen: 2 } }, {})).toEqual({ user: { seen: 2 } });
    expect(merge({ in: base }, { in: { user: { id: 7, seen: 2 } } }, { in: {} })).toEqual({
      in: { user: { seen: 2 } },
    });
  });

  test.each([[null], [false], [[]]])(
    'of a branch by setting it to %j is no different',
    (nothing) => {
      const merged = merge(
        { user: { id: 7, seen: 1 } },
        { user: { id: 7, seen: 2 } },
        { user: nothing },
      );
      expect(merged).toEqual({ user: { seen: 2 } });
    },
  );
});

describe('one value, replaced whole, is', () => {
  class Money {
    constructor(amount, currency) {
      Object.assign(this, { amount, currency });
    }
  }

  test.each([
    ['an array', [1, 2], [1, 2, 3], [1, 2, 4]],
    ['a Date', new Date(1), new Date(2), new Date(3)],
    ['a Buffer', Buffer.from('a'), Buffer.from('b'), Buffer.from('c')],
    ['a typed array', Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)],
    ['a Map', new Map([['a', 1]]), new Map([['a', 2]]), new Map([['b', 1]])],
    ['a Set', new Set([1]), new Set([1, 2]), new Set([1, 3])],
    ['an instance', new Money(1, 'EUR'), new Money(2, 'EUR'), new Money(1, 'USD')],
  ])('%s', (_, base, mine, theirs) => {
    expect(merge({ v: base }, { v: mine }, { v: theirs }).v).toBe(mine);
    expect(merge({ v: base }, { v: base }, { v: theirs }).v).toBe(theirs);
    expect(merge({ v: base }, { v: mine }, { v: base }).v).toBe(mine);
    expect(merge({ v: { a: 1 } }, { v: mine }, { v: { a: 2 } }).v).toBe(mine);
    expect(merge({ v: base }, { v: base }, { v: { a: 2 } }).v).toEqual({ a: 2 });
  });

  test('an array of objects: they are not merged one by one', () => {
    const base = { cart: [{ n: 1 }, { n: 1 }] };
    const mine = { cart: [{ n: 2 }, { n: 1 }] };
    const theirs = { cart: [{ n: 1 }, { n: 2 }] };
    expect(merge(base, mine, theirs)).toEqual(mine);
  });

  test('a value that is equal, though another object, is no change', () => {
    const base = { when: new Date(1), bytes: Buffer.from('a'), list: [{ a: NaN }] };
    const mine = { when: new Date(1), bytes: Buffer.from('a'), list: [{ a: NaN }] };
    const theirs = { when: new Date(2), bytes: Buffer.from('b'), list: [] };
    expect(merge(base, mine, theirs)).toEqual(theirs);
  });

  test('not an object without a prototype: that is merged by key', () => {
    const bare = (fields) => Object.assign(Object.create(null), fields);
    const merged = merge({ c: bare({}) }, { c: bare({ a: 1 }) }, { c: bare({ b: 1 }) });
    expect({ ...merged.c }).toEqual({ a: 1, b: 1 });
  });
});

describe('depth', () => {
  const nest = (levels, leaf) => {
    let value = leaf;
    for (let level = 0; level < levels; level++) value = { in: value };
    return value;
  };
  const inmost = (value) => {
    let here = value;
    while ('in' in here) here = here.in;
    return here;
  };

  test('of 1,000 levels is merged to the last', () => {
    const merged = merge(nest(1000, { a: 1 }), nest(1000, { a: 2 }), nest(1000, { a: 1, b: 1 }));
    expect(inmost(merged)).toEqual({ a: 2, b: 1 });
  });
});

describe('mergeSessions', () => {
  test('takes the cookie whole from the request that saves', () => {
    const base = { cookie: { path: '/', originalMaxAge: 1, expires: 'then' }, n: 1 };
    const mine = { cookie: { path: '/', originalMaxAge: 2, expires: 'then' }, n: 1 };
    const theirs = {
      cookie: { path: '/', originalMaxAge: 1, expires: 'later', secure: true },
      n: 2,
    };
    expect(mergeSessions(base, mine, theirs)).toEqual({ cookie: mine.cookie, n: 2 });
    expect(mergeSessions(base, base, theirs)).toEqual({ cookie: base.cookie, n: 2 });
  });

  test('merges everything else as merge does', () => {
    fc.assert(
      fc.property(sessions, sessions, sessions, (base, mine, theirs) => {
        expectSame(mergeSessions(base, mine, theirs), merge(base, mine, theirs));
      }),
    );
  });

  test('takes only the outermost cookie for the cookie', () => {
    const of = (jar) => ({ jar: { cookie: jar } });
    expect(mergeSessions(of({}), of({ a: 1 }), of({ b: 1 }))).toEqual(of({ a: 1, b: 1 }));
  });

  test('works on sessions without a cookie', () => {
    expect(mergeSessions({}, ownObject([['a', 1]]), { b: 1 })).toEqual({ a: 1, b: 1 });
  });
});
