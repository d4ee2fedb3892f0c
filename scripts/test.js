'use strict';

// `npm test`: runs everything and sums up what the runners counted. `npm test -- core demo` runs
// only those. `npm run test:full` (--full) runs more of them, and each in its long version. The
// names are the keys of RUNNERS in scripts/runners.js.

const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');

const { format, sum } = require('./reports');
const { RUNNERS } = require('./runners');
const { ROOT, SetupError, ensureNpmPackages, runMain } = require('./setup');

/** The last line of the output once more, for .ci/run. */
const SUMMARY = path.join(ROOT, 'build', 'test-summary.txt');

/** @typedef {import('./reports').Count} Count */

/** @param {number} since */
const minutes = (since) => `${((performance.now() - since) / 60_000).toFixed(1)} min`;

/**
 * @param {string} name
 * @param {string[]} later the names of those that are still to be run
 * @returns {Promise<Count>}
 */
async function count(name, later) {
  process.stdout.write(`\n== ${name}\n`);
  try {
    const result = await RUNNERS[name].run({ later });
    if (result.passed + result.failed + result.skipped > 0) return result;
    process.stderr.write(`${name}: the runner counted nothing\n`);
  } catch (error) {
    const text = error instanceof SetupError ? error.message : /** @type {any} */ (error)?.stack;
    process.stderr.write(`${name}: ${text ?? error}\n`);
  }
  return { passed: 0, failed: 1, skipped: 0 };
}

function readArguments() {
  const { values, positionals } = parseArgs({
    options: { full: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const known = Object.keys(RUNNERS);
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new SetupError(`Unknown: ${unknown.join(', ')}. Known: ${known.join(', ')}.`);
  }
  const usual = known.filter((name) => values.full || !RUNNERS[name].onlyFull);
  return { full: values.full, chosen: positionals.length > 0 ? positionals : usual };
}

async function main() {
  const { full, chosen } = readArguments();
  // Read by test/helpers/depth.js, in whatever process.
  if (full) process.env.TEST_DEPTH = 'full';
  fs.rmSync(SUMMARY, { force: true });
  ensureNpmPackages();
  const begun = performance.now();
  const counts = [];
  const times = [];
  for (const [index, name] of chosen.entries()) {
    const since = performance.now();
    counts.push(await count(name, chosen.slice(index + 1)));
    times.push(minutes(since));
  }

  const total = sum(counts);
  process.stdout.write('\n');
  for (const [index, name] of chosen.entries()) {
    process.stdout.write(`${name.padEnd(14)} ${format(counts[index])} (${times[index]})\n`);
  }
  const line = format(total);
  fs.mkdirSync(path.dirname(SUMMARY), { recursive: true });
  fs.writeFileSync(SUMMARY, `${line}\n`);
  process.stdout.write(`${'all'.padEnd(14)} ${minutes(begun)}\n\n${line}\n`);
  if (total.failed > 0) process.exitCode = 1;
}

runMain(main);
