'use strict';

// The defects of earlier stores: not here. And the cases notice them where they are.

const fs = require('node:fs');
const cases = require('./cases');
const {
  FILE,
  NOT_IN_THE_REGISTRY,
  casesOf,
  modelOf,
  observe,
  readRecord,
  write,
} = require('./against');
const { Lab, runCase } = require('../helpers/lab');
const { loadSubject } = require('../helpers/subjects');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

describe('here', () => {
  const subject = loadSubject('connect-hiredis');

  test.each(cases.map((each) => [each.title, each]))('%s', async (_, each) => {
    const lab = redis.track(new Lab(subject, redis));
    await each.run(lab);
  });
});

describe('where a package had the defect and is no longer to be had', () => {
  const noticed = NOT_IN_THE_REGISTRY.flatMap((name) =>
    casesOf(name).map((each) => [name, each.title, each]),
  );

  test.each(noticed)('a store like %s does not pass: %s', async (name, _, each) => {
    const { error } = await runCase(modelOf(name), each, redis);
    expect(error?.constructor.name).toBe('Defect');
  });

  test.each(NOT_IN_THE_REGISTRY)(
    'a store like %s is otherwise right enough to pass a case of another',
    async (name) => {
      const other = cases.find(
        ({ title }) => title === 'a session lives as long as its cookie says',
      );
      await expect(runCase(modelOf(name), other, redis)).resolves.toEqual({ verdict: 'yes' });
    },
  );
});

const writeNow = async () =>
  write(readRecord(), await observe(loadSubject('connect-redis'), redis));

test('docs/defects.md tells what is observed of connect-redis', async () => {
  const page = fs.readFileSync(FILE, 'utf8');
  let now = await writeNow();
  // It rounds to seconds: on a machine that stood still for half a second it may pass by chance.
  for (let again = 0; again < 10 && now !== page; again++) now = await writeNow();
  expect(now).toBe(page);
}, 600_000);
