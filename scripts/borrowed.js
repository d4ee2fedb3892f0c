'use strict';

// Runs the cases of test/borrowed over the clients of other packages, and writes docs/borrowed.md.

const fs = require('node:fs');
const path = require('node:path');

const { buildAddon } = require('./build');
const { ROOT, ensureNpmPackages, ensureTools, runMain } = require('./setup');

runMain(async () => {
  ensureNpmPackages();
  ensureTools('redis-server');
  buildAddon();
  const { FILE, runEverything, write } = require(path.join(ROOT, 'test', 'borrowed', 'table'));
  const rows = await runEverything(
    (/** @type {string} */ client, /** @type {string} */ title, /** @type {any} */ error) =>
      process.stdout.write(`${client}: no: ${title}\n    ${error?.message}\n`),
  );
  fs.writeFileSync(FILE, write(rows));
});
