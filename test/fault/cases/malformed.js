'use strict';

// Bytes in the place of a reply that no reply begins with, or that no reply may have.

const crlf = (...lines) => lines.map((line) => `${line}\r\n`).join('');

/** What cannot be read at all: the connection is of no use after it. */
const UNREADABLE = {
  'an HTTP answer': 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
  'a TLS alert': Buffer.from([21, 3, 3, 0, 2, 2, 40]),
  'a TLS hello': Buffer.from([22, 3, 1, 0, 5, 1, 0, 0, 1, 3]),
  'the banner of an SSH server': 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n',
  'the greeting of a mail server': '220 mail.example.org ESMTP\r\n',
  'a memcached error': 'ERROR\r\n',
  'inline text': 'PONG\r\n',
  'a command': '*1\r\n$4\r\nPING\r\n'.replace('$4', '?4'),
  'an empty line': '\r\n',
  'a LF alone': '\n',
  'a NUL': '\0',
  'a space before the type': ' +OK\r\n',
  'a type that Redis does not have': '?1\r\n',
  'a type above ASCII': Buffer.from([0xff, 0x0d, 0x0a]),
  'an attribute of RESP3': crlf('|1', '+ttl', ':1', '+OK'),
  'a blob error of RESP3': crlf('!3', 'ERR'),
  'a streamed end of RESP3': crlf('.'),

  'an integer that is empty': crlf(':'),
  'an integer that is no number': crlf(':one'),
  'an integer with a leading zero': crlf(':01'),
  'an integer with a plus': crlf(':+1'),
  'an integer with a space': crlf(': 1'),
  'an integer that is a minus': crlf(':-'),
  'an integer of minus zero': crlf(':-0'),
  'an integer with a fraction': crlf(':1.5'),
  'an integer beyond 64 bits': crlf(':9223372036854775808'),
  'an integer below 64 bits': crlf(':-9223372036854775809'),
  'an integer of many digits': crlf(`:${'9'.repeat(5000)}`),
  'an integer with a LF': ':1\n:1\r\n',

  'a status with a LF': '+OK\n+OK\r\n',
  'a status with a CR': '+O\rK\r\n',
  'an error with a LF': '-ERR\n-ERR\r\n',

  'a length that is empty': crlf('$', ''),
  'a length that is no number': crlf('$x', 'x'),
  'a length in hexadecimal': crlf('$0x1', 'x'),
  'a length with a leading zero': crlf('$01', 'x'),
  'a length with a plus': crlf('$+1', 'x'),
  'a length with a space': crlf('$1 ', 'x'),
  'a length with a fraction': crlf('$1.0', 'x'),
  'a length of minus zero': crlf('$-0', ''),
  'a length of minus two': crlf('$-2'),
  'a length far below zero': crlf('$-9223372036854775808'),
  'a length beyond 64 bits': crlf('$18446744073709551616'),
  'a length that streams (RESP3)': crlf('$?', ';1', 'x', ';0'),
  'a length with a LF': '$1\nx\n$1\r\nx\r\n',

  'a count that is empty': crlf('*'),
  'a count that is no number': crlf('*x'),
  'a count with a leading zero': crlf('*01', ':1'),
  'a count of minus two': crlf('*-2'),
  'a count far below zero': crlf('*-9223372036854775808'),
  'a count of 2147483647': crlf('*2147483647'),
  'a count of 4294967296': crlf('*4294967296', ':1'),
  'a count beyond 64 bits': crlf('*18446744073709551616'),
  'a count that streams (RESP3)': crlf('*?', ':1', '.'),
  'a map of 2147483647 pairs': crlf('%2147483647'),
  'a set of 2147483647': crlf('~2147483647'),
  'a push of 2147483647': crlf('>2147483647'),
  'an array that holds garbage': crlf('*2', ':1', 'x'),
  'an array that holds a length beyond all bounds': crlf('*2', ':1', '$18446744073709551616'),

  'arrays 10 deep': crlf(...Array(10).fill('*1'), ':1'),
  'arrays 1000 deep': crlf(...Array(1000).fill('*1'), ':1'),
  'arrays 100,000 deep': crlf(...Array(100_000).fill('*1')),
  'maps 1000 deep': crlf(...Array(1000).fill('%1'), ':1'),
  'sets in pushes 1000 deep': crlf(...Array(500).fill('>1\r\n~1'), ':1'),

  'a null that is not empty (RESP3)': crlf('_x'),
  'a boolean that is none (RESP3)': crlf('#x'),
  'a double that is none (RESP3)': crlf(',x'),
  'a double that is too long (RESP3)': crlf(`,${'1'.repeat(400)}`),
  'a big number that is none (RESP3)': crlf('(1x'),
  'a verbatim string without its type (RESP3)': crlf('=3', 'txt'),
  'a verbatim string with a wrong type (RESP3)': crlf('=5', 'txt;x'),
};

/** What may become a reply yet, and never does. */
const ENDLESS = {
  nothing: '',
  'a type alone': '$',
  'a status without an end': '+OK',
  'a status that ends with LF alone': '+OK\n',
  'an error that ends with LF alone': '-ERR\n',
  'a status that ends with CR alone': '+OK\r',
  'an integer that ends with LF alone': ':1\n',
  'a length without an end': '$1',
  'a string without its length': '$\r',
  'a string shorter than its length': crlf('$100', 'x'),
  'a string without its end': '$1\r\nx',
  'a string with half its end': '$1\r\nx\r',
  'a string that ends with LF alone': '$1\r\nx\n',
  'a count without an end': '*2',
  'an array without its items': crlf('*2'),
  'an array without its last item': crlf('*2', ':1'),
  'an array of the most items': crlf('*1048576'),
  'a push without its items (RESP3)': crlf('>2', '+invalidate'),
};

/** Lengths that Redis' own bound on strings forbids: nothing that follows could make them good. */
const BEYOND = {
  'a length of 99,999,999,999': crlf('$99999999999'),
  'a length of 2 GiB': crlf('$2147483648'),
  'the longest length of 63 bits': crlf('$9223372036854775807'),
  'a length of 63 bits that wraps around': crlf('$9223372036854775806'),
  'an array that holds such a length': crlf('*2', '$99999999999'),
};

/** Strings whose length is not theirs: what can be read of one is a reply of its own. */
const MISMEASURED = {
  'a string longer than its length by one': crlf('$1', 'xy'),
  'a string longer than its length by two': crlf('$1', 'xyz'),
  'a string longer than its length by many': crlf('$1', 'x'.repeat(100)),
  'an empty string that is not': crlf('$0', 'x'),
};

module.exports = { BEYOND, ENDLESS, MISMEASURED, UNREADABLE };
