'use strict';

// The benchmark runs, each question with whatever subjects it is asked for: what it measures is
// of no concern here, and the figures of rounds as short as these mean nothing.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const ROOT = path.join(__dirname, '..', '..');

/** Those that need nothing compiled but the addon. */
const SUBJECTS = 'hiredis,access,borrowed,redundant,node-redis,ioredis,json,memory,none';

/** Only ends what hangs. */
const PATIENCE = 10 * 60_000;

let folder;
beforeAll(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-bench-'))));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function bench(...args) {
  const length = ['--rounds', '1', '--time', '10', '--processes', '1'];
  const short = ['--no-build', '--quick', ...length, '--output', folder];
  return spawnSync(process.execPath, ['bench/run.js', ...short, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: PATIENCE,
  });
}

/** What one question wrote, and the subjects in it. */
function answerOf(question) {
  const { answer } = JSON.parse(fs.readFileSync(path.join(folder, `${question}.json`), 'utf8'));
  const results = answer.results ?? [answer];
  return { answer, results, ids: Object.keys(results[0].rows[0]) };
}

it.each([
  ['operations', ['hiredis', 'access', 'borrowed', 'node-redis', 'ioredis', 'json']],
  ['redundant', ['hiredis', 'redundant']],
  ['promises', ['hiredis', 'access']],
  ['startup', ['hiredis', 'access', 'borrowed', 'node-redis', 'ioredis']],
  ['latency', ['hiredis', 'access', 'borrowed', 'node-redis', 'ioredis']],
])(
  '%s measures those of the subjects that it can',
  (question, expected) => {
    const { status, stdout, stderr } = bench(question, '--subjects', SUBJECTS, '--levels', '64');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toContain('# To reach');
    const { answer, results, ids } = answerOf(question);
    expect(ids.sort()).toEqual(expected.sort());
    for (const { rows } of results) {
      for (const round of Object.values(rows[0])) {
        expect(round.operations ?? round.answered).toBeGreaterThan(0);
      }
    }
    for (const { bytes } of Object.values(answer.sizes ?? {})) expect(bytes).toBeGreaterThan(1e5);
    expect(fs.readFileSync(path.join(folder, `${question}.svg`), 'utf8')).toContain('<svg');
  },
  PATIENCE,
);

it(
  'application measures whole applications',
  () => {
    const { status, stdout, stderr } = bench('application', '--subjects', 'memory,hiredis,none');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toContain('# To reach');
    expect(answerOf('application').ids).toEqual(['memory', 'hiredis', 'none']);
  },
  PATIENCE,
);

it(
  'the build before is one more subject',
  () => {
    const subjects = ['--subjects', 'hiredis,before', '--operations', 'get', '--levels', '64'];
    const { status, stdout, stderr, pid } = bench('operations', '--against', '.', ...subjects);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^connect-hiredis before: \d/m);
    expect(answerOf('operations').ids).toEqual(['hiredis', 'before']);
    const copies = fs.readdirSync(path.join(ROOT, 'build', 'bench', 'builds'));
    expect(copies.filter((name) => name.endsWith(`-${pid}`))).toEqual([]);
  },
  PATIENCE,
);

it(
  'decide gives a verdict on each row, and says of too few processes that they tell nothing',
  () => {
    const { status, stdout, stderr } = bench('decide', '--against', '.', '--processes', '2');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    for (const row of ['get', 'set', 'touch', 'request']) {
      expect(stdout).toMatch(new RegExp(`^\\| ${row} +\\| .*cannot tell: 2 pairs`, 'm'));
    }
    const file = path.join(folder, 'decide.json');
    const { answer } = JSON.parse(fs.readFileSync(file, 'utf8'));
    for (const { name, figure, ratio, verdict } of answer.results) {
      expect([name, figure, verdict]).toEqual([name, figure, 'cannot tell']);
      expect(ratio.pairs).toBe(2);
      expect(ratio.value).toBeGreaterThan(0);
    }
    // The same number of operations for one as for the other.
    for (const { rows } of answer.measured) {
      for (const { hiredis, before } of rows) expect(hiredis.operations).toBe(before.operations);
    }
  },
  PATIENCE,
);

it.each([
  [['decide'], 'what is before? --against FOLDER says it'],
  [['decide', '--against', 'docs'], 'docs has no addon in '],
  [['operations', '--subjects', 'hiredis,before'], 'what is before?'],
])('%j is refused, with the reason', (args, reason) => {
  const { status, stderr } = bench(...args);
  expect(status).toBeGreaterThan(0);
  expect(stderr).toContain(reason);
});

it('what it does not know is refused, with what it does', () => {
  const { status, stderr } = bench('--subjects', 'mongo');
  expect(status).toBe(2);
  expect(stderr).toContain("the subject 'mongo' is none of hiredis,");
});
