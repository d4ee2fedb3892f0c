'use strict';

// The build takes hiredis' sources only as the official release has them.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const ROOT = path.join(__dirname, '..', '..');
const CMAKE = path.join(ROOT, 'cmake');
const SUMS = path.join(CMAKE, 'hiredis.sha256');
const SOURCES = path.join(ROOT, 'node_modules', 'redis-fast-driver', 'deps', 'hiredis');

let folder;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hiredis-source-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const listed = (sums = SUMS) =>
  fs
    .readFileSync(sums, 'utf8')
    .split('\n')
    .filter((line) => /^[0-9a-f]{64} {2}/.test(line))
    .map((line) => line.slice(66));

/** Verifies a copy of the sources, changed by `change`. */
function verify(change) {
  for (const name of listed()) fs.copyFileSync(path.join(SOURCES, name), path.join(folder, name));
  change();
  const script = path.join(folder, 'verify.cmake');
  fs.writeFileSync(
    script,
    `include("${CMAKE}/VerifySources.cmake")
connect_hiredis_verify_sources("${folder}" "${SUMS}")
`,
  );
  const { status, stderr } = spawnSync('cmake', ['-P', script], { encoding: 'utf8' });
  return { passes: status === 0, says: stderr.replace(/\s+/g, ' ') };
}

test('all that is compiled is listed', () => {
  const compiled = fs
    .readFileSync(path.join(CMAKE, 'Hiredis.cmake'), 'utf8')
    .matchAll(/\b\w+\.c\b/g);
  const names = [...compiled].map(([name]) => name);
  expect(names).toContain('read.c');
  const client = path.join(CMAKE, 'hiredis-client.sha256');
  expect([...listed(), ...listed(client)]).toEqual(expect.arrayContaining(names));
});

test('the sources of the release pass', () => {
  expect(verify(() => {})).toEqual({ passes: true, says: '' });
});

test.each(['read.c', 'sds.h'])('a byte more in %s does not', (name) => {
  const { passes, says } = verify(() => fs.appendFileSync(path.join(folder, name), '\n'));
  expect(passes).toBe(false);
  expect(says).toContain(`${name} is not the file of the official release`);
});

test('nor does a file that is missing', () => {
  const { passes, says } = verify(() => fs.rmSync(path.join(folder, 'read.h')));
  expect(passes).toBe(false);
  expect(says).toContain('read.h is missing');
});
