'use strict';

// The examples under "After" on the pages of docs/switching, run as they stand: on sessions that the
// earlier store has left in Redis.

const crypto = require('node:crypto');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');
const { versions, call } = require('../helpers/connect-redis-versions');
const { ROOT, examples, readPage } = require('../helpers/markdown');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis({ tcp: true });

const SECRET = 'the secret of the earlier application';
const FOLDER = 'docs/switching';

const pages = Object.fromEntries(
  fs
    .readdirSync(path.join(ROOT, FOLDER))
    .map((name) => [name.replace('.md', ''), examples(readPage(`${FOLDER}/${name}`))]),
);

/** An application's routes, as each of its users has their own. */
const ROUTES = `
app.get('/visit', (req, res) => {
  req.session.visits = (req.session.visits ?? 0) + 1;
  res.json({ user: req.session.user ?? null, visits: req.session.visits });
});
app.use((error, req, res, next) => res.status(500).json({ code: error.code }));
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

/** Runs an example, with what its user would put after it. */
function start(code, after = '') {
  const type = /^import /m.test(code) ? 'module' : 'commonjs';
  // From the repository's folder the package's own name leads to itself.
  const child = spawn(process.execPath, [`--input-type=${type}`, '-e', code + after], {
    cwd: ROOT,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      REDIS_URL: redis.server.url,
      REDIS_PORT: String(redis.server.port),
      REDIS_PORTS: String(redis.server.port),
      SESSION_SECRET: SECRET,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = readline.createInterface({ input: child.stdout });
  let problems = '';
  child.stderr.on('data', (text) => (problems += text));
  const ended = once(child, 'close').then(([code_]) => ({ code: code_, problems }));
  redis.track({
    async close() {
      child.kill();
      await ended;
    },
  });
  return { lines, ended };
}

/** Serves an example; gives a request by a visitor with the session `sid`. */
async function serve(code) {
  const { lines, ended } = start(code, ROUTES);
  const died = ended.then(({ problems }) => {
    throw new Error(`The example ended before it served:\n${problems}`);
  });
  const [port] = await Promise.race([once(lines, 'line'), died]);
  return async (sid) => {
    const signature = crypto.createHmac('sha256', SECRET).update(sid).digest('base64');
    const cookie = encodeURIComponent(`s:${sid}.${signature.replace(/=+$/, '')}`);
    const response = await fetch(`http://127.0.0.1:${port}/visit`, {
      headers: { cookie: `connect.sid=${cookie}` },
    });
    return { status: response.status, ...(await response.json()) };
  };
}

/** Lets an example print what `expression` gives. */
async function evaluate(code, expression) {
  const print = `\n(async () => console.log(JSON.stringify(await ${expression})))();`;
  const { lines, ended } = start(code, print);
  const died = ended.then(({ problems }) => {
    throw new Error(`The example ended before it printed:\n${problems}`);
  });
  const [line] = await Promise.race([once(lines, 'line'), died]);
  return JSON.parse(line);
}

/** A session as express-session gives it to any store. */
const session = (fields) => ({
  cookie: {
    originalMaxAge: 60_000,
    expires: new Date(Date.now() + 60_000).toISOString(),
    httpOnly: true,
    path: '/',
  },
  user: 'ann',
  visits: 41,
  ...fields,
});

const store = (key, data, options) =>
  redis.admin.set(key, JSON.stringify(data), { expiration: { type: 'EX', value: 60 }, ...options });

test('each page has the examples that are run here', () => {
  const counts = Object.entries(pages).map(([name, all]) => [name, all.length]);
  expect(Object.fromEntries(counts)).toEqual({
    README: 0,
    'connect-mongo': 1,
    'connect-pg-simple': 1,
    'connect-redis': 3,
    expredis: 1,
    memorystore: 1,
    'red-store': 3,
    'session-file-store': 1,
    'token-session-redis': 1,
  });
});

describe('connect-redis', () => {
  const open = (name) => versions.find(([version]) => version.startsWith(name))[1];

  test.each([
    ['from 7 to 10', 'connect-redis 10', 0, { prefix: 'myapp:' }],
    ['from 4 to 6', 'connect-redis 6 on ioredis', 1, {}],
  ])('the example for versions %s goes on with their sessions', async (_, name, index, options) => {
    const theirs = redis.track(await open(name)(redis.server, options)).store;
    await call(theirs, 'set', 'visitor', session());
    const visit = await serve(pages['connect-redis'][index]);
    await expect(visit('visitor')).resolves.toEqual({ status: 200, user: 'ann', visits: 42 });
    await expect(call(theirs, 'get', 'visitor')).resolves.toMatchObject({ visits: 42 });
  });

  test('the example for version 3 goes on with its sessions, in its database', async () => {
    await redis.admin.select(1);
    try {
      await store('sess:visitor', session());
      const visit = await serve(pages['connect-redis'][2]);
      await expect(visit('visitor')).resolves.toEqual({ status: 200, user: 'ann', visits: 42 });
      expect(JSON.parse(await redis.admin.get('sess:visitor'))).toMatchObject({ visits: 42 });
    } finally {
      await redis.admin.select(0);
    }
  });
});

test.each(['connect-mongo', 'connect-pg-simple', 'memorystore', 'session-file-store'])(
  'the example for %s serves a visitor whose session was copied',
  async (name) => {
    await redis.store().access.set('visitor', session());
    const visit = await serve(pages[name][0]);
    await expect(visit('visitor')).resolves.toEqual({ status: 200, user: 'ann', visits: 42 });
    await expect(redis.store().get('visitor')).resolves.toMatchObject({ visits: 42 });
  },
);

describe('red-store', () => {
  test('the example goes on with its sessions', async () => {
    await store('sessions:visitor', session({ lastModified: 1 }));
    const visit = await serve(pages['red-store'][0]);
    await expect(visit('visitor')).resolves.toEqual({ status: 200, user: 'ann', visits: 42 });
    const stored = JSON.parse(await redis.admin.get('sessions:visitor'));
    expect(stored).toMatchObject({ visits: 42, lastModified: 1 });
  });

  test('the example with Promises prints what it did, and ends by itself', async () => {
    await store('sessions:other', session());
    const { lines, ended } = start(pages['red-store'][1]);
    const printed = [];
    lines.on('line', (line) => printed.push(line));
    await expect(ended).resolves.toEqual({ code: 0, problems: '' });
    expect(printed).toEqual(['ann', 'destroyed: true', 'cleared: 1']);
  });

  test('the example with the serializer takes a tombstone for no session', async () => {
    await redis.admin.set('sessions:visitor', 'TOMBSTONE');
    await store('sessions:other', session());
    const visit = await serve(pages['red-store'][2]);
    await expect(visit('visitor')).resolves.toEqual({ status: 200, user: null, visits: 1 });
    await expect(visit('other')).resolves.toEqual({ status: 200, user: 'ann', visits: 42 });
    await expect(redis.admin.get('sessions:visitor')).resolves.toBe('TOMBSTONE');
  });

  test('without the serializer a tombstone is the error that the page names', async () => {
    await redis.admin.set('sessions:visitor', 'TOMBSTONE');
    const visit = await serve(pages['red-store'][2].replace(', serializer }', ' }'));
    await expect(visit('visitor')).resolves.toEqual({ status: 500, code: 'ERR_SESSION_PARSE' });
    expect(readPage(`${FOLDER}/red-store.md`)).toContain('(`ERR_SESSION_PARSE`)');
  });
});

test('the example for expredis goes on with its sessions', async () => {
  await store('sessionvisitor', session());
  const visit = await serve(pages.expredis[0]);
  await expect(visit('visitor')).resolves.toEqual({ status: 200, user: 'ann', visits: 42 });
  expect(JSON.parse(await redis.admin.get('sessionvisitor'))).toMatchObject({ visits: 42 });
});

test('the example for token-session-redis goes on with its sessions, in its database', async () => {
  await redis.admin.select(1);
  try {
    await store('sess:a-token', { user: 'ann', cookie: { maxAge: 0 } });
    const get = `require('node:util').promisify(sessions.get).call(sessions, 'a-token')`;
    await expect(evaluate(pages['token-session-redis'][0], get)).resolves.toMatchObject({
      user: 'ann',
    });
  } finally {
    await redis.admin.select(0);
  }
});
