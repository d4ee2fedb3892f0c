'use strict';

// `npm run soak -- --minutes 10`: stores under load while their server is broken in every way, see
// test/soak/main.js. `--seed` repeats the faults of an earlier run.

const { spawnSync } = require('node:child_process');
const path = require('node:path');

const { buildAddon } = require('./build');
const { ROOT, ensureNpmPackages, ensureTools, runMain } = require('./setup');

runMain(() => {
  ensureNpmPackages();
  ensureTools('redis-server');
  buildAddon();
  const main = path.join(ROOT, 'test', 'soak', 'main.js');
  const { status } = spawnSync(process.execPath, [main, ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
});
