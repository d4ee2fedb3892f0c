'use strict';

// `npm run release -- --dry-run`: goes through a whole release but its last step, and says what
// would keep it from being one. Without --dry-run it publishes, on hosted CI only: there npm signs
// where the tarball came from. --prebuilt takes the binaries that are in prebuilds/ already, as
// that CI does, which builds each on a system of its own.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const { binaryOf } = require('./binary');
const { missingFields, publishedManifest } = require('./manifest');
const { pack } = require('./pack');
const { prebuild } = require('./prebuild');
const { ROOT, SetupError, runMain } = require('./setup');
const { TARGETS, buildableTargets } = require('./targets');

const DRY_RUN = process.argv.includes('--dry-run');
const PREBUILT = process.argv.includes('--prebuilt');

/** @param {string} line */
const say = (line) => process.stdout.write(`release: ${line}\n`);

/** @param {string[]} args */
function git(...args) {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new SetupError(`git ${args.join(' ')} failed: ${stderr}`);
  return stdout.trim();
}

/**
 * What keeps this from being a release.
 * @param {string} version
 * @returns {string[]}
 */
function obstacles(version) {
  const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const found = missingFields(publishedManifest(manifest));
  if (git('status', '--porcelain')) {
    found.push('the working tree has changes that are not committed');
  }
  const changelog = fs.readFileSync(path.join(ROOT, 'CHANGELOG.md'), 'utf8');
  if (!changelog.includes(`\n## [${version}] - `)) {
    found.push(`CHANGELOG.md has no section "## [${version}] - <date>"`);
  }
  if (!git('tag', '--points-at', 'HEAD').split('\n').includes(`v${version}`)) {
    found.push(`this commit has no tag v${version}`);
  }
  if (!process.env.GITHUB_REPOSITORY || !process.env.ACTIONS_ID_TOKEN_REQUEST_URL) {
    found.push('provenance needs hosted CI with the right to an identity token (id-token: write)');
  }
  return found;
}

/** @returns {string[]} the platforms whose binaries are missing, although they have been tried */
function missingBinaries() {
  return Object.keys(TARGETS).filter(
    (target) => TARGETS[target].tried && !fs.existsSync(binaryOf(target)),
  );
}

/** @param {string} command @param {string[]} args */
function mustRun(command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' });
  if (status === 0) return;
  const end = error?.message ?? `exit code ${status}`;
  throw new SetupError(`\`${[command, ...args].join(' ')}\` failed (${end}).`);
}

runMain(async () => {
  const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const found = obstacles(version);
  if (!DRY_RUN && found.length > 0) throw new SetupError(`No release: ${found.join('; ')}.`);

  if (!PREBUILT) for (const target of buildableTargets()) await prebuild(target);
  const missing = missingBinaries();
  if (missing.length > 0) throw new SetupError(`Binaries are missing: ${missing.join(', ')}.`);
  mustRun(process.execPath, path.join(__dirname, 'test.js'), 'packed');
  // Once more: the tests pack what they test, with what they had built.
  const { file, unpackedSize, binaries } = pack();
  for (const binary of binaries) say(binary);
  const publish = ['publish', path.relative(ROOT, file), '--provenance', '--access', 'public'];
  say(`${path.relative(ROOT, file)}, ${unpackedSize} bytes unpacked`);
  if (!DRY_RUN) return mustRun('npm', ...publish);
  for (const obstacle of found) say(`not yet: ${obstacle}`);
  say(`would run: npm ${publish.join(' ')}`);
});
