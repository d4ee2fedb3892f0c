'use strict';

// The types as users compile them: by TypeScript 5.9 and 7, as CommonJS and as ES modules, under
// the strictest options and without skipLibCheck, with the types of the peers and without.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { readPage } = require('../helpers/markdown');

jest.setTimeout(300_000);

const ROOT = path.join(__dirname, '../..');
const COMPILERS = { 5.9: 'typescript-5.9', 7: 'typescript' };

/** What the package has for a compiler. */
const PACKAGE = ['package.json', 'index.d.ts', 'index.d.mts'];

const OPTIONS = {
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
  skipLibCheck: false,
  esModuleInterop: true,
  target: 'es2023',
  lib: ['es2023'],
  module: 'node16',
  moduleResolution: 'node16',
  types: ['node'],
};

const sourcesIn = (folder) =>
  fs
    .readdirSync(path.join(__dirname, folder))
    .map((name) => [
      name.replace(/\.ts$/, ''),
      fs.readFileSync(path.join(__dirname, folder, name), 'utf8'),
    ]);

/** The TypeScript of the README, which is an ES module. */
const readme = () =>
  [...readPage('README.md').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code], index) => [
    `readme-${index}`,
    code,
  ]);

/**
 * A project that has the package's types; with the peers' or with those of Node alone.
 * @param {boolean} peers
 */
function createProject(peers) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-types-'));
  const modules = path.join(folder, 'node_modules');
  const installed = path.join(modules, 'connect-hiredis');
  fs.mkdirSync(installed, { recursive: true });
  for (const file of PACKAGE) fs.copyFileSync(path.join(ROOT, file), path.join(installed, file));
  if (peers) {
    for (const name of fs.readdirSync(path.join(ROOT, 'node_modules'))) {
      if (name.startsWith('.')) continue;
      fs.symlinkSync(path.join(ROOT, 'node_modules', name), path.join(modules, name));
    }
  } else {
    fs.mkdirSync(path.join(modules, '@types'));
    for (const name of ['@types/node', 'undici-types']) {
      fs.symlinkSync(path.join(ROOT, 'node_modules', name), path.join(modules, name));
    }
  }
  const sources = peers ? [...sourcesIn('points'), ...sourcesIn('peers')] : sourcesIn('points');
  for (const [name, code] of sources) {
    for (const type of ['cts', 'mts']) fs.writeFileSync(path.join(folder, `${name}.${type}`), code);
  }
  if (peers) {
    for (const [name, code] of readme()) fs.writeFileSync(path.join(folder, `${name}.mts`), code);
  }
  const config = { compilerOptions: OPTIONS, include: ['*.cts', '*.mts'] };
  fs.writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
  return folder;
}

/** @returns {Record<string, string[]>} the errors of each file that is ours */
function compile(compiler, folder) {
  const manifest = require.resolve(`${compiler}/package.json`, { paths: [ROOT] });
  const { bin } = JSON.parse(fs.readFileSync(manifest, 'utf8'));
  const tsc = path.join(path.dirname(manifest), bin.tsc);
  const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
    encoding: 'utf8',
    cwd: folder,
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(stderr).toBe('');
  const errors = {};
  for (const [line, file] of stdout.matchAll(/^(\S+?)\(\d+,\d+\): error .*$/gm)) {
    (errors[file] ??= []).push(line);
  }
  // Errors without a file are of the configuration.
  expect(stdout.match(/^error .*$/m)).toBeNull();
  return errors;
}

describe.each([
  ['with the types of the peers', true],
  ['without them', false],
])('%s', (_, peers) => {
  let folder;
  beforeAll(() => (folder = createProject(peers)));
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  describe.each(Object.entries(COMPILERS))('TypeScript %s', (version, compiler) => {
    let errors;
    beforeAll(() => (errors = compile(compiler, folder)));

    const names = [...sourcesIn('points'), ...(peers ? sourcesIn('peers') : [])].flatMap(([name]) =>
      ['cts', 'mts'].map((type) => `${name}.${type}`),
    );
    if (peers) names.push(...readme().map(([name]) => `${name}.mts`));

    test.each(names)('%s compiles', (name) => {
      expect(errors[name] ?? []).toEqual([]);
    });

    test("the package's own declarations have no error", () => {
      const ours = Object.keys(errors).filter((file) => file.includes('connect-hiredis/'));
      expect(ours.flatMap((file) => errors[file])).toEqual([]);
    });
  });
});

test('both forms export the same', () => {
  const namesIn = (file, pattern) =>
    [...fs.readFileSync(path.join(ROOT, file), 'utf8').matchAll(pattern)]
      .map(([, name]) => name)
      .filter((name, index, all) => all.indexOf(name) === index)
      .sort();
  const ofRequire = namesIn('index.d.ts', /^ {2}(?:type|interface|class|function) (\w+)/gm);
  const ofImport = namesIn('index.d.mts', /^export (?:type|const) (\w+)/gm);
  expect(ofImport).toEqual(ofRequire);
  expect(ofRequire).toContain('RedisStore');
});
