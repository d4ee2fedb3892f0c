'use strict';

// `npm run test:asan`: the core's tests, then the whole package in Node, each under
// AddressSanitizer and UndefinedBehaviorSanitizer and with leak detection.

const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { startRedis } = require('../test/helpers/redis-server');
const {
  ROOT,
  SetupError,
  ensureNpmPackages,
  ensureTools,
  runMain,
  runQuietly,
} = require('./setup');

const TIMEOUT = 20 * 60 * 1000;
const SANITIZERS = {
  // No leaks of Node's own are left out: it has none here.
  ASAN_OPTIONS: 'detect_leaks=1:exitcode=99',
  UBSAN_OPTIONS: 'print_stacktrace=1',
};
/** What a sanitizer says, whatever the exit code of the process that it says it of. */
const REPORT = /ERROR: (Address|Leak)Sanitizer|LeakSanitizer has encountered|: runtime error: /;

/** @typedef {{ passed: number, failed: number, skipped: number }} Count */

/** @param {string} preset */
function build(preset) {
  process.stdout.write(`test-asan: building ${preset}\n`);
  runQuietly('cmake', ['--preset', preset]);
  const parallel = String(os.availableParallelism());
  runQuietly('cmake', ['--build', '--preset', preset, '--parallel', parallel]);
}

/** GoogleTest, through CTest. @returns {Count} */
function core() {
  build('asan');
  const report = path.join(ROOT, 'build', 'reports', 'core-asan.xml');
  fs.mkdirSync(path.dirname(report), { recursive: true });
  fs.rmSync(report, { force: true });
  const parallel = String(os.availableParallelism());
  const { status } = spawnSync(
    'ctest',
    ['--preset', 'asan', '--parallel', parallel, '--output-junit', report],
    {
      cwd: ROOT,
      env: { ...process.env, ...SANITIZERS },
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: TIMEOUT,
      killSignal: 'SIGKILL',
    },
  );
  const text = fs.existsSync(report) ? fs.readFileSync(report, 'utf8') : '';
  const suite = /<testsuite\b[^>]*>/.exec(text)?.[0] ?? '';
  const number = (/** @type {string} */ name) =>
    Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const skipped = number('skipped') + number('disabled');
  const failures = number('failures');
  // A runner that failed although no test did, failed as a whole.
  const failed = failures || Number(status !== 0);
  return { passed: number('tests') - failures - skipped, failed, skipped };
}

/** The sanitizers' library, which has to be there before Node's own code. */
function sanitizerLibrary() {
  const { stdout } = spawnSync('c++', ['-print-file-name=libasan.so'], { encoding: 'utf8' });
  const library = stdout?.trim() ?? '';
  // Without a folder: the compiler does not have it.
  if (path.isAbsolute(library)) return fs.realpathSync(library);
  throw new SetupError('c++ has no libasan.so: this needs GCC with its sanitizers, on Linux.');
}

/**
 * The package as it would be installed, with the addon of the sanitized build.
 * @param {string} folder
 */
function copyPackage(folder) {
  for (const name of ['package.json', 'lib']) {
    fs.cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  }
  const release = path.join(folder, 'build', 'Release');
  fs.mkdirSync(release, { recursive: true });
  const file = 'connect_hiredis.node';
  fs.copyFileSync(path.join(ROOT, 'build', 'addon-asan', file), path.join(release, file));
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
}

/**
 * Runs a script of test/asan and counts the steps it reports; that no sanitizer had anything to
 * report is one more.
 * @param {string} script
 * @param {string[]} args
 * @returns {Promise<Count>}
 */
async function runScript(script, ...args) {
  process.stdout.write(`\n== ${script}\n`);
  const child = spawn(process.execPath, [path.join(ROOT, 'test', 'asan', script), ...args], {
    cwd: ROOT,
    env: { ...process.env, ...SANITIZERS, LD_PRELOAD: sanitizerLibrary() },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT,
    killSignal: 'SIGKILL',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
      process.stdout.write(text);
    });
  }
  /** @type {string} */
  const end = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const steps = (/** @type {RegExp} */ pattern) => output.match(pattern)?.length ?? 0;
  const count = { passed: steps(/^ok: /gm), failed: steps(/^FAILED: /gm), skipped: 0 };
  const clean = end === 'exit code 0' && !REPORT.test(output) && count.passed > 0;
  process.stdout.write(
    clean ? 'ok: no sanitizer has anything to report\n' : `FAILED: ended with ${end}\n`,
  );
  count[clean ? 'passed' : 'failed']++;
  return count;
}

async function addon() {
  build('addon-asan');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-asan-'));
  const server = await startRedis();
  try {
    copyPackage(folder);
    return [
      await runScript('integration.js', folder),
      await runScript('workers.js', folder, server.url),
    ];
  } finally {
    await server.stop();
    fs.rmSync(folder, { recursive: true });
  }
}

runMain(async () => {
  ensureNpmPackages();
  ensureTools('cmake', 'make', 'c++', 'libuv', 'gtest', 'redis-server');
  const counts = [core(), ...(await addon())];
  const sum = (/** @type {keyof Count} */ name) =>
    counts.reduce((total, count) => total + count[name], 0);
  const skipped = sum('skipped');
  process.stdout.write(
    `\n${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
  );
  if (sum('failed') > 0) process.exitCode = 1;
});
