'use strict';

// Brings a server as a program that can be started like any other, whatever this machine has
// installed: its packages are unpacked, and it runs with their libraries and their dynamic loader.

const fs = require('node:fs');
const path = require('node:path');

const { unpackDebian } = require('../debian');
const { run } = require('../run');
const { SetupError } = require('../setup');
const { isOf } = require('./versions');

/** @typedef {import('./versions').Version} Version */

/**
 * The folders of a machine's libraries, seen from its root. Until all of Debian had merged /lib
 * into /usr/lib, packages were split between the two.
 * @param {string} root
 */
function libraryFolders(root) {
  return ['lib', 'usr/lib']
    .filter((folder) => fs.existsSync(path.join(root, folder)))
    .flatMap((folder) =>
      fs.readdirSync(path.join(root, folder)).map((name) => path.join(folder, name)),
    )
    .filter((folder) => /-linux-gnu\w*$/.test(folder));
}

/** @param {string} root @param {string[]} folders @returns {string} seen from the root */
function findLoader(root, folders) {
  for (const folder of folders) {
    const name = fs
      .readdirSync(path.join(root, folder))
      .find((each) => /^ld-linux.*\.so/.test(each));
    if (name) return path.join(folder, name);
  }
  throw new SetupError(`The packages in ${root} have no dynamic loader.`);
}

/**
 * A shell script that becomes the program.
 * @param {string} root of the machine that has it
 * @param {string} name of the program
 * @returns {string} its path
 */
function writeStarter(root, name) {
  const folders = libraryFolders(root);
  const libraries = folders.map((folder) => `$root/${folder}`).join(':');
  const lines = [
    '#!/bin/sh',
    'root=$(dirname "$0")/root',
    `exec "$root/${findLoader(root, folders)}" --library-path "${libraries}" \\`,
    `  "$root/usr/bin/${name}" "$@"`,
  ];
  const file = path.join(path.dirname(root), name);
  // Renamed when it is complete: another process may be about to start it.
  const draft = `${file}.${process.pid}`;
  fs.writeFileSync(draft, `${lines.join('\n')}\n`, { mode: 0o755 });
  fs.renameSync(draft, file);
  return file;
}

/**
 * @param {Version} version
 * @returns {Promise<string>} the path of a program that takes the arguments of redis-server
 * @throws {SetupError} where it cannot be had
 */
async function obtain(version) {
  const root = await unpackDebian(version.suite, [version.package], { dependencies: true });
  const program = writeStarter(root, version.package);
  const { ok, output } = await run(program, ['--version']);
  const number = /\bv=([\d.]+)/.exec(output)?.[1];
  if (!ok || !number) throw new SetupError(`${version.package} does not start:\n${output}`);
  if (!isOf(version, number)) {
    throw new SetupError(`Debian's ${version.suite} has ${version.package} ${number} now.`);
  }
  return program;
}

module.exports = { obtain };
