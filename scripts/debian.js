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
 * Fetches and unpacks packages, unless they are there already.
 *
 * @param {string} release of Debian: its code name
 * @param {string[]} packages their names
 * @returns {Promise<string>} the folder that stands for the root of a machine that has them
 * @throws {SetupError} where they cannot be had
 */
async function unpackDebian(release, packages) {
  const folder = path.join(TOOLS, `${release}-${packages.join('-')}`);
  const root = path.join(folder, 'root');
  const done = path.join(folder, 'done');
  if (fs.existsSync(done)) return root;
  for (const command of ['apt-get', 'dpkg-deb']) {
    if (!findCommand(command)) throw new SetupError(`Missing: ${command}. This needs Debian.`);
  }
  fs.rmSync(folder, { recursive: true, force: true });
  const [state, cache, debs] = ['state', 'cache', 'debs'].map((name) => path.join(folder, name));
  for (const each of [path.join(state, 'lists'), cache, debs, root]) {
    fs.mkdirSync(each, { recursive: true });
  }
  const sources = path.join(folder, 'sources.list');
  const mirror = await findMirror();
  fs.writeFileSync(sources, `deb [signed-by=${KEYS}] ${mirror} ${release} main\n`);
  const options = Object.entries({
    'Dir::State': state,
    'Dir::State::status': '/dev/null',
    'Dir::Cache': cache,
    'Dir::Etc::SourceList': sources,
    'Dir::Etc::SourceParts': '/dev/null',
    'APT::Sandbox::User': '', // the folder is ours
  }).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  await must('apt-get', [...options, 'update']);
  await must('apt-get', [...options, 'download', ...packages], { cwd: debs });
  for (const file of fs.readdirSync(debs)) {
    await must('dpkg-deb', ['--extract', path.join(debs, file), root]);
  }
  for (const each of [state, cache, debs]) fs.rmSync(each, { recursive: true, force: true });
  fs.writeFileSync(done, '');
  return root;
}

module.exports = { unpackDebian };
