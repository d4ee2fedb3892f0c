'use strict';

// The code of others in the published package: in vendor/ as source, in prebuilds/ compiled in.

const fs = require('node:fs');
const path = require('node:path');

const { ROOT } = require('./setup');

const HIREDIS = path.join(ROOT, 'node_modules', 'redis-fast-driver', 'deps', 'hiredis');
const NODE_ADDON_API = path.join(ROOT, 'node_modules', 'node-addon-api');

/**
 * @typedef {object} ThirdParty
 * @property {string} name
 * @property {string} version empty: that of the compiler
 * @property {string} license an SPDX expression
 * @property {string} where in the package it is
 * @property {string} notice
 * @property {string} [purl]
 */

/** @param {string} folder @param {string} file */
const read = (folder, file) => fs.readFileSync(path.join(folder, file), 'utf8').trim();

function hiredisVersion() {
  const header = read(HIREDIS, 'hiredis.h');
  return ['MAJOR', 'MINOR', 'PATCH']
    .map((part) => new RegExp(`#define HIREDIS_${part} (\\d+)`).exec(header)?.[1])
    .join('.');
}

const GCC_NOTICE = `GCC's C++ and support libraries, linked statically into prebuilds/*-glibc. Copyright (C) Free
Software Foundation, Inc. GNU General Public License, version 3 or later, with the GCC Runtime
Library Exception, version 3.1: it permits to convey programs made by compiling with GCC under terms
of one's choice. Source and both texts: https://gcc.gnu.org`;

const LLVM_NOTICE = `LLVM's C++ library, its unwinder and compiler support library, linked statically into
prebuilds/*-musl by Zig. Copyright (c) the LLVM project's contributors. Apache License, version 2.0,
with the LLVM exceptions, which exempt object code from its conditions on redistribution. Source and
text: https://llvm.org`;

/** @returns {ThirdParty[]} */
function thirdParties() {
  const hiredis = hiredisVersion();
  const { version: nodeAddonApi } = JSON.parse(read(NODE_ADDON_API, 'package.json'));
  return [
    {
      name: 'hiredis',
      version: hiredis,
      license: 'BSD-3-Clause',
      where: 'vendor/hiredis and prebuilds',
      notice: read(HIREDIS, 'COPYING'),
      purl: `pkg:github/redis/hiredis@v${hiredis}`,
    },
    {
      name: 'node-addon-api',
      version: nodeAddonApi,
      license: 'MIT',
      where: 'vendor/node-addon-api and prebuilds',
      notice: read(NODE_ADDON_API, 'LICENSE.md'),
      purl: `pkg:npm/node-addon-api@${nodeAddonApi}`,
    },
    {
      name: 'libstdc++',
      version: '',
      license: 'GPL-3.0-or-later WITH GCC-exception-3.1',
      where: 'prebuilds/*-glibc',
      notice: GCC_NOTICE,
    },
    {
      name: 'libc++',
      version: '',
      license: 'Apache-2.0 WITH LLVM-exception',
      where: 'prebuilds/*-musl',
      notice: LLVM_NOTICE,
    },
  ];
}

/** The text of THIRD-PARTY-LICENSES. */
function licenses() {
  const rule = '-'.repeat(78);
  const parts = thirdParties().map(({ name, version, license, where, notice }) =>
    [`${name} ${version}`.trim(), `In ${where}. ${license}`, '', notice, ''].join('\n'),
  );
  return ['Software of others in this package.', ...parts].join(`\n${rule}\n`);
}

module.exports = { HIREDIS, NODE_ADDON_API, licenses, thirdParties };
