'use strict';

// The cases can fail: a store that is wrong in one way is noticed by the cases about it.

const cases = require('./cases');
const mutants = require('./mutants');
const { runCase } = require('../helpers/lab');
const { loadSubject } = require('../helpers/subjects');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const pairs = mutants.flatMap((mutant) =>
  mutant.noticedBy.map((title) => [mutant.name, title, mutant]),
);

test.each(pairs)('a store that %s does not pass: %s', async (_name, title, mutant) => {
  const noticing = cases.find((each) => each.title === title);
  // It is the wrong and nothing else that is noticed.
  const right = await runCase(loadSubject('MemoryStore'), noticing, redis);
  expect(right.verdict).toBe('yes');
  const wrong = await runCase(mutant, noticing, redis);
  expect(wrong.verdict).toBe('no');
});

test('no two cases have the same title', () => {
  expect(new Set(cases.map(({ title }) => title)).size).toBe(cases.length);
});
