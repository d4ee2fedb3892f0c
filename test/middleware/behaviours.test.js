'use strict';

// What express-session does, with its own MemoryStore and with this store: whoever looks at requests,
// responses, errors and what is stored sees no difference.

const { Application } = require('./behaviours/application');
const { until } = require('../helpers/until');
const { loadSubject } = require('../helpers/subjects');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const scenarios = ['cookies', 'options', 'session'].flatMap((name) =>
  require(`./behaviours/${name}`).map(([title, run]) => [name, title, run]),
);

/** All that is seen of a scenario over a store. */
async function observe(name, run) {
  const subject = loadSubject(name);
  const applications = [];
  const open = async (handle, options) => {
    const { store, close } = await subject.open(redis.server, { ttl: 86_400 });
    redis.track({ close });
    // A connection that comes later would be a `connect` that no scenario asked for.
    if (store.client) await until(() => store.client.state === 'ready', { what: 'the connection' });
    const application = new Application(store, handle, options);
    applications.push(application);
    await application.open();
    redis.track(application);
    return application;
  };
  await run(open);
  return applications.map(({ record }) => record);
}

test.each(scenarios)('%s: %s', async (_, title, run) => {
  const expected = await observe('MemoryStore', run);
  const seen = await observe('connect-hiredis', run);
  expect(expected.flat().length).toBeGreaterThan(0);
  expect(seen).toEqual(expected);
});

test('no two scenarios have the same title', () => {
  expect(new Set(scenarios.map(([, title]) => title)).size).toBe(scenarios.length);
});
