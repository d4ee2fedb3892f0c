'use strict';

// Runs commands beside each other, for the scripts that build and run several things at once.

const { spawn } = require('node:child_process');
const os = require('node:os');

const { ROOT, SetupError } = require('./setup');

/** Longer than anything here takes. */
const TIMEOUT = 60 * 60 * 1000;

/**
 * @typedef {object} Outcome
 * @property {boolean} ok
 * @property {string} end such as 'exit code 1'
 * @property {string} output all that it wrote
 * @property {string} stdout of it
 */

/**
 * @typedef {object} Options
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [timeout]
 * @property {boolean} [isNice] leaves the processors to whatever else wants them
 */

/**
 * Resolves with how it ended and all that it wrote.
 * @param {string} command
 * @param {string[]} args
 * @param {Options} [options]
 * @returns {Promise<Outcome>}
 */
function run(command, args, { cwd = ROOT, env = process.env, timeout = TIMEOUT, isNice } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout,
      killSignal: 'SIGKILL',
    });
    if (isNice && child.pid) os.setPriority(child.pid, os.constants.priority.PRIORITY_LOW);
    let output = '';
    let stdout = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        if (stream === child.stdout) stdout += text;
      });
    }
    child.once('error', (error) => resolve({ ok: false, end: error.message, output, stdout }));
    child.once('close', (code, signal) =>
      resolve({ ok: code === 0, end: signal ?? `exit code ${code}`, output, stdout }),
    );
  });
}

/**
 * Runs a command with its output on the terminal; resolves with whether it succeeded.
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<boolean>}
 */
function show(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: TIMEOUT,
      killSignal: 'SIGKILL',
    });
    child.once('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(false);
    });
    child.once('close', (code) => resolve(code === 0));
  });
}

/**
 * As run, for what has to succeed: its output is shown only if it does not.
 * @param {string} command
 * @param {string[]} args
 * @param {Options} [options]
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
 * @param {Options} [options] of CMake and what it runs
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

module.exports = { buildPresets, must, run, show };
