'use strict';

// `npm run soak -- --minutes 10`: stores under load while their server is broken in every way, see
// test/soak/main.js. `--seed` repeats the faults of an earlier run.

const path = require('node:path');

const { buildAddon } = require('./build');
const { show } = require('./run');
const { ROOT, ensureNpmPackages, ensureTools, runMain } = require('./setup');

/**
 * @param {...string} args
 * @returns {Promise<boolean>} whether all was well
 */
async function runSoak(...args) {
  ensureNpmPackages();
  ensureTools('redis-server');
  buildAddon();
  return show(process.execPath, [path.join(ROOT, 'test', 'soak', 'main.js'), ...args]);
}

module.exports = { runSoak };

if (require.main === module) {
  runMain(async () => {
    if (!(await runSoak(...process.argv.slice(2)))) process.exitCode = 1;
  });
}
