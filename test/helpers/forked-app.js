'use strict';

// An application in a process of its own: for packages that Jest cannot load.

const { fork } = require('node:child_process');
const { once } = require('node:events');
const { served } = require('./counter-app');
const { PATIENCE } = require('./patience');

/**
 * Runs a script that gets `options` as JSON in its first argument, sends its URL when it listens,
 * and ends by itself once it is disconnected.
 * @param {string} file
 * @param {object} options
 */
async function forkApp(file, options) {
  const child = fork(file, [JSON.stringify(options)], {
    execArgv: [],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const exited = once(child, 'exit');
  const died = exited.then(([code, signal]) => {
    throw new Error(`${file} ended with ${signal ?? `code ${code}`} before it listened`);
  });
  const [url] = await Promise.race([once(child, 'message'), died]);
  return served(url, async () => {
    if (child.connected) child.disconnect();
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    const [code, signal] = await exited;
    clearTimeout(timer);
    if (code !== 0) throw new Error(`${file} ended with ${signal ?? `code ${code}`}`);
  });
}

module.exports = { forkApp };
