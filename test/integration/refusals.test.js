'use strict';

// What cannot work is refused at construction, by name: nothing is silently ignored.

const { inspect } = require('node:util');
const { RedisStore, createClient } = require('../..');

/** The error of constructing; a store that was made after all is closed again. */
function refusal(construct) {
  let made;
  try {
    made = construct();
  } catch (error) {
    return error;
  }
  made.close();
  throw new Error('was not refused');
}

function expectTypeError(error, name) {
  expect(error).toBeInstanceOf(TypeError);
  expect(error.code).toBe('ERR_INVALID_ARG_TYPE');
  expect(error.message).toMatch(name);
}

/** The name as a word of its own, not as a part of another. */
const word = (name) => new RegExp(`(?<![\\w-])${name}(?![\\w-])`);

const local = { host: '127.0.0.1', port: 1 };

test.each([
  ['nothing', []],
  ['an empty object', [{}]],
  ['undefined', [undefined]],
  ['only options that are no connection', [{ prefix: 'a:' }]],
])('new RedisStore given %s throws a TypeError that says what to pass', (_, args) => {
  const error = refusal(() => new RedisStore(...args));
  expectTypeError(error, /client/);
  expect(error.message).toMatch(/url/);
});

test.each([[null], [7], [true], [() => {}], [[]], [Symbol('x')]])(
  'new RedisStore(%p) throws a TypeError',
  (argument) => {
    expect(refusal(() => new RedisStore(argument))).toBeInstanceOf(TypeError);
  },
);

test.each([
  ['RedisStore', (options) => new RedisStore({ ...local, ...options }), 'prefixx'],
  ['RedisStore', (options) => new RedisStore({ ...local, ...options }), 'TTL'],
  ['RedisStore', (options) => new RedisStore({ ...local, ...options }), 'scancount'],
  ['createClient', (options) => createClient({ ...local, ...options }), 'prefix'],
  ['createClient', (options) => createClient({ ...local, ...options }), 'hots'],
])('%s refuses an option that it does not know, by name', (_, construct, name) => {
  expectTypeError(
    refusal(() => construct({ [name]: 1 })),
    word(name),
  );
});

test('client options beside a client are refused by name', () => {
  const client = createClient(local);
  client.on('error', () => {});
  try {
    expectTypeError(
      refusal(() => new RedisStore({ client, commandTimeout: 10 })),
      word('commandTimeout'),
    );
  } finally {
    client.close();
  }
});

const wrongTypes = [
  ['prefix', 5],
  ['prefix', null],
  ['ttl', 0],
  ['ttl', -1],
  ['ttl', NaN],
  ['ttl', Infinity],
  ['ttl', '1m'],
  ['ttl', '0'],
  ['ttl', true],
  ['disableTTL', 'yes'],
  ['disableTouch', 1],
  ['touchAfter', -1],
  ['touchAfter', NaN],
  ['touchAfter', '5s'],
  ['scanCount', 0],
  ['scanCount', -1],
  ['scanCount', 1.5],
  ['scanCount', '1e2'],
  ['serializer', 'JSON'],
  ['serializer', {}],
  ['serializer', { parse() {} }],
  ['serializer', { parse: 1, stringify() {} }],
  ['unref', 'yes'],
];

test.each(wrongTypes)('RedisStore refuses %s: %p', (name, value) => {
  expectTypeError(
    refusal(() => new RedisStore({ ...local, [name]: value })),
    word(name),
  );
});

const wrongClientTypes = [
  [{ url: 5 }, 'url'],
  [{ url: '' }, 'url'],
  [{ url: 'not a url' }, 'url'],
  [{ url: 'http://127.0.0.1:6379' }, 'url'],
  [{ url: 'redis://127.0.0.1:6379/two' }, 'url'],
  [{ host: 5 }, 'host'],
  [{ host: '' }, 'host'],
  [{ port: 'x' }, 'port'],
  [{ port: '6379 ' }, 'port'],
  [{ port: 0.5 }, 'port'],
  [{ port: -1 }, 'port'],
  [{ port: 65536 }, 'port'],
  [{ socket: 5 }, 'socket'],
  [{ socket: '' }, 'socket'],
  [{ path: {} }, 'path'],
  [{ port: 1, db: -1 }, 'db'],
  [{ port: 1, db: '-2' }, 'db'],
  [{ port: 1, db: 0.5 }, 'db'],
  [{ port: 1, database: 'x' }, 'database'],
  [{ port: 1, username: 5 }, 'username'],
  [{ port: 1, pass: 5 }, 'pass'],
  [{ port: 1, password: {} }, 'password'],
  [{ port: 1, clientName: 5 }, 'clientName'],
  [{ port: 1, connectTimeout: '1s' }, 'connectTimeout'],
  [{ port: 1, connectTimeout: -1 }, 'connectTimeout'],
  [{ port: 1, commandTimeout: NaN }, 'commandTimeout'],
  [{ port: 1, queue: 'long' }, 'queue'],
  [{ port: 1, queue: -1 }, 'queue'],
  [{ port: 1, queue: null }, 'queue'],
  [{ port: 1, queue: true }, 'queue'],
  [{ port: 1, queue: { commands: -1 } }, 'queue.commands'],
  [{ port: 1, queue: { commands: false } }, 'queue.commands'],
  [{ port: 1, queue: { bytes: 0 } }, 'queue.bytes'],
  [{ port: 1, queue: { bytes: 1.5 } }, 'queue.bytes'],
  [{ port: 1, queue: { bytes: 'many' } }, 'queue.bytes'],
  [{ port: 1, queue: { length: 5 } }, 'queue.length'],
  [{ port: 1, backoff: 5 }, 'backoff'],
  [{ port: 1, backoff: { min: 'x' } }, 'backoff'],
  [{ port: 1, backoff: { most: 5 } }, 'backoff'],
  [{ port: 1, disconnectAfter: 'x' }, 'disconnectAfter'],
  [{ port: 1, unref: 1 }, 'unref'],
];

test.each(wrongClientTypes)('%p is refused by RedisStore and by createClient', (options, name) => {
  expectTypeError(
    refusal(() => new RedisStore(options)),
    new RegExp(name),
  );
  expectTypeError(
    refusal(() => createClient(options)),
    new RegExp(name),
  );
});

test.each([
  [{ url: 'redis://127.0.0.1:1', host: '127.0.0.1' }, /host/],
  [{ url: 'redis://127.0.0.1:1', port: 1 }, /port/],
  [{ url: 'redis://127.0.0.1:1', socket: '/tmp/x' }, /socket/],
  [{ url: 'redis://127.0.0.1:1', path: '/tmp/x' }, /path/],
  [{ host: '127.0.0.1', socket: '/tmp/x' }, /socket/],
  [{ port: 1, path: '/tmp/x' }, /path/],
])('two kinds of connection at once are refused: %p', (options, name) => {
  expectTypeError(
    refusal(() => new RedisStore(options)),
    name,
  );
  expectTypeError(
    refusal(() => createClient(options)),
    name,
  );
});

test.each([
  ['url', 'redis://127.0.0.1:1'],
  ['host', 'a'],
  ['port', 1],
  ['socket', '/x'],
])('a client and %s at once are refused', (name, value) => {
  const client = createClient(local);
  client.on('error', () => {});
  try {
    expectTypeError(
      refusal(() => new RedisStore({ client, [name]: value })),
      word(name),
    );
  } finally {
    client.close();
  }
});

test.each([
  ['cache', true],
  ['cache', { maxBytes: 1e6 }],
  ['tls', true],
  ['tls', {}],
])('what is not delivered yet is refused by name: %s: %p', (name, value) => {
  expectTypeError(
    refusal(() => new RedisStore({ ...local, [name]: value })),
    word(name),
  );
});

test.each([
  ['sentinels', [{ port: 26379 }]],
  ['cluster', [{ port: 7000 }]],
])('a deployment that is not delivered yet is refused by name: %s', (name, value) => {
  expectTypeError(
    refusal(() => new RedisStore({ [name]: value })),
    word(name),
  );
});

test.each(['rediss:', 'redis+sentinel:', 'redis+cluster:'])(
  'a %s url is refused by name, without its password',
  (scheme) => {
    const url = `${scheme}//user:very-secret@127.0.0.1:1`;
    for (const construct of [() => new RedisStore({ url }), () => createClient({ url })]) {
      const error = refusal(construct);
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toContain(scheme);
      expect(inspect(error)).not.toContain('very-secret');
    }
  },
);

test('a url that cannot be read is refused without its password', () => {
  const error = refusal(() => new RedisStore({ url: 'redis://user:very-secret@127.0.0.1:port' }));
  expectTypeError(error, /url/);
  expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain('very-secret');
});

describe('what is no client is refused by name', () => {
  test.each([
    ['an object with get and set', { get() {}, set() {} }],
    ['null', null],
    ['a string', 'redis'],
  ])('%s as the client option', (_, client) => {
    expectTypeError(
      refusal(() => new RedisStore({ client })),
      word('client'),
    );
  });
});
