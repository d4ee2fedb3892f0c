'use strict';

const { timeToLive, showExpiry, showJsonExpiry } = require('../../lib/ttl');

const NOW = Date.parse('2026-01-01T00:00:00.000Z');
const at = (ms) => new Date(NOW + ms);
const withCookie = (expires) => ({ cookie: { expires } });
const left = (ttl, session, sid = 'id') => timeToLive(ttl, session, sid, NOW);

describe('timeToLive', () => {
  test.each([
    ['no cookie', {}],
    ['a cookie without expires', { cookie: {} }],
    ['expires: null', withCookie(null)],
    ['expires: undefined', withCookie(undefined)],
    ['expires: false', withCookie(false)],
    ['no session at all', undefined],
    ['null for a session', null],
  ])('is the ttl for a session with %s', (_, session) => {
    expect(left(60, session)).toBe(60_000);
  });

  test.each([
    ['a Date', at(1234)],
    ['an ISO string', at(1234).toISOString()],
    ['another string', 'Thu, 01 Jan 2026 00:00:01 GMT', 1000],
    ['milliseconds', NOW + 1234],
  ])("is what is left until the cookie's expires, given as %s", (_, expires, expected = 1234) => {
    expect(left(60, withCookie(expires))).toBe(expected);
  });

  test('is 0 at the moment of expiry, and less afterwards', () => {
    expect(left(60, withCookie(at(0)))).toBe(0);
    expect(left(60, withCookie(at(-1)))).toBe(-1);
    // 0 as a number is a time: 1970.
    expect(left(60, withCookie(0))).toBe(-NOW);
  });

  test.each([[new Date(NaN)], ['tomorrow'], [''], [NaN], [{}]])(
    'is the ttl for expires: %p, of which JSON makes no date',
    (expires) => {
      expect(left(60, withCookie(expires))).toBe(60_000);
      expect(left(60, { cookie: { _expires: expires } })).toBe(60_000);
    },
  );

  test('is Infinity with ttl false, whatever the cookie says', () => {
    expect(left(false, {})).toBe(Infinity);
    expect(left(false, withCookie(at(5)))).toBe(Infinity);
  });

  test('keeps fractions of a second to the millisecond', () => {
    for (const ms of [1, 9, 250, 1001, 1005, 2007, 4350, 8200, 16_335]) {
      expect(Math.round(left(ms / 1000, {}))).toBe(ms);
      expect(left(() => ms / 1000, {})).toBe(ms);
    }
  });

  describe('by a function', () => {
    test('is what it returns, whatever the cookie says', () => {
      expect(left(() => 5, withCookie(at(99)))).toBe(5000);
      expect(left(() => 0, {})).toBe(0);
      expect(left(() => -1, {})).toBeLessThan(0);
      expect(left(() => false, {})).toBe(Infinity);
    });

    test('gives it session and id', () => {
      const ttl = jest.fn(() => 1);
      const session = {};
      left(ttl, session, 'abc');
      expect(ttl.mock.calls).toEqual([[session, 'abc']]);
      expect(ttl.mock.calls[0][0]).toBe(session);
    });

    test.each([[NaN], [undefined], [null], ['5'], [{}], [true]])(
      'throws when it returns %p',
      (value) => {
        expect(() => left(() => value, {})).toThrow(/ttl/);
      },
    );

    test('throws what it throws', () => {
      const error = new Error('no');
      const ttl = () => {
        throw error;
      };
      expect(() => left(ttl, {})).toThrow(error);
    });
  });
});

describe.each([
  ['showExpiry', showExpiry],
  ['showJsonExpiry', showJsonExpiry],
])('%s', (_name, show) => {
  const shown = (session, ms) => {
    show(session, ms, NOW);
    return session.cookie?.expires;
  };

  test.each([
    ['an ISO string', at(-99).toISOString()],
    ['a Date', at(-99)],
  ])('replaces an expires that is %s by the real one', (_, expires) => {
    expect(shown(withCookie(expires), 5000)).toEqual(at(5000));
  });

  test.each([[null], [undefined], [false]])('leaves expires: %p alone', (expires) => {
    expect(shown(withCookie(expires), 5000)).toBe(expires);
  });

  test.each([[{}], [{ cookie: null }], [{ cookie: 'x' }]])('leaves %p alone', (session) => {
    const before = structuredClone(session);
    show(session, 5000, NOW);
    expect(session).toEqual(before);
  });

  test.each([
    ['an ISO string', at(5).toISOString()],
    ['another string', at(5).toUTCString(), at(0)],
    ['a Date', at(5)],
    ['milliseconds', NOW + 5],
  ])('gives the Date of %s where the key has no expiry', (_, expires, expected = at(5)) => {
    expect(shown(withCookie(expires), -1)).toEqual(expected);
    const session = { cookie: { _expires: expires } };
    show(session, -1, NOW);
    expect(session.cookie._expires).toEqual(expected);
  });

  test('gives the Date of one that has passed, where nothing tells how long it is to be', () => {
    expect(shown(withCookie(at(-5).toISOString()), -1)).toEqual(at(-5));
  });

  test.each([[new Date(NaN)], ['tomorrow'], ['']])(
    'gives none for %p where the key has none either',
    (expires) => {
      expect(shown(withCookie(expires), -1)).toBeNull();
      expect(shown({ cookie: { expires, originalMaxAge: 1000 } }, -1)).toEqual(at(1000));
      expect(shown(withCookie(expires), 5000)).toEqual(at(5000));
    },
  );

  test('does not leave a live session looking expired where the key never expires', () => {
    const session = { cookie: { expires: at(-5).toISOString(), originalMaxAge: 1000 } };
    expect(shown(session, -1)).toEqual(at(1000));
  });

  test('keeps originalMaxAge, also of a cookie that derives it from expires', () => {
    const cookie = {
      originalMaxAge: 1000,
      at: at(-5),
      get expires() {
        return this.at;
      },
      set expires(date) {
        this.at = date;
        this.originalMaxAge = 7;
      },
    };
    expect(shown({ cookie }, 5000)).toEqual(at(5000));
    expect(cookie.originalMaxAge).toBe(1000);
  });
});
