'use strict';

// Runs the cases of test/conformance against three stores and writes docs/conformance.md. With
// --defects: the cases of test/defects against the packages that they were seen in, for which npm
// installs some into a temporary folder, and docs/defects.md.

const fs = require('node:fs');
const path = require('node:path');

const { buildAddon } = require('./build');
const { ROOT, ensureNpmPackages, ensureTools, runMain } = require('./setup');
const { startRedis } = require('../test/helpers/redis-server');

/** @param {string} file below test/, whose types are its own business @returns {any} */
const load = (file) => require(path.join(ROOT, 'test', file));

async function conformance() {
  const { FILE, loadSubjects, runAll, write } = load('conformance/table');
  const cases = load('conformance/cases');
  const { connectAdmin } = load('helpers/use-redis');
  const server = await startRedis();
  try {
    const admin = await connectAdmin(server);
    const subjects = loadSubjects();
    const results = new Map();
    for (const [name, subject] of subjects) {
      const outcomes = await runAll(subject, { server, admin });
      results.set(name, outcomes);
      for (const [index, { verdict, error }] of outcomes.entries()) {
        if (verdict !== 'no') continue;
        process.stdout.write(`${name}: no: ${cases[index].title}\n    ${error?.message}\n`);
      }
    }
    admin.destroy();
    fs.writeFileSync(FILE, write(subjects, results));
  } finally {
    await server.stop();
  }
}

runMain(async () => {
  ensureNpmPackages();
  ensureTools('redis-server');
  buildAddon();
  if (process.argv.includes('--defects')) await load('defects/against').writePage();
  else await conformance();
});
