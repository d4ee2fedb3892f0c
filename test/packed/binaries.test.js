'use strict';

// What the prebuilt binaries need and show, and that the checks of it see what they are there for.

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { GLIBC_FLOOR, binaryOf, faultsOf, floorOf } = require('../../scripts/binary');
const { compareVersions } = require('../../scripts/elf');
const { ROOT } = require('../../scripts/setup');
const { TARGETS } = require('../../scripts/targets');
const { libcOf, platform } = require('../../lib/platform');

const built = Object.keys(TARGETS).filter((target) => fs.existsSync(binaryOf(target)));

test('there is one for this platform', () => {
  expect(built).toContain(platform());
});

test.each(built)(
  '%s needs no more than its platform has, and shows no more than it must',
  (target) => {
    expect(faultsOf(target)).toEqual([]);
  },
);

test.each(built.filter((target) => target.endsWith('-glibc')))(
  '%s runs on old systems',
  (target) => {
    expect(compareVersions(floorOf(target), GLIBC_FLOOR)).toBeLessThanOrEqual(0);
  },
);

test('a library that was not made for every system is refused', () => {
  const [target] = built;
  const library = execFileSync('g++', ['-print-file-name=libstdc++.so.6'], { encoding: 'utf8' });
  const faults = faultsOf(target, library.trim());
  const expected = [
    'needs libgcc_s.so.1',
    'lacks napi_register_module_v1',
    'shows _ZSt9terminatev',
    'needs arc4random of GLIBC_2.36',
  ];
  // There are thousands.
  expect(faults.filter((fault) => expected.includes(fault)).sort()).toEqual(expected.sort());
});

test('a binary for another processor is refused', () => {
  const other = platform().includes('x64') ? 'linux-arm64-glibc' : 'linux-x64-glibc';
  expect(faultsOf(other, binaryOf(platform()))[0]).toMatch(/^is for .*, not /);
});

test('the loader knows every platform that binaries are for', () => {
  const loader = fs.readFileSync(path.join(ROOT, 'lib', 'native.js'), 'utf8');
  const named = [
    ...loader.matchAll(/case '([\w-]+)':\n\s+return require\('\.\.\/prebuilds\/\1\//g),
  ];
  expect(named.map(([, name]) => name)).toEqual(Object.keys(TARGETS));
});

test.each([
  ['/lib/ld-musl-x86_64.so.1', 'musl'],
  ['/lib/ld-musl-aarch64.so.1', 'musl'],
  ['/lib64/ld-linux-x86-64.so.2', 'glibc'],
  ['/lib/ld-linux-aarch64.so.1', 'glibc'],
  ['/usr/lib/libnothing.so.1', undefined],
])('a program with the loader %s has the C library %s', (loader, libc) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-'));
  const program = path.join(folder, 'node');
  fs.writeFileSync(program, `\x7fELF${'\0'.repeat(600)}${loader}\0`);
  const found = libcOf(program);
  fs.rmSync(folder, { recursive: true });
  expect(found).toBe(libc);
});
