'use strict';
// The name of the platform that this process runs on, as prebuilds/ has it: linux-x64-glibc.

const fs = require('node:fs');

/** Where the linker puts the name of a program's loader: right behind the headers. */
const HEAD = 4096;

/**
 * The C library of a Linux program, by the loader that it names.
 * @param {string} program its path
 * @returns {'glibc' | 'musl' | undefined}
 */
function libcOf(program) {
  const head = headOf(program);
  if (/\/ld-musl-[\w.-]+/.test(head)) return 'musl';
  if (/\/ld-linux[\w.-]*\.so/.test(head) || /\/ld64\.so/.test(head)) return 'glibc';
  return undefined;
}

/** @param {string} file */
function headOf(file) {
  const head = Buffer.alloc(HEAD);
  try {
    const descriptor = fs.openSync(file, 'r');
    try {
      return head.toString('latin1', 0, fs.readSync(descriptor, head, 0, HEAD, 0));
    } finally {
      fs.closeSync(descriptor);
    }
  } catch {
    return '';
  }
}

/** Slower, since it tells a lot more; for programs whose loader is named elsewhere. */
function libcReported() {
  const report = /** @type {any} */ (process.report?.getReport());
  return report?.header?.glibcVersionRuntime ? 'glibc' : 'musl';
}

/** @returns {string} such as linux-x64-glibc, darwin-arm64 */
function platform() {
  /** @type {string[]} */
  const parts = [process.platform, process.arch];
  if (process.platform === 'linux') parts.push(libcOf(process.execPath) ?? libcReported());
  return parts.join('-');
}

module.exports = { libcOf, platform };
