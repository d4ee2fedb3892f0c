'use strict';

// Whatever is asked of a store over one server is asked of one over two.

const { RedisStore } = require('../..');
const { GROUPS, casesOf } = require('../borrowed/cases');
const { runCase } = require('../helpers/lab');
const { startRedis } = require('../helpers/redis-server');
const { loadSubject } = require('../helpers/subjects');
const { connectAdmin } = require('../helpers/use-redis');

let servers, admins, witness;
beforeAll(async () => {
  servers = await Promise.all([startRedis(), startRedis()]);
  admins = await Promise.all(servers.map((server) => connectAdmin(server)));
  witness = witnessOf(admins);
});
afterAll(async () => {
  admins.forEach((admin) => admin.destroy());
  await Promise.all(servers.map((server) => server.stop()));
});

/** What somebody else does he does to both; what one of them says both say. */
function witnessOf([first, second]) {
  const both = async (run) => (await Promise.all([run(first), run(second)]))[0];
  const about = (name, key, ...rest) =>
    both((admin) => admin.sendCommand([name, key, ...rest.map(String)]));
  return {
    sendCommand: (words) => both((admin) => admin.sendCommand(words)),
    about,
    get: (key) => about('GET', key),
    set: (key, value) => about('SET', key, value),
    pExpireTime: (key) => about('PEXPIRETIME', key),
    keys: async () => (await first.sendCommand(['KEYS', '*'])).sort(),
    flushAll: () => about('FLUSHALL', 'SYNC'),
  };
}

const own = loadSubject('connect-hiredis');
const subject = {
  ...own,
  features: [...own.features, 'buffers'],
  async open(given, options) {
    // A case may have put something else before the server.
    const second = given === servers[0] ? servers[1] : given;
    const clients = [given, second].map(({ socket, host, port }) =>
      socket ? { socket } : { host, port },
    );
    const store = new RedisStore({ clients, ...options });
    return { store, close: () => store.close() };
  },
};

const asked = GROUPS.flatMap(casesOf).map((each) => [each.group, each.title, each]);

test.each(asked)('two servers: %s: %s', async (_group, _title, each) => {
  const outcome = await runCase(subject, each, { server: servers[0], admin: witness });
  if (outcome.error && !each.limit) throw outcome.error;
  const expected = each.needs?.includes('text') ? '-' : each.limit ? 'no' : 'yes';
  expect(outcome.verdict).toBe(expected);
});
