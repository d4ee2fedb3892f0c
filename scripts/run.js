'use strict';

// Runs commands beside each other, for the scripts that build and run several things at once.

const { spawn } = require('node:child_process');
const os = require('node:os');

const { ROOT, SetupError } = require('./setup');

/** Longer than anything here takes. */
const TIMEOUT = 20 * 60 * 1000;

/** @typedef {{ ok: boolean, end: string, output: string }} Outcome `end`: such as 'exit code 1' */

/**
 * Resolves with how it ended and all that it wrote.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeout?: number }} [options]
 * @returns {Promise<Outcome>}
 */
function run(command, args, { cwd = ROOT, env = process.env, timeout = TIMEOUT } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout,
      killSignal: 'SIGKILL',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    }
    child.once('error', (error) => resolve({ ok: false, end: error.message, output }));
    child.once('close', (code, signal) =>
      resolve({ ok: code === 0, end: signal ?? `exit code ${code}`, output }),
    );
  });
}

/**
 * The same for what has to succeed: its output is shown only if it does not.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv }} [options]
 * @throws {SetupError}
 */
async function must(command, args, options) {
  const { ok, end, output } = await run(command, args, options);
  if (ok) return;
  process.stderr.write(output);
  throw new SetupError(`\`${[command, ...args].join(' ')}\` failed (${end}).`);
}

/**
 * Configures and builds presets of CMakePresets.json beside each other, each in a folder of its
 * own below build/, where what is still valid is not built again.
 * @param {string[]} presets
 * @param {{ env?: NodeJS.ProcessEnv }} [options] of CMake and what it runs
 */
async function buildPresets(presets, options) {
  const jobs = String(Math.ceil(os.availableParallelism() / presets.length));
  const build = async (/** @type {string} */ preset) => {
    await must('cmake', ['--preset', preset], options);
    await must('cmake', ['--build', '--preset', preset, '--parallel', jobs], options);
  };
  const results = await Promise.allSettled(presets.map(build));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

module.exports = { buildPresets, must, run };
