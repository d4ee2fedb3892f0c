'use strict';

// The contract of express-session's stores: kept here, and compared with others in
// docs/conformance.md.

const fs = require('node:fs');
const cases = require('./cases');
const { FILE, OURS, loadSubjects, runAll, write } = require('./table');
const { runCase } = require('../helpers/lab');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();
const subjects = loadSubjects();

/** What this store did with each case. */
const ours = new Map();

describe('this store', () => {
  const told = cases.map((each) => [
    each.group,
    each.limit ? `(a known limit, said in docs/conformance.md) ${each.title}` : each.title,
    each,
  ]);

  test.each(told)('%s: %s', async (_group, _title, each) => {
    const outcome = await runCase(subjects.get(OURS), each, redis);
    ours.set(each, outcome);
    if (!each.limit && outcome.error) throw outcome.error;
    // A limit that is gone is to be taken from the page.
    expect(outcome.verdict).toBe(each.limit ? 'no' : 'yes');
  });
});

/** The page as the stores behave now. */
async function writeNow() {
  const results = new Map();
  for (const [name, subject] of subjects) {
    const isOurs = name === OURS;
    results.set(name, isOurs ? cases.map((each) => ours.get(each)) : await runAll(subject, redis));
  }
  return write(subjects, results);
}

test('docs/conformance.md is what scripts/conformance.js would write now', async () => {
  const page = fs.readFileSync(FILE, 'utf8');
  let now = await writeNow();
  // Other stores round expiries to seconds: on a machine that stood still for half a second they
  // may pass by chance.
  for (let again = 0; again < 10 && now !== page; again++) now = await writeNow();
  expect(now).toBe(page);
}, 600_000);
