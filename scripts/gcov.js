'use strict';

// Reads what a program that GCC compiled with --coverage has counted. What several objects have of
// one file (a header, a template) is added up.

const path = require('node:path');

const { run } = require('./run');
const { ROOT, SetupError } = require('./setup');

/** Objects that gcov reads at a time: each gives a document of some megabytes. */
const AT_A_TIME = 8;

/**
 * @typedef {object} Line
 * @property {number} count how often it was reached
 * @property {number[]} branches how often each was taken, but for those of exceptions
 */

/** The lines of all files that have code. */
class Lines {
  /** @type {Map<string, Map<number, Line>>} by file and number */
  #files = new Map();

  /**
   * @param {string} file
   * @param {number} number
   * @param {Line} line
   */
  add(file, number, { count, branches }) {
    const lines = this.#files.get(file) ?? new Map();
    this.#files.set(file, lines);
    const known = lines.get(number) ?? { count: 0, branches: [] };
    known.count += count;
    for (const [index, taken] of branches.entries()) {
      known.branches[index] = (known.branches[index] ?? 0) + taken;
    }
    lines.set(number, known);
  }

  /** @returns {string[]} */
  files() {
    return [...this.#files.keys()].sort();
  }

  /** @param {string} file @returns {Line[]} */
  #linesOf(file) {
    return [...(this.#files.get(file)?.values() ?? [])];
  }

  /** The lines that were never reached, as `file:line`. @param {string} file */
  missing(file) {
    return [...(this.#files.get(file) ?? [])]
      .filter(([, { count }]) => count === 0)
      .map(([number]) => number)
      .sort((one, other) => one - other)
      .map((number) => `${file}:${number}`);
  }

  /** @param {(file: string) => boolean} filter */
  sum(filter) {
    const lines = this.files()
      .filter(filter)
      .flatMap((file) => this.#linesOf(file));
    const branches = lines.flatMap((line) => line.branches);
    return {
      lines: { reached: lines.filter(({ count }) => count > 0).length, all: lines.length },
      branches: { reached: branches.filter((taken) => taken > 0).length, all: branches.length },
    };
  }
}

/**
 * @param {string[]} notes the .gcno files of the objects
 * @param {string} folder whose files count, relative to the repository
 * @returns {Promise<Lines>}
 */
async function readGcov(notes, folder) {
  const lines = new Lines();
  for (let at = 0; at < notes.length; at += AT_A_TIME) {
    const some = notes.slice(at, at + AT_A_TIME);
    const { ok, end, output, stdout } = await run('gcov', [
      ...['--json-format', '--stdout', '--branch-probabilities'],
      ...some,
    ]);
    if (!ok) throw new SetupError(`gcov failed (${end}): ${output.slice(-2000)}`);
    // Of what was never run it says so, on its other output.
    const documents = stdout.split('\n').filter(Boolean);
    if (documents.length !== some.length) throw new SetupError(`gcov: ${output.slice(0, 2000)}`);
    for (const document of documents) addDocument(lines, JSON.parse(document), folder);
  }
  return lines;
}

/**
 * See https://gcc.gnu.org/onlinedocs/gcc/Invoking-Gcov.html.
 * @param {Lines} lines
 * @param {any} document
 * @param {string} folder
 */
function addDocument(lines, { current_working_directory: base, files }, folder) {
  for (const { file: name, lines: counted } of files) {
    const file = path.relative(ROOT, path.resolve(base, name));
    if (!file.startsWith(folder + path.sep)) continue;
    for (const { line_number: number, count, branches } of counted) {
      const taken = branches
        .filter((/** @type {any} */ branch) => !branch.throw)
        .map((/** @type {any} */ branch) => branch.count);
      lines.add(file, number, { count, branches: taken });
    }
  }
}

module.exports = { Lines, readGcov };
