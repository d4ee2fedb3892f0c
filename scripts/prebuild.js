'use strict';

// `npm run prebuild -- linux-x64-glibc`: builds the addon for a platform into prebuilds/, from
// where `npm run pack` takes it, and checks that it needs no more than that platform has.

const fs = require('node:fs');
const path = require('node:path');

const { binaryOf, faultsOf, floorOf } = require('./binary');
const { dropForeignCache } = require('./build');
const { buildPresets } = require('./run');
const { ROOT, SetupError, ensureNpmPackages, ensureTools, runMain } = require('./setup');
const { TARGETS, buildableTargets } = require('./targets');
const { zigEnvironment } = require('./zig');

/**
 * Builds the addon for a platform unless it is up to date.
 * @param {string} target
 * @param {import('./run').Options} [options]
 * @returns {Promise<string>} the binary's path
 */
async function prebuild(target, options) {
  const { tools, compiler, host, machine } = TARGETS[target];
  if (host !== process.platform) {
    throw new SetupError(`${target} can be built on ${host} only; this is ${process.platform}.`);
  }
  ensureNpmPackages();
  ensureTools('cmake', 'make', ...tools, ...(machine ? ['readelf'] : []));
  const env = compiler === 'zig' ? zigEnvironment(target) : process.env;
  const file = binaryOf(target);
  if (!fs.existsSync(file)) process.stdout.write(`prebuild: compiling for ${target}\n`);
  dropForeignCache(path.join(ROOT, 'build', 'prebuild', target));
  await buildPresets([`prebuild-${target}`], { ...options, env });
  const faults = faultsOf(target);
  if (faults.length === 0) return file;
  // Nobody may pack it.
  fs.rmSync(file);
  throw new SetupError(`The binary for ${target} ${faults.join(', ')}.`);
}

/** @param {string} target */
function describe(target) {
  const kilobytes = Math.round(fs.statSync(binaryOf(target)).size / 1000);
  const glibc = target.endsWith('-glibc') ? `, glibc ${floorOf(target)} or later` : '';
  return `${path.relative(ROOT, binaryOf(target))}: ${kilobytes} kB${glibc}`;
}

module.exports = { prebuild };

if (require.main === module) {
  runMain(async () => {
    const targets = process.argv.slice(2);
    const unknown = targets.filter((name) => !Object.hasOwn(TARGETS, name));
    const possible = `Here can be built: ${buildableTargets().join(', ')}.`;
    if (unknown.length > 0) throw new SetupError(`Unknown: ${unknown.join(', ')}. ${possible}`);
    // No mistake: npm, unless its settings forbid it, runs a script of this name before `build`.
    if (targets.length === 0) process.stdout.write(`prebuild: nothing named. ${possible}\n`);
    for (const target of targets) {
      await prebuild(target);
      process.stdout.write(`prebuild: ${describe(target)}\n`);
    }
  });
}
