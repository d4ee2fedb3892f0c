'use strict';

// Addresses at the edge of what can be reached, and what is said about those that cannot.

const dns = require('node:dns');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { inspect } = require('node:util');
const { RedisStore, createClient } = require('../..');
const { startScriptedServer } = require('../helpers/scripted-server');

/** The error of constructing; what was made after all is closed again. */
function refusal(construct) {
  let made;
  try {
    made = construct();
  } catch (error) {
    return error;
  }
  made.on('error', () => {});
  made.close();
  return undefined;
}

const ways = [
  ['createClient', (options) => createClient(options)],
  ['RedisStore', (options) => new RedisStore(options)],
];

describe('the path of a unix socket', () => {
  let dir;
  beforeAll(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hiredis-'))));
  afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

  const pathOf = (bytes) => path.join(dir, 's'.repeat(bytes - Buffer.byteLength(dir) - 1));

  test.each([105, 106])('of %d bytes is connected to', async (bytes) => {
    const socket = pathOf(bytes);
    expect(Buffer.byteLength(socket)).toBe(bytes);
    const server = await startScriptedServer({ socket });
    try {
      // hiredis takes memory for it as others left it: not once, but each time.
      for (let n = 0; n < 20; n++) {
        const client = createClient(n % 2 ? { socket } : `unix:${socket}`);
        const event = await new Promise((resolve) => {
          client.once('ready', () => resolve('ready'));
          client.once('error', (error) => resolve(error.code));
        });
        await client.close();
        expect(event).toBe('ready');
      }
    } finally {
      await server.close();
    }
  });

  test.each(ways)('of 107 bytes is refused by name by %s', (_, construct) => {
    const socket = pathOf(107);
    const names = [
      [{ socket }, '"socket"'],
      [{ path: socket }, '"path"'],
      [{ url: `unix:${socket}` }, '"url (socket)"'],
    ];
    for (const [options, name] of names) {
      const error = refusal(() => construct(options));
      expect(error).toBeInstanceOf(TypeError);
      expect(error.code).toBe('ERR_INVALID_ARG_TYPE');
      expect(error.message).toContain(`${name} option must be a path of at most 106 bytes`);
    }
  });

  test('counts in bytes, not in letters', () => {
    const socket = `/${'é'.repeat(53)}`;
    expect(refusal(() => createClient({ socket }))).toBeInstanceOf(TypeError);
    expect(refusal(() => createClient({ socket: socket.slice(0, -1) }))).toBeUndefined();
  });
});

describe('a url with a password that should have been escaped', () => {
  // And what of the password must not be told.
  const urls = [
    ['redis://user:12?ss@host:1', /12|ss@/],
    ['redis://:a#b@host', /a#|b@/],
    ['redis://user:12#tail@host:1', /12|tail/],
    ['redis://user:12?tail@host:1', /12|tail/],
    ['redis://user:12?db=tail@host:1', /12|tail/],
    ['redis://user:12/tail@host:1', /12|tail/],
    ['redis://user:tail?x=1@host:1', /tail/],
    ['redis://user:head/tail@host:1', /head|tail/],
    ['redis://user:head#tail@host:1', /head|tail/],
    ['redis://user:head%tail@host:1', /head|tail/],
    ['redis://user:head@tail@host:port', /head|tail/],
    ['unix://user:12?tail@/run/redis.sock', /12|tail/],
    ['unix:/run/redis.sock#tail', /tail/],
    ['rediss://user:head?tail@host:1', /head|tail/],
  ];

  test.each(ways)('is refused by %s without telling any part of it', (_, construct) => {
    for (const [url, parts] of urls) {
      for (const given of [url, URL.canParse(url) && new URL(url)].filter(Boolean)) {
        const error = refusal(() => construct({ url: given }));
        expect([url, error?.code]).toEqual([url, 'ERR_INVALID_ARG_TYPE']);
        const shown = inspect({ ...error, message: error.message, cause: error.cause });
        expect(shown).not.toMatch(parts);
      }
    }
  });
});

test.each(['redis:6379', 'redis:/6379', 'valkey:6379', 'redis:'])(
  '%s, of which nobody knows what it means, is refused',
  (url) => {
    expect(refusal(() => createClient(url))).toMatchObject({
      code: 'ERR_INVALID_ARG_TYPE',
      message: expect.stringContaining('no //'),
    });
  },
);

test('redis:// alone, and with a database, means the default server', () => {
  expect(refusal(() => createClient('redis://'))).toBeUndefined();
  expect(refusal(() => createClient('redis:///2'))).toBeUndefined();
});

test('a name that nobody knows has the code that Node gives it', async () => {
  const host = 'no-such-host.invalid';
  // ENOTFOUND; EAI_AGAIN where there is nobody to ask.
  const { code } = await dns.promises.lookup(host).catch((error) => error);
  const client = createClient({ host });
  const error = await new Promise((resolve) => client.once('error', resolve));
  await client.close();
  expect(error).toMatchObject({ code, syscall: 'getaddrinfo' });
  expect(error.message).toContain(code);
});
