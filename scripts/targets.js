'use strict';

// The platforms that prebuilt binaries are for, as lib/platform.js names them.

/**
 * @typedef {object} Target
 * @property {string[]} tools that build it: names of TOOLS in scripts/setup.js
 * @property {'zig'} [compiler] that comes as an npm package
 * @property {string} [machine] as readelf calls it; undefined: no ELF
 * @property {RegExp} [libraries] those that it may need
 * @property {string} set the platforms that share a budget for the package's size
 * @property {string} [host] process.platform of the machines that can build it
 * @property {boolean} tried whether it was ever built, and not only written down
 */

const GLIBC = /^(libc\.so\.6|libm\.so\.6|ld-linux-[\w-]+\.so\.\d)$/;
const MUSL = /^libc(\.musl-\w+)?\.so(\.1)?$/;

/** @type {Record<string, Target>} */
const TARGETS = {
  'linux-x64-glibc': {
    tools: ['g++ for x64'],
    machine: 'Advanced Micro Devices X86-64',
    libraries: GLIBC,
    set: 'linux-glibc',
    host: 'linux',
    tried: true,
  },
  'linux-arm64-glibc': {
    tools: ['g++ for arm64'],
    machine: 'AArch64',
    libraries: GLIBC,
    set: 'linux-glibc',
    host: 'linux',
    tried: true,
  },
  'linux-x64-musl': {
    tools: [],
    compiler: 'zig',
    machine: 'Advanced Micro Devices X86-64',
    libraries: MUSL,
    set: 'linux-musl',
    host: 'linux',
    tried: true,
  },
  'linux-arm64-musl': {
    tools: [],
    compiler: 'zig',
    machine: 'AArch64',
    libraries: MUSL,
    set: 'linux-musl',
    host: 'linux',
    tried: true,
  },
  'darwin-x64': { tools: [], set: 'darwin', host: 'darwin', tried: false },
  'darwin-arm64': { tools: [], set: 'darwin', host: 'darwin', tried: false },
  'win32-x64': { tools: [], set: 'win32', host: 'win32', tried: false },
  'win32-arm64': { tools: [], set: 'win32', host: 'win32', tried: false },
};

/** Those that a machine of this kind can build. */
function buildableTargets() {
  return Object.keys(TARGETS).filter((name) => TARGETS[name].host === process.platform);
}

module.exports = { TARGETS, buildableTargets };
