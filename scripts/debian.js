'use strict';

// Packages of a Debian release that need not be this machine's: fetched from the mirror that apt
// uses here, checked by apt against Debian's keys, and unpacked below build/tools without being
// installed.

const fs = require('node:fs');
const path = require('node:path');

const { must, run } = require('./run');
const { ROOT, SetupError, findCommand } = require('./setup');

const TOOLS = path.join(ROOT, 'build', 'tools');
const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Packages create users and register services with these when they are installed. */
const INSTALLERS = ['adduser', 'init-system-helpers', 'lsb-base', 'sysvinit-utils'];

/**
 * The address that apt has of Debian's archive.
 * @throws {SetupError} where apt has none
 */
async function findMirror() {
  const format = '$(ORIGIN) $(LABEL) $(REPO_URI)';
  const { stdout } = await run('apt-get', [
    ...['indextargets', '--format', format, 'Created-By: Packages'],
  ]);
  const mirror = /^Debian Debian (\S+)$/m.exec(stdout)?.[1];
  if (mirror) return mirror;
  throw new SetupError('apt knows no mirror of Debian: this needs Debian, after `apt-get update`.');
}

/**
 * Backports depend on packages of the release that they are for.
 * @param {string} suite
 */
const suitesFor = (suite) => [...new Set([suite.replace(/-backports$/, ''), suite])];

/**
 * A list of installed packages, as dpkg keeps it.
 * @param {string[]} names
 */
const installed = (names) =>
  names
    .map((name) => [
      `Package: ${name}`,
      'Status: install ok installed',
      'Maintainer: nobody',
      'Architecture: all',
      'Version: 9999',
      'Description: taken to be there\n\n',
    ])
    .map((lines) => lines.join('\n'))
    .join('');

/**
 * Prepares apt for a machine that has nothing but one suite's packages to choose from.
 * @param {string} folder for apt's files
 * @param {string} suite
 * @returns {Promise<string[]>} options of apt-get
 */
async function prepareApt(folder, suite) {
  const [state, cache] = ['state', 'cache'].map((name) => path.join(folder, name));
  for (const each of [path.join(state, 'lists'), cache]) fs.mkdirSync(each, { recursive: true });
  const sources = path.join(folder, 'sources.list');
  const status = path.join(folder, 'status');
  const mirror = await findMirror();
  const lines = suitesFor(suite).map((each) => `deb [signed-by=${KEYS}] ${mirror} ${each} main\n`);
  fs.writeFileSync(sources, lines.join(''));
  fs.writeFileSync(status, installed(INSTALLERS));
  return Object.entries({
    'Dir::State': state,
    'Dir::State::status': status,
    'Dir::Cache': cache,
    'Dir::Etc::SourceList': sources,
    'Dir::Etc::SourceParts': '/dev/null',
    'APT::Sandbox::User': '', // the folder is ours
  }).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

/**
 * @param {string} folder for apt's files
 * @param {string} suite
 * @param {string[]} packages
 * @param {boolean} dependencies
 * @returns {Promise<string[]>} the files of the packages
 * @throws {SetupError} where the suite does not have them, or cannot be reached
 */
async function download(folder, suite, packages, dependencies) {
  const debs = path.join(folder, 'debs');
  fs.mkdirSync(path.join(debs, 'partial'), { recursive: true });
  const options = await prepareApt(folder, suite);
  options.push('-o', `Dir::Cache::archives=${debs}`);
  const apt = async (/** @type {string[]} */ ...args) => {
    const { ok, end, output } = await run('apt-get', [...options, ...args], { cwd: debs });
    if (ok) return;
    process.stderr.write(output);
    throw new SetupError(`\`apt-get ${args.join(' ')}\` of ${suite} failed (${end}).`);
  };
  await apt('update');
  if (dependencies) {
    await apt('install', '--download-only', '--no-install-recommends', '--yes', ...packages);
  } else {
    await apt('download', ...packages);
  }
  return fs
    .readdirSync(debs)
    .filter((name) => name.endsWith('.deb'))
    .map((name) => path.join(debs, name));
}

/**
 * Fetches and unpacks packages, unless they are there already.
 *
 * @param {string} suite a release's code name, such as `trixie`, or its backports, such as
 *   `bookworm-backports`
 * @param {string[]} packages their names
 * @param {{ dependencies?: boolean }} [options] `dependencies`: with all that they need to run
 * @returns {Promise<string>} the folder that stands for the root of a machine that has them
 * @throws {SetupError} where they cannot be had
 */
async function unpackDebian(suite, packages, { dependencies = false } = {}) {
  const folder = path.join(TOOLS, `${suite}-${packages.join('-')}${dependencies ? '-whole' : ''}`);
  const done = (/** @type {string} */ place) => path.join(place, 'done');
  const root = (/** @type {string} */ place) => path.join(place, 'root');
  if (fs.existsSync(done(folder))) return root(folder);
  for (const command of ['apt-get', 'dpkg-deb']) {
    if (!findCommand(command)) throw new SetupError(`Missing: ${command}. This needs Debian.`);
  }
  // Renamed when it is complete: two processes may want the same packages at once.
  fs.mkdirSync(TOOLS, { recursive: true });
  const draft = fs.mkdtempSync(`${folder}.`);
  try {
    const temporary = path.join(draft, 'apt');
    fs.mkdirSync(root(draft));
    for (const file of await download(temporary, suite, packages, dependencies)) {
      await must('dpkg-deb', ['--extract', file, root(draft)]);
    }
    fs.rmSync(temporary, { recursive: true, force: true });
    fs.writeFileSync(done(draft), '');
    if (!fs.existsSync(done(folder))) {
      fs.rmSync(folder, { recursive: true, force: true });
      fs.renameSync(draft, folder);
    }
  } finally {
    fs.rmSync(draft, { recursive: true, force: true });
  }
  return root(folder);
}

module.exports = { unpackDebian };
