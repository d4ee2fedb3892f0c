'use strict';

// Runs steps one after the other and says of each whether it succeeded: lines that
// scripts/test-asan.js counts.

/** Longer than any step takes, also under valgrind. */
const TIMEOUT = 10 * 60 * 1000;

/** @param {Record<string, () => Promise<unknown>>} steps */
async function runSteps(steps) {
  for (const [name, step] of Object.entries(steps)) {
    let timer;
    try {
      const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error('did not end in time')), TIMEOUT);
      });
      await Promise.race([step(), late]);
      process.stdout.write(`ok: ${name}\n`);
    } catch (error) {
      process.stdout.write(`FAILED: ${name}\n${error?.stack ?? error}\n`);
      process.exitCode = 1;
    } finally {
      clearTimeout(timer);
    }
  }
}

module.exports = { runSteps };
