'use strict';

// What options become. That wrong ones are refused is in test/integration/refusals.test.js.

const { readClientOptions } = require('../../lib/client-options');
const { splitStoreOptions } = require('../../lib/options');
const { version } = require('../../package.json');

const credentials = () => ({ password: 'p' });

describe('readClientOptions', () => {
  const defaults = {
    host: '127.0.0.1',
    port: 6379,
    socket: '',
    username: undefined,
    password: undefined,
    credentials: undefined,
    asksCredentials: false,
    database: 0,
    clientName: 'connect-hiredis',
    libraryVersion: version,
    connectTimeout: 10_000,
    commandTimeout: 5000,
    disconnectAfter: 5000,
    backoffMin: 50,
    backoffMax: 2000,
    pingInterval: 0,
    queueCommands: 10_000,
    queueBytes: 64 * 1024 * 1024,
    keepAlive: true,
    waitsInLoop: true,
  };
  const read = (options) => readClientOptions(options);

  test.each([[undefined], [{}], ['redis://127.0.0.1'], [new URL('redis://127.0.0.1')]])(
    'gives the defaults for %p',
    (input) => {
      expect(read(input)).toEqual(defaults);
    },
  );

  test.each([
    [
      { host: 'h', port: 1 },
      { host: 'h', port: 1 },
    ],
    [{ host: '::1' }, { host: '::1' }],
    [{ socket: '/r.sock' }, { socket: '/r.sock' }],
    [{ path: '/r.sock' }, { socket: '/r.sock' }],
    [{ db: 2 }, { database: 2 }],
    [{ database: 2 }, { database: 2 }],
    [
      { username: 'u', pass: 'p' },
      { username: 'u', password: 'p' },
    ],
    [{ password: 'p' }, { password: 'p' }],
    [{ clientName: false }, { clientName: '', libraryVersion: '' }],
    [{ pingInterval: 5 }, { pingInterval: 5 }],
    [{ pingInterval: false }, { pingInterval: 0 }],
    [{ credentials }, { credentials, asksCredentials: true }],
    [{ clientName: 'web' }, { clientName: 'web' }],
    [{ connectTimeout: 5 }, { connectTimeout: 5 }],
    [{ commandTimeout: 5 }, { commandTimeout: 5, disconnectAfter: 5 }],
    [{ disconnectAfter: 5 }, { disconnectAfter: 5 }],
    [{ queue: 5 }, { queueCommands: 5, queueBytes: 64 * 1024 * 1024 }],
    [{ queue: { commands: 5 } }, { queueCommands: 5, queueBytes: 64 * 1024 * 1024 }],
    [{ queue: { bytes: 5 } }, { queueCommands: 10_000, queueBytes: 5 }],
    [{ queue: { commands: 1, bytes: 2 } }, { queueCommands: 1, queueBytes: 2 }],
    [{ queue: {} }, { queueCommands: 10_000, queueBytes: 64 * 1024 * 1024 }],
    [{ queue: { commands: undefined } }, { queueCommands: 10_000 }],
    [{ queue: false }, { queueCommands: 0 }],
    [{ backoff: { min: 1, max: 9 } }, { backoffMin: 1, backoffMax: 9 }],
    [{ backoff: { min: 1 } }, { backoffMin: 1 }],
    [{ backoff: { max: 9000 } }, { backoffMax: 9000 }],
    [{ unref: true }, { keepAlive: false }],
    [
      { url: 'redis://u:p@h:1/2' },
      { host: 'h', port: 1, database: 2, username: 'u', password: 'p' },
    ],
    [
      { url: 'redis://h', db: 2, pass: 'p' },
      { host: 'h', database: 2, password: 'p' },
    ],
    [
      { url: 'redis://u:p@h:1/2', db: '3', password: 'q' },
      { host: 'h', port: 1, database: 3, username: 'u', password: 'q' },
    ],
    [
      { port: '6380', db: '0', commandTimeout: '700', queue: '5', backoff: { min: '1', max: '9' } },
      {
        port: 6380,
        database: 0,
        commandTimeout: 700,
        queueCommands: 5,
        backoffMin: 1,
        backoffMax: 9,
      },
    ],
    [
      { url: 'unix:/r.sock', commandTimeout: 7 },
      { socket: '/r.sock', commandTimeout: 7 },
    ],
  ])('makes of %j %j', (options, expected) => {
    const got = read(options);
    expect(got).toMatchObject(expected);
    expect(Object.keys(got).sort()).toEqual(Object.keys(defaults).sort());
  });

  test('keeps the smaller bound of the backoff below the larger one', () => {
    const small = read({ backoff: { max: 10 } });
    expect(small.backoffMax).toBe(10);
    expect(small.backoffMin).toBeLessThanOrEqual(10);
    const large = read({ backoff: { min: 9000 } });
    expect(large.backoffMin).toBe(9000);
    expect(large.backoffMax).toBeGreaterThanOrEqual(9000);
    expect(() => read({ backoff: { min: 10, max: 9 } })).toThrow(/backoff/);
  });

  test('refuses the same thing said twice', () => {
    for (const twice of [
      { db: 1, database: 1 },
      { pass: 'a', password: 'a' },
      { socket: '/a', path: '/a' },
    ]) {
      expect(() => read(twice)).toThrow(TypeError);
    }
  });

  test('does not change what it is given', () => {
    const options = Object.freeze({ port: 1, backoff: Object.freeze({ min: 1 }) });
    read(options);
    expect(options).toEqual({ port: 1, backoff: { min: 1 } });
  });

  test('does not take names of Object.prototype for options', () => {
    for (const name of ['constructor', 'toString', 'hasOwnProperty']) {
      expect(() => read({ [name]: 1 })).toThrow(name);
    }
    expect(() => read(JSON.parse('{"__proto__": 1}'))).toThrow(/__proto__/);
  });
});

describe('readClientOptions with a URL and options', () => {
  test('takes both, and the options win', () => {
    const options = { password: 'q', db: 3 };
    const expected = { host: 'h', username: 'u', password: 'q', database: 3 };
    expect(readClientOptions('redis://u:p@h/1', options)).toMatchObject(expected);
    expect(readClientOptions(new URL('redis://u:p@h/1'), options)).toMatchObject(expected);
    expect(readClientOptions({ url: 'redis://u:p@h/1', ...options })).toMatchObject(expected);
  });

  test('takes an undefined url for none', () => {
    expect(readClientOptions(undefined, { port: 1 })).toMatchObject({ port: 1 });
    expect(readClientOptions({ url: undefined })).toEqual(readClientOptions());
    expect(readClientOptions('redis://h', undefined)).toMatchObject({ host: 'h' });
  });

  test.each([
    ['two objects', [{ port: 1 }, { db: 1 }], /createClient\(url, options\)/],
    ['two URLs', ['redis://h', { url: 'redis://h' }], /url/],
    ['a number beside a URL', ['redis://h', 3], /createClient\(url, options\)/],
    ['null beside a URL', ['redis://h', null], /createClient\(url, options\)/],
    ['a host beside a URL', ['redis://h', { host: 'h' }], /url.*host/],
  ])('refuses %s', (_, args, message) => {
    expect(() => readClientOptions(...args)).toThrow(message);
  });
});

describe('splitStoreOptions', () => {
  test('gives each option of the store its default', () => {
    expect(splitStoreOptions({})).toEqual({
      session: {
        prefix: 'sess:',
        ttl: 86_400,
        disableTTL: false,
        disableTouch: false,
        touchAfter: 0,
        scanCount: 100,
        concurrencyMerge: false,
        serializer: JSON,
      },
      connection: {},
    });
  });

  test('parts what is about sessions from what is about the connection', () => {
    const given = { prefix: 'a:', ttl: false, port: 1, nonsense: true, scanCount: undefined };
    const { session, connection } = splitStoreOptions(given);
    expect(session).toMatchObject({ prefix: 'a:', ttl: false, scanCount: 100 });
    expect(connection).toEqual({ port: 1, nonsense: true });
  });

  test.each([
    ['ttl', '60', 60],
    ['touchAfter', '5', 5],
    ['scanCount', '100', 100],
  ])('takes a string of digits for %s, as environment variables are', (name, given, expected) => {
    expect(splitStoreOptions({ [name]: given }).session[name]).toBe(expected);
  });

  test('takes an empty prefix', () => {
    expect(splitStoreOptions({ prefix: '' }).session.prefix).toBe('');
  });
});
