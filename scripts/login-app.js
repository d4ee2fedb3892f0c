'use strict';

// Runs the example application as a process of its own: for the demo and the browser test.

const { spawn } = require('node:child_process');
const path = require('node:path');

const { Guard } = require('./guard');
const { ROOT } = require('./setup');

const START_TIMEOUT = 20_000;
const STOP_TIMEOUT = 10_000;

/**
 * Starts examples/login-app. Resolves when it listens.
 * @param {{ redisUrl: string, secret: string, port?: number }} options port 0: a free one
 */
async function startApp({ redisUrl, secret, port = 0 }) {
  const child = spawn(process.execPath, [path.join(ROOT, 'examples', 'login-app', 'server.js')], {
    env: { ...process.env, REDIS_URL: redisUrl, SESSION_SECRET: secret, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const guard = new Guard();
  guard.watch(child.pid);
  /** @type {Promise<string>} how it ended */
  const ended = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`));
    child.once('error', (error) => resolve(error.message));
  });
  ended.then(() => {
    guard.watch(undefined);
    return guard.end();
  });

  let output = '';
  /** @type {Promise<string>} */
  const listening = new Promise((resolve) => {
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const url = /^listening on (\S+) /m.exec(output)?.[1];
      if (url) resolve(url);
    });
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT);
  const url = await Promise.race([listening, ended.then(() => undefined)]);
  clearTimeout(timer);
  if (!url) throw new Error(`the application did not start: it ended with ${await ended}`);

  return {
    url,
    pid: /** @type {number} */ (child.pid),
    port: Number(new URL(url).port),
    ended,
    /** Ends it as a deployment would. Resolves with how it ended; safe to call twice. */
    async stop() {
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT);
      child.kill('SIGTERM');
      const how = await ended;
      clearTimeout(late);
      return how;
    },
  };
}

module.exports = { startApp };
