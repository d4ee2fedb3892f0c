'use strict';

// `npm run lint`: format, linters, types and layers. `npm run format` (--fix) repairs what the
// tools can repair.

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { checkLayers, filesBelow } = require('./check-layers');
const {
  ROOT,
  ensureNpmPackages,
  findCommand,
  hasTool,
  npmCommand,
  runMain,
  tryTools,
} = require('./setup');

const FIX = process.argv.includes('--fix');
const COMPILE_COMMANDS = path.join(ROOT, 'build', 'core-tests');

/** @typedef {{ ok: boolean, output: string }} Outcome */
/** A step that cannot be taken here, and why: a plain sentence. */
class Skipped extends Error {}

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<Outcome>}
 */
function run(command, ...args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    }
    child.once('error', (error) => resolve({ ok: false, output: `${error.message}\n` }));
    child.once('close', (code) => resolve({ ok: code === 0, output }));
  });
}

const sources = () =>
  ['src', 'test/core', 'test/fuzz']
    .flatMap(filesBelow)
    .filter((file) => /\.(h|c|cc|cpp)$/.test(file));

/** @param {string} name */
function needTool(name) {
  if (!hasTool(name)) throw new Skipped(`${name} is not installed`);
}

async function clangFormat() {
  needTool('clang-format');
  const files = sources();
  if (files.length === 0) throw new Skipped('there are no C++ files');
  return run('clang-format', ...(FIX ? ['-i'] : ['--dry-run', '-Werror']), ...files);
}

/** The files of src/ that the core's build folder knows how to compile. */
async function tidyFiles() {
  const database = path.join(COMPILE_COMMANDS, 'compile_commands.json');
  const configured = () => fs.existsSync(database);
  if (!configured() && findCommand('cmake')) await run('cmake', '--preset', 'core-tests');
  if (!configured()) throw new Skipped('build/core-tests is not configured');
  /** @type {{ directory: string, file: string }[]} */
  const entries = JSON.parse(fs.readFileSync(database, 'utf8'));
  const files = entries.map(({ directory, file }) => path.resolve(directory, file));
  return [...new Set(files)].filter((file) => file.startsWith(path.join(ROOT, 'src') + path.sep));
}

async function clangTidy() {
  needTool('clang-tidy');
  const waiting = await tidyFiles();
  if (waiting.length === 0) throw new Skipped('build/core-tests compiles nothing of src/');
  const fix = FIX ? ['--fix'] : [];
  const result = { ok: true, output: '' };
  const work = async () => {
    for (let file = waiting.pop(); file; file = waiting.pop()) {
      const { ok, output } = await run(
        'clang-tidy',
        '--quiet',
        '-p',
        COMPILE_COMMANDS,
        ...fix,
        file,
      );
      if (ok) continue;
      result.ok = false;
      result.output += output;
    }
  };
  // Fixing one at a time: two of them would both repair a header that both include.
  const workers = FIX ? 1 : os.availableParallelism();
  await Promise.all(Array.from({ length: workers }, work));
  return result;
}

/** Nothing of it is loaded yet: it shows that the core is built on no platform alone. */
async function windows() {
  tryTools('cmake', 'make', 'g++ for Windows');
  for (const name of ['cmake', 'g++ for Windows']) needTool(name);
  const preset = 'core-windows';
  const configured = await run('cmake', '--preset', preset);
  if (!configured.ok) return configured;
  const jobs = String(os.availableParallelism());
  return run('cmake', '--build', '--preset', preset, '--parallel', jobs);
}

/** @returns {Outcome} */
function layers() {
  const wrong = checkLayers();
  return { ok: wrong.length === 0, output: wrong.map((line) => `${line}\n`).join('') };
}

/** @type {Record<string, () => Outcome | Promise<Outcome>>} */
const STEPS = {
  prettier: () => run(npmCommand('prettier'), '--log-level=warn', FIX ? '--write' : '--check', '.'),
  eslint: () => run(npmCommand('eslint'), '--max-warnings=0', ...(FIX ? ['--fix'] : []), '.'),
  types: () => run(npmCommand('tsc'), '-p', 'tsconfig.json'),
  layers,
  'clang-format': clangFormat,
  'clang-tidy': clangTidy,
  windows,
};

runMain(async () => {
  ensureNpmPackages();
  for (const [name, step] of Object.entries(STEPS)) {
    let verdict;
    try {
      const { ok, output } = await step();
      if (!ok) {
        process.stderr.write(output);
        process.exitCode = 1;
      }
      verdict = ok ? 'ok' : 'FAILED';
    } catch (error) {
      if (!(error instanceof Skipped)) throw error;
      verdict = `skipped: ${error.message}.`;
    }
    process.stdout.write(`lint: ${name.padEnd(13)} ${verdict}\n`);
  }
});
