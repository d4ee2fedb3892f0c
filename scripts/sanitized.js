'use strict';

// `npm run test:asan`, `test:ubsan` and `test:tsan`: the core's tests, and Jest's tests with the
// real addon in Node, under sanitizers. Whatever a sanitizer says of whichever process fails them.
// `npm run test:asan -- fault/endings` runs those of Jest's files alone whose path has that in it.
//
// ThreadSanitizer runs the core's tests alone: they have the one place where another thread works
// for us, libuv's pool that resolves names. In Node it has nothing to say: it must see every
// access and every synchronisation, but neither Node nor V8, whose threads share memory by
// atomics of their own, is compiled for it; and our code in Node is in one thread anyway.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { countCTest, countJest, format, freshReport, sum } = require('./reports');
const { buildPresets, run } = require('./run');
const { ROOT, SetupError, ensureNpmPackages, ensureTools, runMain } = require('./setup');

/** @typedef {import('./reports').Count} Count */

/** What of test/ is run with the sanitized addon. */
const ALL = ['{integration,fault,lifecycle,redundant}/**/*'];
/**
 * In `npm test`: what reaches most of the addon's code, and ends it in most ways. It takes longer
 * than without sanitizers.
 */
const CHOSEN = [
  'integration/{access-more,binary-safety,callbacks,concurrency-merge-commands,credentials}',
  'integration/{deadlines,diagnostics,enumeration,express,reconnection,serializer,update}',
  'fault/{breaks,endings,late-replies,misfits,random-bytes,surplus,wrong-types}',
  'lifecycle/{callbacks,process,worker}',
  'redundant/{operations,reads,worker}',
];

/**
 * Files left out, for a reason.
 * @type {Record<string, string>}
 */
const LEFT_OUT = {
  'test/fault/memory.test.js':
    'measures resident memory, of which AddressSanitizer keeps what was freed',
  'test/fault/longest-string.test.js':
    'moves half a gigabyte, for which AddressSanitizer takes longer than a deadline may be',
};

/**
 * @typedef {object} Kind
 * @property {string} core preset of the core's tests
 * @property {string} [addon] preset of the addon
 * @property {string[]} tools
 * @property {Record<string, string>} options of each runtime, by the variable that it reads
 * @property {() => string} [preload] the library that has to be there before Node's own code
 * @property {string[]} leftOut of LEFT_OUT
 */

const UNDEFINED = 'print_stacktrace=1';
/** @type {Record<string, Kind>} */
const KINDS = {
  asan: {
    core: 'asan',
    addon: 'addon-asan',
    tools: ['c++'],
    options: {
      // Undefined behaviour in the addon is an illegal instruction: what GCC's runtime for it says
      // beside AddressSanitizer's comes to no file.
      ASAN_OPTIONS: 'detect_leaks=1:detect_stack_use_after_return=1:handle_sigill=1:exitcode=99',
      LSAN_OPTIONS: `print_suppressions=0:suppressions='${path.join(ROOT, 'test', 'sanitizers', 'leaks.txt')}'`,
      UBSAN_OPTIONS: UNDEFINED,
    },
    preload: addressSanitizerLibrary,
    leftOut: Object.keys(LEFT_OUT),
  },
  // AddressSanitizer's builds have GCC's checks of undefined behaviour in them. This has Clang's,
  // which differ (calls by a pointer of another type are one of theirs), and its code generator.
  ubsan: {
    core: 'ubsan',
    addon: 'addon-ubsan',
    tools: ['clang', 'clang-runtime'],
    options: { UBSAN_OPTIONS: UNDEFINED },
    leftOut: [],
  },
  tsan: {
    core: 'tsan',
    tools: ['c++'],
    options: { TSAN_OPTIONS: 'exitcode=99' },
    leftOut: [],
  },
};

/** Of what was found the first is the most of it; all is kept in files. */
const MAX_SHOWN = 5;
const MAX_SHOWN_LENGTH = 8000;

/** @param {string} line */
const say = (line) => process.stdout.write(`${line}\n`);

function addressSanitizerLibrary() {
  const { stdout } = spawnSync('c++', ['-print-file-name=libasan.so'], { encoding: 'utf8' });
  const library = stdout?.trim() ?? '';
  // Without a folder: the compiler does not have it.
  if (path.isAbsolute(library)) return fs.realpathSync(library);
  throw new SetupError('c++ has no libasan.so: this needs GCC with its sanitizers, on Linux.');
}

/** One run of one kind: its build, its processes' environment, and what is said of them. */
class Sanitized {
  #name;
  #kind;
  #patterns;
  #tests;
  #folder;
  #said;

  /**
   * @param {string} name of KINDS
   * @param {{ patterns: string[], all: boolean }} options `patterns` of Jest's files; none: those
   *   of ALL or CHOSEN, and the core's tests
   */
  constructor(name, { patterns, all }) {
    this.#name = name;
    this.#patterns = patterns;
    this.#tests = all ? ALL : CHOSEN;
    this.#kind = KINDS[name];
    this.#folder = path.join(ROOT, 'build', 'sanitized', name);
    this.#said = path.join(this.#folder, 'said');
  }

  get #presets() {
    const { core, addon } = this.#kind;
    return [...(this.#patterns.length > 0 ? [] : [core]), ...(addon ? [addon] : [])];
  }

  /** @param {import('./run').Options} [options] */
  async build(options) {
    ensureNpmPackages();
    ensureTools('cmake', 'make', 'libuv', 'gtest', 'redis-server', 'openssl', ...this.#kind.tools);
    await buildPresets(this.#presets, options);
  }

  /** @returns {Promise<Count>} */
  async run() {
    const { core, addon } = this.#kind;
    say(`${this.#name}: building`);
    await this.build();
    fs.rmSync(this.#folder, { recursive: true, force: true });
    fs.mkdirSync(this.#said, { recursive: true });
    /** @type {Count[]} */
    const counts = [];
    if (this.#presets.includes(core)) counts.push(await this.#core());
    if (addon) counts.push(...(await this.#jest(addon)));
    counts.push(this.#report());
    return sum(counts);
  }

  /**
   * Every process says what it has to say in a file of its own: the output of a process deep down
   * may be thrown away, and its exit code, too.
   */
  #environment() {
    /** @type {NodeJS.ProcessEnv} */
    const environment = { ...process.env };
    for (const [variable, options] of Object.entries(this.#kind.options)) {
      environment[variable] = `${options}:log_path='${path.join(this.#said, variable)}'`;
    }
    return environment;
  }

  /** GoogleTest, through CTest. @returns {Promise<Count>} */
  async #core() {
    const { core } = this.#kind;
    const report = freshReport(`core-${core}.xml`);
    const jobs = String(os.availableParallelism());
    const { ok, output } = await run(
      'ctest',
      ['--preset', core, '--parallel', jobs, '--output-junit', report],
      { env: this.#environment() },
    );
    if (!ok) process.stderr.write(output);
    const count = countCTest(report, ok);
    say(`${this.#name}: the core's tests: ${format(count)}`);
    return count;
  }

  /** The package as it would be installed, with its tests and the sanitized addon. */
  #copyPackage(/** @type {string} */ addon) {
    const copy = path.join(this.#folder, 'package');
    const left = new Set(['.git', 'build', 'coverage', 'node_modules']);
    for (const name of fs.readdirSync(ROOT).filter((each) => !left.has(each))) {
      fs.cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true });
    }
    const release = path.join(copy, 'build', 'Release');
    fs.mkdirSync(release, { recursive: true });
    const file = 'connect_hiredis.node';
    fs.copyFileSync(path.join(ROOT, 'build', addon, file), path.join(release, file));
    fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));
    return copy;
  }

  /**
   * Jest in a few processes. Not with workers of its own: it kills those that take their time to
   * end, as they do while they are searched for leaks.
   * @returns {Promise<Count[]>}
   */
  #jest(/** @type {string} */ addon) {
    const copy = this.#copyPackage(addon);
    const { preload, leftOut } = this.#kind;
    // A sanitizer looks at what is run, not at how often.
    /** @type {NodeJS.ProcessEnv} */
    const env = { ...this.#environment(), TEST_DEPTH: '' };
    if (preload) env.LD_PRELOAD = preload();
    for (const file of leftOut) say(`${this.#name}: without ${file}: it ${LEFT_OUT[file]}`);
    // Tests wait more than they work.
    const shards = 2 * os.availableParallelism();
    const shard = async (/** @type {number} */ index) => {
      const report = freshReport(`jest-${this.#name}-${index}.json`);
      const { ok, end, output } = await run(
        process.execPath,
        [
          path.join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'),
          '--ci',
          '--runInBand',
          `--rootDir=${copy}`,
          `--shard=${index}/${shards}`,
          ...this.#tests.map((tests) => `--testMatch=**/test/${tests}.test.js`),
          ...['/node_modules/', ...leftOut].map((each) => `--testPathIgnorePatterns=${each}`),
          '--testTimeout=300000',
          '--json',
          `--outputFile=${report}`,
          ...(this.#patterns.length > 0 ? ['--passWithNoTests', ...this.#patterns] : []),
        ],
        { cwd: copy, env },
      );
      const count = countJest(report, ok);
      if (!ok) process.stderr.write(`${output}\nJest ended with ${end}\n`);
      say(`${this.#name}: Jest with the addon, ${index} of ${shards}: ${format(count)}`);
      return count;
    };
    return Promise.all(Array.from({ length: shards }, (_, index) => shard(index + 1)));
  }

  /** That no sanitizer has anything to say is one test more. @returns {Count} */
  #report() {
    const files = fs.readdirSync(this.#said).map((name) => path.join(this.#said, name));
    if (files.length === 0) {
      say(`${this.#name}: nothing was found in any process`);
      return { passed: 1, failed: 0, skipped: 0 };
    }
    for (const file of files.slice(0, MAX_SHOWN)) {
      const text = fs.readFileSync(file, 'utf8').slice(0, MAX_SHOWN_LENGTH);
      say(`\n${path.relative(ROOT, file)}:\n${text}`);
    }
    const where = path.relative(ROOT, this.#said);
    say(`${this.#name}: findings in ${files.length} processes, all in ${where}`);
    return { passed: 0, failed: files.length, skipped: 0 };
  }
}

/**
 * @param {string} name of KINDS
 * @param {{ patterns?: string[], all?: boolean }} [options] `all`: not only what `npm test` runs
 * @returns {Promise<Count>}
 */
const runSanitized = (name, { patterns = [], all = true } = {}) =>
  new Sanitized(name, { patterns, all }).run();

/** Builds in advance, when nothing else wants the processors. @param {string} name of KINDS */
const prepareSanitized = (name) =>
  new Sanitized(name, { patterns: [], all: true }).build({ isNice: true });

module.exports = { prepareSanitized, runSanitized };

if (require.main === module) {
  runMain(async () => {
    const [name, ...patterns] = process.argv.slice(2);
    if (!Object.hasOwn(KINDS, name)) {
      throw new SetupError(`Which one? Known: ${Object.keys(KINDS).join(', ')}.`);
    }
    const count = await runSanitized(name, { patterns });
    say(`\n${format(count)}`);
    if (count.failed > 0) process.exitCode = 1;
  });
}
