'use strict';

// What is read from what a function given as `credentials` returns. That wrong things are told as
// errors is in test/integration/credentials-failures.test.js.

const { readCredentials } = require('../../lib/credentials');

const NOW = 1_700_000_000_000;
const read = (given) => readCredentials(given, NOW);

test.each([
  [{ password: 'p' }, { password: 'p' }],
  [{ password: '' }, { password: '' }],
  [{ password: 'p', username: undefined }, { password: 'p' }],
  [
    { password: 'é\r\n\0😀', username: '' },
    { password: 'é\r\n\0😀', username: '' },
  ],
  [
    { password: 'p', username: 'u', more: true },
    { password: 'p', username: 'u' },
  ],
  [{ password: 'p', expiresAt: undefined }, { password: 'p' }],
  [{ password: 'p', expiresAt: null }, { password: 'p' }],
  [
    { password: 'p', expiresAt: NOW + 1 },
    { password: 'p', lifetime: 1 },
  ],
  [
    { password: 'p', expiresAt: NOW + 0.5 },
    { password: 'p', lifetime: 0 },
  ],
  [
    { password: 'p', expiresAt: NOW + 900_000.9 },
    { password: 'p', lifetime: 900_000 },
  ],
  [
    { password: 'p', expiresAt: new Date(NOW + 900_000) },
    { password: 'p', lifetime: 900_000 },
  ],
  [
    { password: 'p', expiresAt: new Date(8.64e15) },
    { password: 'p', lifetime: 8.64e15 - NOW },
  ],
])('of %p %p is taken', (given, expected) => {
  expect(read(given)).toEqual(expected);
});

test('what is inherited counts, too', () => {
  class Token {
    get password() {
      return 'p';
    }
    get expiresAt() {
      return new Date(NOW + 5);
    }
  }
  expect(read(new Token())).toEqual({ password: 'p', lifetime: 5 });
});

test.each([[NOW], [NOW - 1], [0], [-1], [new Date(NOW)], [new Date(0)]])(
  'what expired at %p is of no use',
  (expiresAt) => {
    expect(() => read({ password: 'p', expiresAt })).toThrow(
      expect.objectContaining({
        code: 'ERR_INVALID_ARG_TYPE',
        message: expect.stringContaining('expired'),
      }),
    );
  },
);
