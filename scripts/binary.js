'use strict';

// What a prebuilt binary has to be, so that it loads wherever its platform's name promises.

const path = require('node:path');

const { compareVersions, dynamicSymbols, glibcFloor, librariesOf, machineOf } = require('./elf');
const { ROOT } = require('./setup');
const { TARGETS } = require('./targets');

/** What Node's own binaries ask for since Node 18. */
const GLIBC_FLOOR = '2.28';
/** What Node has for addons. */
const NODES_OWN = /^(napi|node_api|uv)_/;
/** What Node looks for in them. */
const ENTRIES = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];

/** @param {string} target */
function binaryOf(target) {
  return path.join(ROOT, 'prebuilds', target, 'connect_hiredis.node');
}

/**
 * What is wrong with a binary; nothing: it is as it has to be.
 * @param {string} target
 * @param {string} [file]
 * @returns {string[]}
 */
function faultsOf(target, file = binaryOf(target)) {
  const { machine, libraries } = TARGETS[target];
  // Of Mach-O and PE nothing can be said here.
  if (!machine || !libraries) return [];
  const faults = [];
  if (machineOf(file) !== machine) faults.push(`is for ${machineOf(file)}, not ${machine}`);
  for (const name of librariesOf(file).filter((needed) => !libraries.test(needed))) {
    faults.push(`needs ${name}`);
  }
  const symbols = dynamicSymbols(file);
  const shown = symbols.filter(({ defined }) => defined).map(({ name }) => name);
  for (const name of shown.filter((each) => !ENTRIES.includes(each))) faults.push(`shows ${name}`);
  for (const name of ENTRIES.filter((each) => !shown.includes(each))) faults.push(`lacks ${name}`);
  return [...faults, ...originFaults(target, symbols), ...versionFaults(target, symbols)];
}

/**
 * What is neither of Node nor of glibc, whose symbols have versions. Those of musl have none.
 * @param {string} target
 * @param {import('./elf').Symbol[]} symbols
 */
function originFaults(target, symbols) {
  if (target.endsWith('-musl')) return [];
  return symbols
    .filter(({ defined, weak, version }) => !defined && !weak && version === undefined)
    .filter(({ name }) => !NODES_OWN.test(name))
    .map(({ name }) => `needs ${name}, which nobody has`);
}

/**
 * @param {string} target
 * @param {import('./elf').Symbol[]} symbols
 */
function versionFaults(target, symbols) {
  const faults = [];
  const musl = target.endsWith('-musl');
  for (const { name, version, defined } of symbols) {
    if (defined || version === undefined) continue;
    const glibc = /^GLIBC_([\d.]+)$/.exec(version)?.[1];
    const fits = glibc !== undefined && !musl && compareVersions(glibc, GLIBC_FLOOR) <= 0;
    if (!fits) faults.push(`needs ${name} of ${version}`);
  }
  return faults;
}

/** @param {string} target @returns {string} the glibc that its binary asks for, '0' for musl */
const floorOf = (target) => glibcFloor(dynamicSymbols(binaryOf(target)));

module.exports = { GLIBC_FLOOR, NODES_OWN, binaryOf, faultsOf, floorOf };
