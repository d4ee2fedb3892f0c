'use strict';

// `npm run test:servers`: the store on each server that it supports, in each deployment, and a
// table of what ran. `-- valkey-8.1 redis-8.0` only these servers; `-- --deployment cluster` only
// this deployment; `-- --available`: a server that cannot be had is left out, which fails otherwise.

const { parseArgs } = require('node:util');

const { buildAddon } = require('../build');
const { format } = require('../reports');
const { ensureNpmPackages, ensureTools, runMain } = require('../setup');
const { choose } = require('./choice');
const { DEPLOYMENTS } = require('./deployments');
const { runServers } = require('./run');
const { summarize } = require('./summary');
const { VERSIONS } = require('./versions');

runMain(async () => {
  const { values, positionals } = parseArgs({
    options: {
      available: { type: 'boolean', default: false },
      deployment: { type: 'string', multiple: true, default: [] },
    },
    allowPositionals: true,
  });
  const versions = choose(VERSIONS, positionals);
  const deployments = choose(DEPLOYMENTS, values.deployment);
  ensureNpmPackages();
  ensureTools('openssl');
  buildAddon();
  const results = await runServers({ versions, deployments, available: values.available });
  const count = summarize(results);
  process.stdout.write(`${format(count)}\n`);
  if (count.failed > 0) process.exitCode = 1;
});
