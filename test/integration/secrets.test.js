'use strict';

// Nothing that an application can log holds a password, the id of a session or anything of one.

const path = require('node:path');
const { runScript } = require('../helpers/child');
const { PATIENCE } = require('../helpers/patience');
const { startRedis } = require('../helpers/redis-server');
const { connectAdmin } = require('../helpers/use-redis');
const { USERNAME, WORD } = require('./fixtures/secrets/planted');

const forms = [
  WORD,
  encodeURIComponent(WORD),
  Buffer.from(WORD).toString('base64').slice(0, 8),
  // As Buffers show themselves, inspected and as JSON.
  Buffer.from(WORD).toString('hex').match(/../g).join(' '),
  [...Buffer.from(WORD)].join(','),
];

/** What this server says itself of a user who lacks a permission: some name that user. */
async function refusal() {
  const server = await startRedis();
  try {
    const admin = await connectAdmin(server);
    await admin.sendCommand(['ACL', 'SETUSER', USERNAME, 'on', 'nopass', '+@connection']);
    const user = await connectAdmin(server, { username: USERNAME, password: 'any' });
    const error = await user.sendCommand(['GET', 'a']).catch((refused) => refused);
    for (const each of [user, admin]) each.destroy();
    return error.message;
  } finally {
    await server.stop();
  }
}

/** The part of it that names the user, or nothing. */
let named;
beforeAll(async () => {
  [named] = (await refusal()).match(`User ${USERNAME} has no permissions`) ?? [];
});

/** The lines with secrets in them, and what was around. */
const found = (lines) =>
  lines.flatMap((line, n) => {
    const rest = named === undefined ? line : line.replaceAll(named, '');
    return forms.some((form) => rest.includes(form))
      ? [lines.slice(Math.max(0, n - 3), n + 2)]
      : [];
  });

describe('whatever fails', () => {
  let ran;
  beforeAll(async () => {
    ran = await runScript(path.join(__dirname, 'fixtures', 'secrets.js'), {
      env: { NODE_DEBUG: 'connect-hiredis' },
      timeout: 2 * PATIENCE,
    });
  });

  test('did fail, and was shown', () => {
    expect(ran).toMatchObject({ code: 0, signal: null });
    expect(ran.lines.length).toBeGreaterThan(1000);
    expect(ran.lines.filter((line) => line.startsWith('DID NOT FAIL'))).toEqual([]);
    expect(JSON.parse(ran.lines.at(-1))).toEqual(
      expect.arrayContaining([
        'ECONNREFUSED',
        'ECONNRESET',
        'ERR_INVALID_ARG_TYPE',
        'ERR_REDIS_CLOSED',
        'ERR_REDIS_CREDENTIALS',
        'ERR_REDIS_PROTOCOL',
        'ERR_REDIS_QUEUE_FULL',
        'ERR_REDIS_REPLY ERR',
        'ERR_REDIS_REPLY LOADING',
        'ERR_REDIS_REPLY NOPERM',
        'ERR_REDIS_REPLY OOM',
        'ERR_REDIS_REPLY READONLY',
        'ERR_REDIS_REPLY WRONGPASS',
        'ERR_REDIS_REPLY WRONGTYPE',
        'ERR_REDIS_TIMEOUT',
        'ERR_SESSION_PARSE',
        'ERR_SESSION_SERIALIZE',
        'ETIMEDOUT',
      ]),
    );
  });

  test('no error, no object and no message of a channel tells a secret', () => {
    expect(found(ran.lines)).toEqual([]);
  });

  test('nor does NODE_DEBUG, or a warning', () => {
    const lines = ran.stderr.split('\n');
    for (const event of ['connect', 'ready', 'error: ', 'disconnect', 'close']) {
      expect(
        lines.some((line) => /^CONNECT-HIREDIS \d+: /.test(line) && line.includes(event)),
      ).toBe(true);
    }
    expect(ran.stderr).toMatch(/an operation without a callback failed/);
    expect(found(lines)).toEqual([]);
  });
});
