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

let folder;
beforeAll(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-bench-'))));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function bench(...args) {
  const short = ['--no-build', '--quick', '--rounds', '1', '--time', '10', '--output', folder];
  return spawnSync(process.execPath, ['bench/run.js', ...short, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: 120_000,
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
  150_000,
);

it('what it does not know is refused, with what it does', () => {
  const { status, stderr } = bench('--subjects', 'mongo');
  expect(status).toBe(2);
  expect(stderr).toContain("the subject 'mongo' is none of hiredis,");
});
