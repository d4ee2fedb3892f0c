'use strict';

// Runs a script in a process of its own: what a crash, an exit or an uncaught exception is tested
// with.

const { spawn } = require('node:child_process');
const { PATIENCE } = require('./patience');

/**
 * Resolves when the script has ended. One that hangs is killed and shows as `signal: 'SIGKILL'`.
 * @param {string} file
 * @param {{ args?: string[], nodeArgs?: string[], env?: object, timeout?: number, cwd?: string,
 *   onLine?: (line: string, child: import('node:child_process').ChildProcess) => void }} [options]
 * @returns {Promise<{ code: number | null, signal: string | null, lines: string[], stderr: string }>}
 */
function runScript(file, options = {}) {
  const { args = [], nodeArgs = [], env = {}, timeout = PATIENCE, cwd, onLine } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...nodeArgs, file, ...args], {
      cwd,
      // Of Jest's own environment nothing that changes how Node behaves.
      env: { ...process.env, NODE_ENV: 'test', NODE_OPTIONS: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines = [];
    let rest = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop();
      for (const line of parts) {
        lines.push(line);
        onLine?.(line, child);
      }
    });
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (rest) lines.push(rest);
      resolve({ code, signal, lines, stderr });
    });
  });
}

module.exports = { runScript };
