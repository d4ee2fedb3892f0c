'use strict';

// A soak: stores under load for minutes while their server is broken at random in every way that
// faults.js knows. Ends with a verdict; exit code 1 if it is a bad one.

const path = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');
const { parseArgs } = require('node:util');
const { startRedis } = require('../helpers/redis-server');
const { connectAdmin } = require('../helpers/use-redis');
const { Chance, seedFrom } = require('../calm/chance');
const { now } = require('../calm/clock');
const { startLoaded } = require('../calm/loaded');
const { startRelay } = require('../calm/relay');
const { FAULTS, namesOfFaults } = require('./faults');

const MINUTE = 60_000;
const REPORT_EVERY = 10_000;
const MAX_GROWTH = 0.05;
const MEGABYTE = 1024 * 1024;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '2' }, seed: { type: 'string' } },
});
const length = Number(values.minutes) * MINUTE;
const seed = seedFrom(values.seed);
if (!(length > 0) || !Number.isInteger(seed)) {
  throw new TypeError('--minutes must be a number above 0, --seed a whole number');
}

const say = (line) => process.stdout.write(`${line}\n`);
const megabytes = (bytes) => `${(bytes / MEGABYTE).toFixed(1)} MB`;

/** The loads that stay: 1,800 operations per second; those that pass by add some. */
const loadsOf = (server, relay) => [
  { name: 'direct', rate: 900, options: { url: server.url } },
  { name: 'hasty', rate: 500, options: { url: relay.url, commandTimeout: 500 } },
  { name: 'crowded', rate: 200, options: { url: relay.url, commandTimeout: 2000, queue: 100 } },
  { name: 'offline', rate: 200, options: { url: relay.url, queue: false, pingInterval: 500 } },
];

/** Breaks the server until it is time. */
async function breakThings(world, end, counts, faults) {
  for (;;) {
    await pause(world.chance.between(300, 2500));
    if (now() > end) return;
    const { value: name } = faults.next();
    counts[name] = (counts[name] ?? 0) + 1;
    await FAULTS[name](world);
  }
}

async function report(loaded, begun) {
  const { issued, calledBack, failed, late, outstanding, rss, files, passing, ...loop } =
    await loaded.ask('status');
  say(
    `${String(Math.round((now() - begun) / 1000)).padStart(5)} s  issued ${issued}, called back ` +
      `${calledBack}, open ${outstanding}, failed ${failed}, late ${late}; stores ` +
      `${passing.stores}, workers ${passing.workers} (${passing.terminated} terminated); ` +
      `${megabytes(rss)}, ${files} files; loop held up for at most ${Math.round(loop.longest)} ms, ` +
      `${Math.round(loop.longestOwn)} ms with a processor`,
  );
}

/** @returns {string[]} what is wrong */
function judge(first, { measured: last, faults, ...end }) {
  const wrong = [...faults];
  for (const [what, account] of Object.entries({ 'the stores': end, 'the others': end.passing })) {
    const { issued, calledBack, twice, late } = account;
    if (calledBack !== issued) wrong.push(`${what}: issued ${issued}, called back ${calledBack}`);
    if (twice > 0) wrong.push(`${what}: ${twice} called back twice`);
    if (late > 0) wrong.push(`${what}: ${late} called back late`);
  }
  const growth = last.rss / first.rss - 1;
  if (growth > MAX_GROWTH) wrong.push(`memory has grown by ${(growth * 100).toFixed(1)} %`);
  for (const name of ['files', 'resources']) {
    if (last[name] > first[name]) wrong.push(`${name}: ${first[name]}, at the end ${last[name]}`);
  }
  return wrong;
}

/**
 * @typedef {{ rss: number, heapUsed: number, heapTotal: number, files: number, resources: number }}
 *   Measured
 */

/** @param {string} name @param {Measured} measured */
const describe = (name, { rss, heapUsed, heapTotal, files, resources }) =>
  `${name}: resident ${megabytes(rss)}, heap ${megabytes(heapUsed)} of ${megabytes(heapTotal)}, ` +
  `${files} files, ${resources} resources`;

async function soak(world, loaded) {
  const counts = {};
  const faults = namesOfFaults(world);
  const begun = now();
  const timer = setInterval(() => report(loaded, begun), REPORT_EVERY);
  try {
    // A short run has its first minute in its first half.
    const step = Math.min(MINUTE, length / 2);
    /** @type {Measured | undefined} */
    let first;
    for (let at = step; at < length; at += step) {
      await breakThings(world, begun + at, counts, faults);
      const measured = await loaded.ask('measure');
      first ??= measured;
      say(describe('      at rest', measured));
    }
    await breakThings(world, begun + length, counts, faults);
    const end = await loaded.ask('finish', world.server.url);
    say(describe('      at the end', end.measured));
    const faultCounts = Object.entries(counts).map((entry) => entry.join(' '));
    say(`faults: ${faultCounts.join(', ')}`);
    return { wrong: judge(first, end), end };
  } finally {
    clearInterval(timer);
  }
}

async function main() {
  say(`soak: ${values.minutes} minutes, --seed ${seed}`);
  const server = await startRedis({
    tcp: true,
    args: [
      ...['--appendonly', 'yes', '--appendfsync', 'always'],
      ...['--auto-aof-rewrite-min-size', '16mb'],
    ],
  });
  const relay = await startRelay(server.address);
  const admin = await connectAdmin(server);
  const chance = new Chance(seed);
  const what = {
    loads: loadsOf(server, relay),
    passing: { url: server.url, commandTimeout: 1000 },
    seed: seed + 1,
  };
  const loaded = await startLoaded(what, {
    file: path.join(__dirname, 'loaded.js'),
    // What is kept for later would hide what is lost: V8 would double its space for new objects one
    // day, by more than the growth that is looked for, and malloc would keep what is free.
    nodeArgs: ['--expose-gc', '--min-semi-space-size=4', '--max-semi-space-size=4'],
    env: {
      MALLOC_ARENA_MAX: '1',
      MALLOC_TRIM_THRESHOLD_: '131072',
      MALLOC_MMAP_THRESHOLD_: '131072',
    },
  });
  try {
    await loaded.ask('start');
    const { wrong, end } = await soak({ server, admin, relay, chance }, loaded);
    const { passing } = end;
    say(
      `issued ${end.issued + passing.issued}, called back ${end.calledBack + passing.calledBack}; ` +
        `${passing.stores} stores and ${passing.workers} workers came and went`,
    );
    for (const line of wrong) say(`wrong: ${line}`);
    say(wrong.length === 0 ? 'calm' : `not calm (repeat with --seed ${seed})`);
    if (wrong.length > 0) process.exitCode = 1;
  } finally {
    await loaded.end();
    admin.destroy();
    await relay.close();
    await server.stop();
  }
}

main().catch((error) => {
  process.exitCode = 1;
  process.stderr.write(`${error.stack}\n`);
});
