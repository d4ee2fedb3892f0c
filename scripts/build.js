'use strict';

// Builds the addon: `npm run build`, or `npm run build:debug` for a Debug build.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const {
  ROOT,
  SetupError,
  ensureNpmPackages,
  ensureTools,
  npmCommand,
  runMain,
} = require('./setup');

const BUILD = path.join(ROOT, 'build');

/**
 * @param {string} folder in which CMake builds
 * @param {string} name of an entry of its cache
 */
function cached(folder, name) {
  const cache = path.join(folder, 'CMakeCache.txt');
  if (!fs.existsSync(cache)) return undefined;
  return new RegExp(`^${name}:\\w+=(.*)$`, 'm').exec(fs.readFileSync(cache, 'utf8'))?.[1];
}

/**
 * CMake refuses a build folder that was copied or moved here with its repository.
 * @param {string} folder
 */
function dropForeignCache(folder) {
  const home = cached(folder, 'CMAKE_HOME_DIRECTORY');
  if (home === undefined || path.resolve(home) === ROOT) return;
  fs.rmSync(path.join(folder, 'CMakeCache.txt'));
  fs.rmSync(path.join(folder, 'CMakeFiles'), { recursive: true, force: true });
}

/**
 * Runs cmake-js silently; its log is shown only if it fails.
 * @param {string[]} args
 */
function cmakeJs(...args) {
  const { status, signal, error, stdout, stderr } = spawnSync(
    npmCommand('cmake-js'),
    [...args, '--directory', ROOT],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 256 * 1024 * 1024 },
  );
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  const why = error?.message ?? signal ?? `exit code ${status}`;
  throw new SetupError(`The addon could not be built: cmake-js ${args[0]} failed (${why}).`);
}

/**
 * Builds the addon unless it is up to date.
 * @param {{ debug?: boolean }} [options]
 * @returns {string} the addon's path
 */
function buildAddon({ debug = false } = {}) {
  ensureNpmPackages();
  ensureTools('cmake', 'make', 'c++');
  dropForeignCache(BUILD);
  const config = debug ? 'Debug' : 'Release';
  const addon = path.join(BUILD, config, 'connect_hiredis.node');
  const before = fs.existsSync(addon) ? fs.statSync(addon).mtimeMs : 0;
  if (!before) {
    process.stdout.write(`build: compiling the addon (${config}), which takes about a minute\n`);
  }
  // Not `cmake-js compile`: when a build fails it removes the whole build folder, the core's
  // tests and all reports included, only to fail a second time. Configuring each time costs
  // little, and sees another Node, another configuration and a configuration that failed before.
  // CMake insists on the generator that it had, and cmake-js would choose anew.
  const generator = cached(BUILD, 'CMAKE_GENERATOR');
  cmakeJs('configure', '--config', config, ...(generator ? ['--generator', generator] : []));
  cmakeJs('build', '--config', config, '--parallel', String(os.availableParallelism()));
  if (!fs.existsSync(addon)) {
    throw new SetupError(`The build succeeded, but ${path.relative(ROOT, addon)} is not there.`);
  }
  if (before && fs.statSync(addon).mtimeMs !== before) {
    process.stdout.write(`build: compiled the addon anew (${config})\n`);
  }
  return addon;
}

module.exports = { buildAddon, dropForeignCache };

if (require.main === module) {
  runMain(() => {
    const addon = buildAddon({ debug: process.argv.includes('--debug') });
    process.stdout.write(`build: ${path.relative(ROOT, addon)}\n`);
  });
}
