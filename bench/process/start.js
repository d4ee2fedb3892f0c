'use strict';

// A fresh process that does one get: `node start.js SUBJECT SERVER`, where the server is JSON.

const { promisify } = require('node:util');

const { SUBJECTS } = require('../subjects');

const [subject, server] = process.argv.slice(2);

async function main() {
  // All of them need it, whatever the store.
  require('express-session');
  const cpuBefore = process.cpuUsage();
  const since = performance.now();
  const { open } = /** @type {any} */ (SUBJECTS[subject]);
  const { store, promises, close } = await open(JSON.parse(server));
  const session = promises
    ? await store.get('nobody')
    : await promisify(store.get).call(store, 'nobody');
  if (session) throw new Error('a session from nowhere');
  const answered = performance.now() - since;
  const { user, system } = process.cpuUsage(cpuBefore);
  const { rss } = process.memoryUsage();
  await close();
  const figures = { answered, cpu: (user + system) / 1000, rss };
  process.stdout.write(JSON.stringify(figures), () => process.exit());
}

main();
