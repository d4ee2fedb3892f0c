'use strict';

// Makes sure that what the other scripts need is installed. It runs before node_modules exists:
// Node's own modules only.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');
const MAX_OUTPUT = 64 * 1024 * 1024;

/** A sentence for the person at the terminal; no stack is worth showing with it. */
class SetupError extends Error {}

/**
 * @typedef {object} Tool
 * @property {string} debian the Debian package that brings it
 * @property {string[]} [commands] any of them will do
 * @property {string[]} [files] any of them will do
 * @property {() => boolean} [there] asks for itself
 */

/** @type {Record<string, Tool>} */
const TOOLS = {
  'redis-server': { debian: 'redis-server', commands: ['redis-server'] },
  openssl: { debian: 'openssl', commands: ['openssl'] },
  cmake: { debian: 'cmake', commands: ['cmake'] },
  make: { debian: 'make', commands: ['make', 'ninja'] },
  'c++': { debian: 'g++', commands: ['c++', 'g++', 'clang++'] },
  libuv: { debian: 'libuv1-dev', files: ['uv.h'].flatMap(headerPlaces) },
  gtest: { debian: 'libgtest-dev', files: ['gtest/gtest.h'].flatMap(headerPlaces) },
  clang: { debian: 'clang', commands: ['clang++'] },
  'clang-runtime': { debian: 'libclang-rt-dev', there: hasClangRuntime },
  'llvm-symbolizer': { debian: 'llvm', commands: ['llvm-symbolizer'] },
  chromium: { debian: 'chromium', commands: ['chromium'] },
  valgrind: { debian: 'valgrind', commands: ['valgrind'] },
  'clang-format': { debian: 'clang-format', commands: ['clang-format'] },
  'clang-tidy': { debian: 'clang-tidy', commands: ['clang-tidy'] },
  readelf: { debian: 'binutils', commands: ['readelf'] },
  'g++ for x64': {
    debian: os.arch() === 'x64' ? 'g++' : 'g++-x86-64-linux-gnu',
    commands: ['x86_64-linux-gnu-g++'],
  },
  'g++ for arm64': {
    debian: os.arch() === 'arm64' ? 'g++' : 'g++-aarch64-linux-gnu',
    commands: ['aarch64-linux-gnu-g++'],
  },
  'g++ for Windows': {
    debian: 'g++-mingw-w64-x86-64-posix',
    commands: ['x86_64-w64-mingw32-g++-posix'],
  },
  'qemu for arm64': { debian: 'qemu-user', commands: ['qemu-aarch64'] },
  'musl-gcc': { debian: 'musl-tools', commands: ['musl-gcc'] },
};

/** @param {string} header */
function headerPlaces(header) {
  return ['/usr/include', '/usr/local/include', '/opt/homebrew/include'].map((folder) =>
    path.join(folder, header),
  );
}

/**
 * The path of a command on PATH.
 * @param {string} name
 */
function findCommand(name) {
  // The sbin folders are not on everybody's PATH, but Debian's policy has daemons there.
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin'];
  return folders
    .filter(Boolean)
    .map((folder) => path.join(folder, name))
    .find((file) => {
      try {
        fs.accessSync(file, fs.constants.X_OK);
        return fs.statSync(file).isFile();
      } catch {
        return false;
      }
    });
}

/**
 * The path of a command that an npm package brings.
 * @param {string} name
 */
function npmCommand(name) {
  return path.join(ROOT, 'node_modules', '.bin', name);
}

/** @param {string} name one of TOOLS */
function hasTool(name) {
  const { commands = [], files = [], there = () => false } = TOOLS[name];
  return commands.some(findCommand) || files.some((file) => fs.existsSync(file)) || there();
}

/** Clang's sanitizers and libFuzzer, which Debian's clang only recommends. */
function hasClangRuntime() {
  const library = `libclang_rt.fuzzer-${os.machine()}.a`;
  const { stdout } = spawnSync('clang++', [`-print-file-name=${library}`], { encoding: 'utf8' });
  // Without a folder: it does not have it.
  return path.isAbsolute(stdout?.trim() ?? '') && fs.existsSync(stdout.trim());
}

/** @param {string} line */
function say(line) {
  process.stdout.write(`setup: ${line}\n`);
}

/**
 * Runs a command silently; its output is shown only if it fails.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
function runQuietly(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: MAX_OUTPUT,
    ...options,
  });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  const why = result.error?.message ?? result.signal ?? `exit code ${result.status}`;
  throw new SetupError(`\`${[command, ...args].join(' ')}\` failed (${why}).`);
}

/**
 * Whether node_modules is what package-lock.json says. npm writes down in
 * node_modules/.package-lock.json what it installed; times alone would call every fresh checkout
 * of the lock file a change.
 */
function npmPackagesAreCurrent() {
  const wanted = path.join(ROOT, 'package-lock.json');
  const installed = path.join(ROOT, 'node_modules', '.package-lock.json');
  if (!fs.existsSync(installed)) return false;
  if (fs.statSync(installed).mtimeMs >= fs.statSync(wanted).mtimeMs) return true;
  const read = (/** @type {string} */ file) => JSON.parse(fs.readFileSync(file, 'utf8')).packages;
  const there = read(installed);
  return Object.entries(read(wanted)).every(
    ([place, entry]) =>
      place === '' ||
      // Packages for other systems are in the lock file, but not installed.
      (entry.optional && !there[place]) ||
      (there[place]?.version === entry.version && there[place]?.integrity === entry.integrity),
  );
}

/**
 * Installs the npm packages of package-lock.json unless they are there.
 *
 * `npm ci` wants every optional package of every system in the lock file, and refuses one that was
 * written where the registry, a mirror perhaps, lacks some of them. `npm install --no-save`
 * installs the same versions with the same checksums, and is content with what this system needs.
 */
function ensureNpmPackages() {
  if (npmPackagesAreCurrent()) return;
  say('installing the npm packages (npm ci)');
  const options = ['--no-audit', '--no-fund'];
  const { status, stderr } = spawnSync('npm', ['ci', ...options], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: MAX_OUTPUT,
  });
  if (status === 0) return;
  if (!/EUSAGE/.test(stderr)) process.stderr.write(stderr ?? '');
  say('installing the npm packages (npm install, since npm ci failed)');
  runQuietly('npm', ['install', '--no-save', ...options]);
}

/** How to get root's rights without asking for a password; undefined: not at all. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  const sudo = findCommand('sudo');
  if (sudo && spawnSync(sudo, ['-n', 'true'], { stdio: 'ignore' }).status === 0) {
    return [sudo, '-n'];
  }
  return undefined;
}

/**
 * Runs `install` while no package may start a service: Debian's redis-server would start one on
 * port 6379, which nobody here uses. invoke-rc.d asks policy-rc.d; 101 means 'forbidden'. A
 * policy that is there already is the machine owner's and stays.
 * @param {string[]} prefix
 * @param {() => void} install
 */
function withoutStartingServices(prefix, install) {
  const policy = '/usr/sbin/policy-rc.d';
  if (fs.existsSync(policy)) return install();
  const own = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'setup-')), 'policy-rc.d');
  fs.writeFileSync(own, '#!/bin/sh\nexit 101\n');
  const asRoot = (/** @type {string[]} */ ...command) => {
    const [first, ...rest] = [...prefix, ...command];
    runQuietly(first, rest);
  };
  try {
    asRoot('install', '-m', '755', own, policy);
    install();
  } finally {
    fs.rmSync(path.dirname(own), { recursive: true });
    asRoot('rm', '-f', policy);
  }
}

let listsAreFresh = false;

/**
 * Installs Debian packages.
 * @param {string[]} packages
 * @param {string[]} prefix
 */
function aptInstall(packages, prefix) {
  /** @param {string[]} args */
  const apt = (...args) => {
    // In front of apt-get, not in its environment: sudo would not pass it on.
    const [first, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
    runQuietly(first, [...rest, '-q', '-o', 'DPkg::Lock::Timeout=120', ...args]);
  };
  say(`installing ${packages.join(', ')} (apt-get)`);
  if (!listsAreFresh) apt('update');
  listsAreFresh = true;
  withoutStartingServices(prefix, () =>
    apt('install', '-y', '--no-install-recommends', ...packages),
  );
}

/**
 * Makes sure of the tools named; installs what is missing where that is possible without asking.
 * @param {...string} names of TOOLS
 * @throws {SetupError} says what is missing, and how to get it
 */
function ensureTools(...names) {
  const missing = names.filter((name) => !hasTool(name));
  if (missing.length === 0) return;
  const packages = missing.map((name) => TOOLS[name].debian);
  const command = `apt-get install ${packages.join(' ')}`;
  if (!findCommand('apt-get')) {
    throw new SetupError(
      `Missing: ${missing.join(', ')}. Please install what Debian calls ${packages.join(', ')}.`,
    );
  }
  const prefix = rootPrefix();
  if (!prefix) {
    throw new SetupError(`Missing: ${missing.join(', ')}. Please run: sudo ${command}`);
  }
  try {
    aptInstall(packages, prefix);
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    throw new SetupError(`Missing: ${missing.join(', ')}. ${why}`, { cause: error });
  }
  const still = names.filter((name) => !hasTool(name));
  if (still.length > 0) {
    throw new SetupError(`Missing: ${still.join(', ')}, although \`${command}\` succeeded.`);
  }
}

/**
 * As ensureTools, for what is worth having but not necessary.
 * @param {...string} names
 * @returns {boolean} whether they are there
 */
function tryTools(...names) {
  try {
    ensureTools(...names);
    return true;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`going on without: ${error.message}`);
    return false;
  }
}

/**
 * Runs a script's main function; a SetupError is shown as a sentence, anything else as it is.
 * @param {() => unknown} main
 */
async function runMain(main) {
  try {
    await main();
  } catch (error) {
    process.exitCode = 1;
    const text = error instanceof SetupError ? error.message : /** @type {any} */ (error)?.stack;
    process.stderr.write(`${path.basename(process.argv[1])}: ${text ?? error}\n`);
  }
}

module.exports = {
  ROOT,
  SetupError,
  ensureNpmPackages,
  ensureTools,
  findCommand,
  hasTool,
  npmCommand,
  runMain,
  runQuietly,
  tryTools,
};
