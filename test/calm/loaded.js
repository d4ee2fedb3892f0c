'use strict';

// Starts a process under load and asks it how it is: see fixtures/loaded.js. A process of its own
// measures better than Jest's, and shares nothing with the one that breaks the servers.

const { fork } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');

const FIXTURE = path.join(__dirname, 'fixtures', 'loaded.js');

/**
 * @param {{ loads: { options: object, rate: number, keys?: number, name?: string,
 *   kinds?: string[], isGivenCredentials?: boolean }[], seed: number, credentials?: object }} what
 *   `options` are those of a RedisStore, the rest those of Load; `credentials` is what the function
 *   of this name gives, until asked to give something else
 * @param {{ file?: string, nodeArgs?: string[], env?: object }} [how] another fixture that answers as this does
 */
async function startLoaded(what, { file = FIXTURE, nodeArgs = [], env = {} } = {}) {
  const child = fork(file, [JSON.stringify(what)], {
    // Else helpers of the garbage collector that the machine has no processor for would count as
    // delays of the event loop.
    execArgv: ['--single-threaded-gc', ...nodeArgs],
    // Of Jest's own environment nothing that changes how Node behaves.
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  });
  const waiting = new Map();
  let ids = 0;
  child.on('message', ({ id, result, error }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error) reject(new Error(error));
    else resolve(result);
  });
  const exited = once(child, 'exit').then(([code, signal]) => {
    for (const { reject } of waiting.values()) {
      reject(new Error(`the process under load ended with ${signal ?? `code ${code}`}`));
    }
    waiting.clear();
    return { code, signal };
  });
  const answer = (id) =>
    new Promise((resolve, reject) => {
      if (child.connected) waiting.set(id, { resolve, reject });
      else reject(new Error('the process under load has ended'));
    });
  const begun = answer(0);
  const ask = (name, argument) => {
    const asked = answer(++ids);
    if (child.connected) child.send({ id: ids, name, argument });
    return asked;
  };
  await begun;

  return {
    pid: child.pid,
    ask,
    /** Ends the load, compares with what is stored at `url`, and gives what became of it. */
    async finish(url) {
      await ask('stop');
      if (url) await ask('judge', url);
      const reports = await ask('report');
      await ask('close');
      return reports;
    },
    /** Safe to call at any time. */
    async end() {
      if (child.connected) child.disconnect();
      return exited;
    },
  };
}

module.exports = { startLoaded };
