#!/usr/bin/env node
'use strict';

// `npx connect-hiredis build`: compiles the addon where no prebuilt one fits, or to have one of
// one's own. It needs CMake, a C++20 compiler and Node's headers, and says which of them it lacks.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');
const BUILD = path.join(ROOT, 'build');
const WORK = path.join(BUILD, 'work');
const ADDON = path.join(BUILD, 'Release', 'connect_hiredis.node');
const CMAKE_FLOOR = [3, 22];

const USAGE = `Usage: connect-hiredis build [--headers=FOLDER]

Compiles the native addon into the package's own folder, where it wins over a prebuilt one.

  --headers=FOLDER  with Node's headers (uv.h, node_api.h), if they are not beside Node
`;

/** A sentence for the person at the terminal. */
class BuildError extends Error {}

/** @param {string} line */
const say = (line) => process.stdout.write(`connect-hiredis: ${line}\n`);

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, ...args) {
  const { status, signal, error, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  const end = error?.message ?? signal ?? `exit code ${status}`;
  return { ok: status === 0, end, output: `${stdout ?? ''}${stderr ?? ''}` };
}

/** @param {string} name */
const there = (name) => run(name, '--version').ok;

function checkWritable() {
  try {
    // Not `recursive`: Node would say that a read-only folder does not exist.
    if (!fs.existsSync(BUILD)) fs.mkdirSync(BUILD);
    fs.accessSync(BUILD, fs.constants.W_OK);
  } catch (cause) {
    throw new BuildError(
      `${BUILD} cannot be written to (${/** @type {any} */ (cause).code}): build it as a user who ` +
        'may, before the file system becomes read-only',
    );
  }
}

function checkTools() {
  const { ok, output } = run('cmake', '--version');
  const version = /(\d+)\.(\d+)/.exec(output)?.slice(1).map(Number) ?? [];
  if (!ok) {
    throw new BuildError(
      'CMake is missing. Debian, Ubuntu: apt-get install cmake g++ make; Alpine: apk add cmake ' +
        'g++ make; macOS: brew install cmake, and xcode-select --install',
    );
  }
  if (
    version[0] < CMAKE_FLOOR[0] ||
    (version[0] === CMAKE_FLOOR[0] && version[1] < CMAKE_FLOOR[1])
  ) {
    throw new BuildError(`CMake ${version.join('.')} is too old: ${CMAKE_FLOOR.join('.')} will do`);
  }
  if (os.platform() === 'win32') return;
  const compilers = process.env.CXX ? [process.env.CXX] : ['c++', 'g++', 'clang++'];
  if (!compilers.some((name) => there(name.split(' ')[0]))) {
    throw new BuildError(
      `A C++20 compiler is missing (${compilers.join(', ')}). Debian, Ubuntu: apt-get install ` +
        'g++; Alpine: apk add g++; macOS: xcode-select --install',
    );
  }
  if (!there('make') && !there('ninja')) {
    throw new BuildError('make is missing, and Ninja, too: apt-get install make, apk add make');
  }
}

/** @param {string | undefined} named by the user */
function findHeaders(named) {
  const beside = path.join(fs.realpathSync(process.execPath), '..', '..', 'include', 'node');
  const nodeGyp = path.join(os.homedir(), '.cache', 'node-gyp', process.versions.node);
  const { npm_config_nodedir: nodedir } = process.env;
  const places = named
    ? [path.resolve(named)]
    : [
        beside,
        ...(nodedir ? [path.join(nodedir, 'include', 'node')] : []),
        path.join(nodeGyp, 'include', 'node'),
        '/usr/include/node',
        '/usr/local/include/node',
      ];
  const found = places.find((folder) =>
    ['uv.h', 'node_api.h'].every((header) => fs.existsSync(path.join(folder, header))),
  );
  if (found) return found;
  throw new BuildError(
    `Node's headers (uv.h, node_api.h) are not in ${places.join(', ')}. \`npx node-gyp install\` ` +
      'fetches them, Debian has them in libnode-dev, Alpine in nodejs-dev; or name their folder ' +
      'with --headers=FOLDER',
  );
}

/**
 * @param {string} what
 * @param {string[]} args of CMake
 */
function cmake(what, ...args) {
  const { ok, end, output } = run('cmake', ...args);
  if (ok) return;
  process.stderr.write(output);
  throw new BuildError(`${what} failed (${end}); what CMake said is above`);
}

/** @param {string | undefined} headers */
function build(headers) {
  checkWritable();
  checkTools();
  const folder = findHeaders(headers);
  say(`compiling for Node ${process.version}, with the headers in ${folder}`);
  fs.rmSync(WORK, { recursive: true, force: true });
  try {
    cmake(
      'The configuration',
      ...['-S', ROOT, '-B', WORK, '-DCMAKE_BUILD_TYPE=Release', `-DNODE_HEADERS_DIR=${folder}`],
      `-DCMAKE_LIBRARY_OUTPUT_DIRECTORY=${path.dirname(ADDON)}`,
      `-DNODE_EXECUTABLE=${process.execPath}`,
      '-DCONNECT_HIREDIS_WARNINGS_AS_ERRORS=OFF',
    );
    const jobs = String(os.availableParallelism());
    cmake('The compilation', '--build', WORK, '--config', 'Release', '--parallel', jobs);
  } finally {
    fs.rmSync(WORK, { recursive: true, force: true });
  }
  const { ok, output } = run(process.execPath, '-e', 'require(process.argv[1])', ADDON);
  if (!ok) throw new BuildError(`What was compiled does not load: ${output}`);
  say(`${ADDON} is there, and loads`);
}

function main() {
  const [command, ...options] = process.argv.slice(2);
  const headers = options.map((option) => /^--headers=(.+)$/.exec(option)?.[1]);
  if (command !== 'build' || headers.includes(undefined)) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  try {
    build(headers.at(-1));
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    process.stderr.write(`connect-hiredis: ${error.message}.\n`);
    process.exitCode = 1;
  }
}

main();
