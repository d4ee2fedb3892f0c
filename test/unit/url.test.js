'use strict';

const { inspect } = require('node:util');
const { parseUrl } = require('../../lib/url');

test.each([
  ['redis://', {}],
  ['redis:///', {}],
  ['redis://example.org', { host: 'example.org' }],
  ['redis://example.org/', { host: 'example.org' }],
  ['redis://127.0.0.1:6380', { host: '127.0.0.1', port: 6380 }],
  ['redis://127.0.0.1:6380/0', { host: '127.0.0.1', port: 6380, database: 0 }],
  ['redis://h/15', { host: 'h', database: 15 }],
  ['redis://h?db=3', { host: 'h', database: 3 }],
  ['redis:///3', { database: 3 }],
  ['redis://[::1]', { host: '::1' }],
  ['redis://[2001:db8::1]:6380/2', { host: '2001:db8::1', port: 6380, database: 2 }],
  ['redis://user:pass@h', { host: 'h', username: 'user', password: 'pass' }],
  ['redis://:pass@h', { host: 'h', password: 'pass' }],
  ['redis://user@h', { host: 'h', username: 'user' }],
  ['redis://u%40x:p%40s%3As%2Fw%25%C3%A9@h', { host: 'h', username: 'u@x', password: 'p@s:s/w%é' }],
  ['redis://:a:b@h', { host: 'h', password: 'a:b' }],
  ['REDIS://h', { host: 'h' }],
  ['unix:/run/redis.sock', { socket: '/run/redis.sock' }],
  ['unix:///run/redis.sock', { socket: '/run/redis.sock' }],
  ['unix:/run/redis.sock?db=2', { socket: '/run/redis.sock', database: 2 }],
  ['unix:/run/a%20b%25.sock', { socket: '/run/a b%.sock' }],
  ['unix:/run/a b.sock', { socket: '/run/a b.sock' }],
  [
    'unix://user:pass@localhost/run/r.sock',
    { socket: '/run/r.sock', username: 'user', password: 'pass' },
  ],
])('%s says %j', (url, expected) => {
  expect(parseUrl(url)).toEqual(expected);
  expect(parseUrl(new URL(url))).toEqual(expected);
});

const SECRET = 'very-secret';

test.each([
  ['what is no url', `user:${SECRET}@host`],
  ['a port that is none', `redis://:${SECRET}@h:x`],
  ['a port out of range', `redis://:${SECRET}@h:65536`],
  ['a database that is no number', `redis://:${SECRET}@h/two`],
  ['a negative database', `redis://:${SECRET}@h/-1`],
  ['two databases', `redis://:${SECRET}@h/1/2`],
  ['a database in path and query', `redis://:${SECRET}@h/1?db=2`],
  ['an unknown parameter', `redis://:${SECRET}@h?ssl=true`],
  ['a % that escapes nothing', `redis://:${SECRET}%zz@h`],
  ['another scheme', `http://:${SECRET}@h`],
  ['TLS', `rediss://:${SECRET}@h`],
  ['Sentinel', `redis+sentinel://:${SECRET}@h`],
  ['Cluster', `redis+cluster://:${SECRET}@h`],
  ['a unix url without a path', `unix://:${SECRET}@`],
  ['a unix url with a host', `unix://:${SECRET}@host/run/redis.sock`],
])('%s is refused, without showing the password', (_, url) => {
  let error;
  try {
    parseUrl(url);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(TypeError);
  expect(error.code).toBe('ERR_INVALID_ARG_TYPE');
  expect(error.message).toMatch(/url/);
  expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain(SECRET);
});

test.each([
  ['rediss://h', 'rediss:'],
  ['redis+sentinel://h', 'redis+sentinel:'],
  ['redis+cluster://h', 'redis+cluster:'],
])('%s is refused by the name of its scheme', (url, scheme) => {
  expect(() => parseUrl(url)).toThrow(scheme);
});

test('white space that a URL object leaves out is none of the text either', () => {
  for (const text of ['\0unix:/run\n/x', ' redis://h:1\n', 'red\tis://h']) {
    expect(parseUrl(text)).toEqual(parseUrl(new URL(text)));
  }
});
