'use strict';

// Brings up to date what is measured: the addon, the plain C program, and the addon of
// redis-fast-driver, which .npmrc (ignore-scripts) keeps npm from compiling; and what it is
// measured with, redis-server.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const { PROGRAM } = require('./process/floor');
const { buildAddon } = require('../scripts/build');
const { ROOT, ensureNpmPackages, ensureTools, runQuietly } = require('../scripts/setup');

/** @param {string} what */
function say(what) {
  process.stdout.write(`bench: ${what}\n`);
}

function buildFloor() {
  ensureTools('cmake', 'make', 'c++', 'libuv');
  if (!fs.existsSync(PROGRAM)) say('compiling the plain C program');
  const configured = spawnSync('cmake', ['--preset', 'bench'], { cwd: ROOT, stdio: 'ignore' });
  if (configured.status !== 0) {
    // A cache that was copied here with its folder, say: start anew.
    fs.rmSync(path.join(ROOT, 'build', 'floor'), { recursive: true, force: true });
    runQuietly('cmake', ['--preset', 'bench']);
  }
  runQuietly('cmake', ['--build', '--preset', 'bench']);
}

/** Whether it is there, and for this Node. */
function fastDriverLoads() {
  const script = "require('redis-fast-driver')";
  return spawnSync(process.execPath, ['-e', script], { cwd: ROOT, stdio: 'ignore' }).status === 0;
}

/** The folder with this Node's headers, if it brought them: node-gyp would fetch them otherwise. */
function nodeHeaders() {
  const folder = path.resolve(fs.realpathSync(process.execPath), '..', '..');
  const there = fs.existsSync(path.join(folder, 'include', 'node', 'node.h'));
  return there ? { npm_config_nodedir: folder } : {};
}

function buildFastDriver() {
  if (fastDriverLoads()) return;
  say('compiling redis-fast-driver, a peer');
  runQuietly('npm', ['rebuild', 'redis-fast-driver', '--ignore-scripts=false'], {
    env: { ...process.env, ...nodeHeaders() },
  });
  if (!fastDriverLoads()) throw new Error('redis-fast-driver does not load, although it compiled');
}

/** @param {(id: string) => boolean} needs whether a subject is going to be measured */
function build(needs) {
  ensureTools('redis-server');
  ensureNpmPackages();
  if (needs('hiredis') || needs('access')) buildAddon();
  if (needs('floor') || needs('floor-expiry')) buildFloor();
  if (needs('fast-driver')) buildFastDriver();
}

module.exports = { build };
