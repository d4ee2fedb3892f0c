'use strict';

// The README's examples, run as they stand.

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const consumers = require('node:stream/consumers');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { until } = require('../helpers/until');
const { useRedis } = require('../helpers/use-redis');

const ROOT = path.join(__dirname, '../..');
// By TCP: clients of others take no URL of a unix socket.
const redis = useRedis({ tcp: true });

const readme = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8');
const examples = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);

function start(code, environment = {}) {
  // From the repository's folder the package's own name leads to itself.
  const child = spawn(process.execPath, ['-e', code], {
    cwd: ROOT,
    env: { ...process.env, REDIS_URL: redis.server.url, SESSION_SECRET: 'test', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.setEncoding('utf8');
  return child;
}

/** GET / of the application; resolves when it listens, too. */
async function visit(socketPath, headers = {}, where = '/') {
  for (;;) {
    try {
      const request = http.get({ socketPath, path: where, headers });
      const [response] = await once(request, 'response');
      return {
        status: response.statusCode,
        body: await consumers.text(response),
        cookies: response.headers['set-cookie'],
      };
    } catch (error) {
      if (!['ECONNREFUSED', 'ENOENT'].includes(error.code)) throw error;
    }
  }
}

test('the quick start counts the visits of one visitor', async () => {
  // Not a port, which another test may take before the application does.
  const socket = path.join(redis.server.dir, 'application.sock');
  const app = start(examples[0], { PORT: socket });
  try {
    const { body, cookies } = await visit(socket);
    expect(body).toBe('Visit number 1');
    const second = await visit(socket, { cookie: cookies[0].split(';')[0] });
    expect(second.body).toBe('Visit number 2');
    await expect(redis.admin.keys('sess:*')).resolves.toHaveLength(1);
  } finally {
    app.kill();
    await once(app, 'exit');
  }
});

test('the example with Promises prints what it stored, and ends by itself', async () => {
  const child = start(examples[1]);
  let output = '';
  child.stdout.on('data', (text) => (output += text));
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  expect(output).toContain("user: 'ann'");
  expect(output).toContain('1 session');
  await expect(redis.admin.keys('shop:*')).resolves.toEqual([]);
});

test('the example of a shutdown answers for its readiness, and ends in good order', async () => {
  const socket = path.join(redis.server.dir, 'shutdown.sock');
  const app = start(examples[2], { PORT: socket });
  await until(async () => (await visit(socket, {}, '/healthz')).status === 200);
  app.kill('SIGTERM');
  await expect(once(app, 'exit')).resolves.toEqual([0, null]);
});

test('the lines of the switch from connect-redis keep a visitor logged in, and those of the switch back', async () => {
  const [[, diff]] = readme.matchAll(/^```diff\n(.*?)^```$/gms);
  const lines = diff.trimEnd().split('\n');
  const side = (left) => lines.filter((line) => line[0] !== left).map((line) => line.slice(1));
  // `await` as it stands there is for modules.
  const script = (left, work) => `(async () => {
    ${side(left).join('\n')}
    const done = (error, session) => { console.log(error ?? session.user); process.exit(); };
    ${work}
  })();`;
  const writes =
    "store.set('visitor', { cookie: {}, user: 'ann' }, (error) => done(error, { user: 'written' }));";
  const reads = "store.get('visitor', done);";
  const outputOf = async (code) => {
    const child = start(code);
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    await once(child, 'close');
    return output.trim();
  };
  const [theirs, ours] = ['+', '-'];
  await expect(outputOf(script(theirs, writes))).resolves.toBe('written');
  await expect(outputOf(script(ours, reads))).resolves.toBe('ann');
  await expect(outputOf(script(ours, writes))).resolves.toBe('written');
  await expect(outputOf(script(theirs, reads))).resolves.toBe('ann');
});

test('no example of the README is left out here', () => {
  expect(examples).toHaveLength(3);
  expect(readme.match(/^```diff$/gm)).toHaveLength(1);
});

test('each claim leads to a file that is there', () => {
  const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => link);
  expect(links.length).toBeGreaterThan(15);
  expect(links.filter((link) => !fs.existsSync(path.join(ROOT, link)))).toEqual([]);
});
