'use strict';

// This build and the one before, side by side: copies of what an application loads, in two folders
// of one length. Both find the packages of this checkout, and nobody who compiles meanwhile changes
// what is measured.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const { ROOT } = require('../scripts/setup');
const { platform } = require('../lib/platform');

const COPIES = path.join(ROOT, 'build', 'bench', 'builds');
const ADDON = 'connect_hiredis.node';

/**
 * @typedef {object} Builds
 * @property {string} hiredis the folder of this build
 * @property {string} before that of the other one
 * @property {string} about the other one: its version and, where it is a checkout, its commit
 */

/**
 * @param {string} folder
 * @returns {string} relative to the folder
 */
function findAddon(folder) {
  const places = [path.join('build', 'Release'), path.join('prebuilds', platform())];
  const place = places.find((each) => fs.existsSync(path.join(folder, each, ADDON)));
  if (place) return path.join(place, ADDON);
  throw new Error(`${folder} has no addon in ${places.join(' or ')}: run \`npm run build\` there`);
}

/**
 * @param {string} folder
 * @param {string} name
 * @returns {string} the copy
 */
function copyBuild(folder, name) {
  const addon = findAddon(folder);
  for (const part of ['package.json', 'lib']) {
    if (!fs.existsSync(path.join(folder, part))) throw new Error(`${folder} has no ${part}`);
  }
  const copy = path.join(COPIES, `${name}-${process.pid}`);
  fs.rmSync(copy, { recursive: true, force: true });
  for (const part of ['package.json', 'lib', addon]) {
    fs.cpSync(path.join(folder, part), path.join(copy, part), { recursive: true });
  }
  return copy;
}

/** @param {string} folder */
function describeBuild(folder) {
  const { version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const git = (/** @type {string[]} */ ...args) =>
    spawnSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
  // A folder inside of another checkout has no commit of its own.
  const { status, stdout } = git('rev-parse', '--show-toplevel');
  if (status !== 0 || fs.realpathSync(stdout.trim()) !== fs.realpathSync(folder)) return version;
  const commit = git('rev-parse', '--short', 'HEAD').stdout.trim();
  const changed = git('status', '--porcelain', '--untracked-files=no').stdout !== '';
  return `${version} (${commit}${changed ? ' and changes' : ''})`;
}

/**
 * @param {string} against the folder of the other build
 * @returns {Builds}
 */
function copyBuilds(against) {
  return {
    before: copyBuild(against, 'one'),
    hiredis: copyBuild(ROOT, 'two'),
    about: describeBuild(against),
  };
}

/** @param {Builds} builds */
function removeBuilds({ before, hiredis }) {
  for (const copy of [before, hiredis]) fs.rmSync(copy, { recursive: true, force: true });
}

module.exports = { copyBuilds, removeBuilds };
