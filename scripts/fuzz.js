'use strict';

// `npm run fuzz -- --seconds 60 [target...]`: runs the fuzzers of test/fuzz, each for that long,
// as many at a time as there are cores. They begin with the corpus kept in test/fuzz/corpus; what
// they find beyond that is in build/fuzz-found. `--keep` takes of it what reaches code that the
// kept corpus does not.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');

const { format, sum } = require('./reports');
const { buildPresets, must, run } = require('./run');
const { ROOT, SetupError, ensureNpmPackages, ensureTools, runMain, tryTools } = require('./setup');

/** @typedef {import('./reports').Count} Count */

const FOLDER = path.join(ROOT, 'test', 'fuzz');
const KEPT = path.join(FOLDER, 'corpus');
const FOUND = path.join(ROOT, 'build', 'fuzz-found');
const JAZZER = path.join(ROOT, 'build', 'fuzz-jazzer');

/** The longest inputs; and those that are kept. */
const MAX_LENGTH = 2048;
const MAX_KEPT_LENGTH = 400;

/** @param {string} name of a program built by the preset `fuzz` */
const program = (name) => [path.join(ROOT, 'build', 'fuzz', 'test', 'fuzz', `fuzz_${name}`)];

/**
 * libFuzzer for Node; see https://github.com/CodeIntelligenceTesting/jazzer.js.
 * @param {string} name of a file in test/fuzz
 */
const jazzer = (name) => [
  process.execPath,
  path.join(ROOT, 'node_modules', '@jazzer.js', 'core', 'dist', 'cli.js'),
  path.join(FOLDER, `${name}.fuzz.js`),
  '--sync',
  `--includes=${path.join(ROOT, 'lib')}`,
];

/** The commands, less the corpora and libFuzzer's options. @type {Record<string, string[]>} */
const TARGETS = {
  connection: program('connection'),
  reply: program('reply'),
  keys: program('keys'),
  utf8: program('utf8'),
  url: jazzer('url'),
  options: jazzer('options'),
};

/** Words that mutations make use of. @type {Record<string, string>} */
const DICTIONARIES = { connection: 'resp.dict', reply: 'resp.dict', url: 'url.dict' };

/** @param {string} line */
const say = (line) => process.stdout.write(`${line}\n`);

/** @param {string} name */
const isJazzer = (name) => TARGETS[name][0] === process.execPath;

/**
 * Jazzer.js looks for its addon in <this>/<version>/<platform>/<architecture>.
 * @param {import('./run').Options} [options]
 */
async function buildJazzer(options) {
  const { version, platform, arch } = { ...process, version: process.versions.node };
  const output = path.join(JAZZER, version, platform, arch);
  const source = path.join(FOLDER, 'jazzer');
  await must(
    'cmake',
    ['-S', source, '-B', JAZZER, `-DCMAKE_LIBRARY_OUTPUT_DIRECTORY=${output}`],
    options,
  );
  await must('cmake', ['--build', JAZZER], options);
}

/**
 * @param {string[]} names of TARGETS
 * @param {import('./run').Options} [options]
 */
async function build(names, options) {
  ensureNpmPackages();
  ensureTools('cmake', 'make', 'c++', 'clang', 'clang-runtime', 'libuv');
  // For stacks that say more than addresses.
  tryTools('llvm-symbolizer');
  await Promise.all([
    names.some(isJazzer) && buildJazzer(options),
    names.every(isJazzer) || buildPresets(['fuzz'], options),
  ]);
}

/**
 * @param {string} name
 * @param {string} [of] parent folder of the corpora
 */
function corpus(name, of = FOUND) {
  const folder = path.join(of, name);
  fs.mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * @param {string} name of a target
 * @param {string[]} corpora
 * @param {string[]} options of libFuzzer
 * @param {number} seconds that it takes at most
 */
async function fuzzer(name, corpora, options, seconds) {
  // What it leaves there, a killed one too: sockets and the lists of a merge.
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-fuzz-'));
  const [command, ...args] = TARGETS[name];
  const separator = isJazzer(name) ? ['--'] : [];
  try {
    return await run(command, [...args, ...corpora, ...separator, ...options], {
      env: {
        ...process.env,
        TMPDIR: temporary,
        UBSAN_OPTIONS: 'print_stacktrace=1',
        // Relative to the package that looks for it.
        NODE_BINDINGS_COMPILED_DIR: path.relative(
          path.join(ROOT, 'node_modules', '@jazzer.js', 'fuzzer'),
          JAZZER,
        ),
      },
      timeout: (seconds + 120) * 1000,
    });
  } finally {
    fs.rmSync(temporary, { recursive: true });
  }
}

/**
 * @param {string} name
 * @param {number} seconds
 * @returns {Promise<Count>}
 */
async function fuzz(name, seconds) {
  const crashes = path.join(ROOT, 'build', 'fuzz-crashes', path.sep);
  fs.mkdirSync(crashes, { recursive: true });
  const { ok, end, output } = await fuzzer(
    name,
    [corpus(name), corpus(name, KEPT)],
    [
      ...(DICTIONARIES[name] ? [`-dict=${path.join(FOLDER, DICTIONARIES[name])}`] : []),
      `-max_total_time=${seconds}`,
      `-max_len=${MAX_LENGTH}`,
      '-timeout=20',
      '-rss_limit_mb=4096',
      '-print_final_stats=1',
      `-artifact_prefix=${crashes}${name}-`,
    ],
    seconds,
  );
  const executed = Number(/^stat::number_of_executed_units: (\d+)/m.exec(output)?.[1] ?? 0);
  const coverage = /DONE +cov: (\d+) ft: (\d+) corp: (\d+)/.exec(output);
  if (ok && executed > 0 && coverage) {
    const [, edges, features, inputs] = coverage;
    say(
      `fuzz: ${name} found nothing: ${executed} executions in ${seconds} s, ` +
        `${edges} edges, ${features} features, ${inputs} inputs`,
    );
    return { passed: 1, failed: 0, skipped: 0 };
  }
  process.stderr.write(`${output.slice(-20_000)}\n`);
  const [, input] = /Test unit written to (\S+)/.exec(output) ?? [];

  say(`fuzz: ${name} FAILED (${end})${input ? `; its input is ${input}` : ''}`);
  return { passed: 0, failed: 1, skipped: 0 };
}

/**
 * One input alone.
 * @param {string} name
 * @param {string} input
 * @returns {Promise<Count>}
 */
async function fuzzOne(name, input) {
  const { ok, end, output } = await fuzzer(name, [path.resolve(input)], ['-timeout=20'], 60);
  process.stdout.write(output);
  say(`fuzz: ${name} ended with ${end}`);
  return { passed: Number(ok), failed: Number(!ok), skipped: 0 };
}

/**
 * Takes into the kept corpus what reaches other code.
 * @param {string} name
 */
async function keep(name) {
  const kept = corpus(name, KEPT);
  const before = fs.readdirSync(kept).length;
  // The latter gives fewer, but Jazzer.js does not know it.
  const merge = isJazzer(name) ? '-merge=1' : '-set_cover_merge=1';
  const { ok, end, output } = await fuzzer(
    name,
    [kept, corpus(name)],
    [merge, `-max_len=${MAX_KEPT_LENGTH}`, '-use_counters=0'],
    600,
  );
  if (!ok) {
    process.stderr.write(output.slice(-20_000));
    throw new SetupError(`${name}: the merge failed (${end}).`);
  }
  say(`fuzz: ${name}: ${before} inputs kept before, ${fs.readdirSync(kept).length} now`);
}

/**
 * Does something with each, as many at a time as there are cores.
 * @template T
 * @param {string[]} names
 * @param {(name: string) => Promise<T>} what
 */
async function inTurn(names, what) {
  const waiting = [...names];
  /** @type {T[]} */
  const results = [];
  const work = async () => {
    for (let name = waiting.shift(); name; name = waiting.shift()) results.push(await what(name));
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, work));
  return results;
}

/**
 * @param {{ seconds?: number, names?: string[] }} [options]
 * @returns {Promise<Count>}
 */
async function runFuzzers({ seconds = 60, names = Object.keys(TARGETS) } = {}) {
  say('fuzz: building');
  await build(names);
  return sum(await inTurn(names, (name) => fuzz(name, seconds)));
}

/** Builds all in advance, when nothing else wants the processors. */
const prepareFuzzers = () => build(Object.keys(TARGETS), { isNice: true });

module.exports = { prepareFuzzers, runFuzzers };

function readArguments() {
  const { values, positionals } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      keep: { type: 'boolean' },
      input: { type: 'string' },
    },
    allowPositionals: true,
  });
  const names = positionals.length > 0 ? positionals : Object.keys(TARGETS);
  const seconds = Number(values.seconds);
  const known = names.every((name) => Object.hasOwn(TARGETS, name));
  if (known && seconds > 0 && (values.input === undefined || positionals.length === 1)) {
    return { ...values, seconds, names };
  }
  throw new SetupError(
    'Usage: fuzz [--seconds 60] [--keep] [target...] or: fuzz --input FILE target\n' +
      `Targets: ${Object.keys(TARGETS).join(', ')}`,
  );
}

async function main() {
  const { seconds, keep: keeps, input, names } = readArguments();
  if (keeps) {
    await build(names);
    await inTurn(names, keep);
    return;
  }
  if (input !== undefined) await build(names);
  const count =
    input === undefined ? await runFuzzers({ seconds, names }) : await fuzzOne(names[0], input);
  say(`\n${format(count)}`);
  if (count.failed > 0) process.exitCode = 1;
}

if (require.main === module) runMain(main);
