'use strict';

// What a shared library shows, and what it needs: read from readelf, which knows the ELF files of
// all processors.

const { spawnSync } = require('node:child_process');

const { SetupError } = require('./setup');

/** @typedef {{ name: string, version: string | undefined, defined: boolean, weak: boolean }} Symbol */

/**
 * @param {string} file
 * @param {string[]} options
 */
function readelf(file, ...options) {
  const { status, stdout, stderr, error } = spawnSync('readelf', ['--wide', ...options, file], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return stdout;
  throw new SetupError(`readelf cannot read ${file}: ${error?.message ?? stderr}`);
}

/** @param {string} file @returns {string} such as 'AArch64' */
function machineOf(file) {
  return /^\s*Machine:\s*(.+?)\s*$/m.exec(readelf(file, '--file-header'))?.[1] ?? '';
}

/** @param {string} file @returns {string[]} the libraries that it names */
function librariesOf(file) {
  return [...readelf(file, '--dynamic').matchAll(/\(NEEDED\).*\[(.+?)\]/g)].map(([, name]) => name);
}

/** @param {string} file @returns {Symbol[]} what the dynamic linker sees */
function dynamicSymbols(file) {
  // Num: Value Size Type Bind Vis Ndx Name@VERSION (n)
  const line =
    /^ *\d+: +[0-9a-f]+ +\w+ +\w+ +(\w+) +\w+ +(?:\[.*?\] +)?(\w+) +([^\s@]+)(?:@+(\S+))?/gm;
  return [...readelf(file, '--dyn-syms').matchAll(line)]
    .map(([, bind, index, name, version]) => ({ bind, index, name, version }))
    .filter(({ bind }) => bind !== 'LOCAL')
    .map(({ bind, index, name, version }) => ({
      name,
      version,
      defined: index !== 'UND',
      weak: bind === 'WEAK',
    }));
}

/**
 * The highest version of glibc that a library asks for; '0' if it asks for none.
 * @param {Symbol[]} symbols
 */
function glibcFloor(symbols) {
  const versions = symbols
    .map(({ version }) => /^GLIBC_([\d.]+)$/.exec(version ?? '')?.[1])
    .filter((version) => version !== undefined);
  return versions.sort(compareVersions).at(-1) ?? '0';
}

/**
 * @param {string} a
 * @param {string} b
 */
function compareVersions(a, b) {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

module.exports = { compareVersions, dynamicSymbols, glibcFloor, librariesOf, machineOf };
