'use strict';

// `node scripts/servers/start.js valkey-8.1 cluster`: starts that server so, to try something by
// hand, until it is interrupted. It leaves nothing behind.

const { ensureNpmPackages, ensureTools, runMain, SetupError } = require('../setup');
const { choose } = require('./choice');
const { DEPLOYMENTS, versionOf } = require('./deployments');
const { obtain } = require('./obtain');
const { VERSIONS } = require('./versions');

/** @param {string} line */
const say = (line) => process.stdout.write(`${line}\n`);

/** @returns {Promise<unknown>} when this process is told to end */
const interrupted = () =>
  new Promise((resolve) => {
    const forever = setInterval(() => {}, 2 ** 30); // the servers do not keep the process alive
    const end = () => resolve(clearInterval(forever));
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, end);
  });

runMain(async () => {
  const [id, kind = 'single', ...rest] = process.argv.slice(2);
  if (id === undefined || rest.length > 0) {
    throw new SetupError('Usage: node scripts/servers/start.js SERVER [DEPLOYMENT]');
  }
  const [version] = choose(VERSIONS, [id]);
  const [deployment] = choose(DEPLOYMENTS, [kind]);
  ensureNpmPackages();
  ensureTools('openssl');
  const { server, addresses, stop } = await deployment.start(await obtain(version));
  try {
    say(`${version.name} (${await versionOf(server)}), ${deployment.name}:`);
    for (const address of addresses) say(`  ${address}`);
    await interrupted();
  } finally {
    await stop();
  }
});
