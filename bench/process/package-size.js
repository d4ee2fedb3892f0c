'use strict';

// What a package and all that it depends on take on the disk; of this one, with the binary for
// this system alone.

const fs = require('node:fs');
const path = require('node:path');

const { shipped } = require('../../scripts/pack');
const { ROOT } = require('../../scripts/setup');

/** Every Express application with sessions has it, and with it what it depends on. */
const SHARED = new Set(['express-session']);
const ADDON = path.join('build', 'Release', 'connect_hiredis.node');

/**
 * The bytes of a file or of all files in a folder, what others install in it left out.
 * @param {string} place
 * @returns {number}
 */
function weigh(place) {
  const stat = fs.statSync(place, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.size;
  return fs
    .readdirSync(place)
    .filter((name) => name !== 'node_modules')
    .reduce((sum, name) => sum + weigh(path.join(place, name)), 0);
}

/**
 * As it is installed: of what was compiled, the addon counts and not the objects it is made of.
 * @param {string} folder
 */
function weighPackage(folder) {
  const build = path.join(folder, 'build');
  if (!fs.existsSync(path.join(build, 'Makefile'))) return weigh(folder);
  const addons = fs
    .readdirSync(path.join(build, 'Release'))
    .filter((name) => name.endsWith('.node'))
    .map((name) => path.join(build, 'Release', name));
  return weigh(folder) - weigh(build) + addons.reduce((sum, file) => sum + weigh(file), 0);
}

/**
 * @param {string} name
 * @param {string} from the folder of the package that needs it
 * @returns {string | undefined} undefined: an optional one that is not for this system
 */
function find(name, from) {
  for (let folder = from; folder.startsWith(ROOT); folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', name);
    if (fs.existsSync(candidate)) return candidate;
  }
  return undefined;
}

/**
 * @param {string} folder
 * @param {Set<string>} found folders of packages
 */
function collect(folder, found) {
  if (found.has(folder)) return;
  found.add(folder);
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const names = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
  for (const name of names.filter((each) => !SHARED.has(each))) {
    const dependency = find(name, folder);
    if (dependency) collect(dependency, found);
  }
}

/**
 * @param {string[]} names none: this package, its addon included
 * @returns {{ packages: number, bytes: number }}
 */
function packageSize(names) {
  if (names.length === 0) {
    const parts = [...shipped(), path.join(ROOT, 'package.json'), path.join(ROOT, ADDON)];
    return { packages: 1, bytes: parts.reduce((sum, part) => sum + weigh(part), 0) };
  }
  /** @type {Set<string>} */
  const found = new Set();
  for (const name of names) collect(path.join(ROOT, 'node_modules', name), found);
  const bytes = [...found].reduce((sum, folder) => sum + weighPackage(folder), 0);
  return { packages: found.size, bytes };
}

module.exports = { packageSize };
