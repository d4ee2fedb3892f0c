'use strict';

// More sessions, and larger ones, than one answer may hold: they are given in several, and nobody
// else notices. The values are bytes that nothing has to be made of.

const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const MIB = 1024 * 1024;
/** All of them in one answer would break the bound of 544 MiB. */
const COUNT = 9;
const SIZE = 64 * MIB;
const IDS = Array.from({ length: COUNT }, (_, n) => `s${n}`);

const lengthOnly = {
  stringify: (session) => JSON.stringify(session),
  parse: (data) => ({ length: data.length }),
};

async function fill() {
  for (const id of IDS) await redis.admin.setRange(`sess:${id}`, SIZE - 1, 'x');
  await redis.admin.set('sess:small', '{}');
}

/** A store, and what becomes of its connection and of reads of a small session meanwhile. */
async function watch(options) {
  const store = redis.store({ serializer: lengthOnly, commandTimeout: 60_000, ...options });
  const errors = [];
  store.on('error', (error) => errors.push(error.code));
  await store.get('small');
  const reads = [];
  let done = false;
  const reading = (async () => {
    while (!done) reads.push((await store.get('small').catch((error) => error)).length);
  })();
  /** What came of the reads, each once; and the errors of the connection. */
  const end = async () => {
    done = true;
    await reading;
    return { reads: [...new Set(reads)], errors };
  };
  return { store, end };
}

async function collect(sessions) {
  const found = [];
  for await (const { id, length } of sessions) found.push([id, length]);
  return found.sort();
}

const everything = [...IDS.map((id) => [id, SIZE]), ['small', 2]];
const undisturbed = { reads: [2], errors: [] };
const servers = () => [{ socket: redis.server.socket }, { socket: redis.server.socket }];

describe.each([
  ['one server', () => ({})],
  ['redundant servers', () => ({ url: undefined, clients: servers() })],
])('%s', (_, options) => {
  beforeEach(fill, 60_000);

  test.each([
    ['scan', (store) => store.access.scan()],
    ['scan, with batches of any number', (store) => store.access.scan({ count: 100_000 })],
    ['all', (store) => store.all()],
  ])(
    '%s gives all of them',
    async (name, enumerate) => {
      const { store, end } = await watch(options());
      await expect(collect(await enumerate(store))).resolves.toEqual(everything);
      await expect(end()).resolves.toEqual(undisturbed);
    },
    60_000,
  );

  test('getMany gives all of them', async () => {
    const { store, end } = await watch(options());
    const ids = ['none', ...IDS, 'small', 's0'];
    const found = await store.access.getMany(ids);
    const lengths = found.map((session) => session && session.length);
    expect(lengths).toEqual([null, ...IDS.map(() => SIZE), 2, SIZE]);
    await expect(end()).resolves.toEqual(undisturbed);
  }, 60_000);
});

describe('where lengths may not be asked for', () => {
  const permit = (rule) => redis.admin.sendCommand(['ACL', 'SETUSER', 'default', rule]);
  beforeEach(() => permit('-strlen'));
  afterEach(() => permit('+strlen'));

  test('the number of keys bounds a batch', async () => {
    const store = redis.store({ scanCount: 10 });
    const ids = Array.from({ length: 100 }, (_, n) => `n${n}`).sort();
    await Promise.all(ids.map((id) => store.set(id, {})));
    const idsOf = async (sessions) => (await collect(sessions)).map(([id]) => id);
    await expect(idsOf(await store.all())).resolves.toEqual(ids);
    await expect(idsOf(store.access.scan())).resolves.toEqual(ids);
    await expect(store.access.getMany(ids)).resolves.toHaveLength(100);
  });

  test.each([
    ['scan', (store) => collect(store.access.scan())],
    ['getMany', (store) => store.access.getMany(IDS)],
  ])(
    'an answer that breaks the bound fails %s at once, and nothing else',
    async (_, enumerate) => {
      await fill();
      const { store, end } = await watch();
      await redis.admin.sendCommand(['CONFIG', 'RESETSTAT']);
      await expect(enumerate(store)).rejects.toMatchObject({ code: 'ERR_REDIS_PROTOCOL' });
      await expect(redis.calls('mget')).resolves.toBe(1);
      // The connection had to be replaced.
      await expect(end()).resolves.toEqual({ reads: [2], errors: ['ERR_REDIS_PROTOCOL'] });
    },
    60_000,
  );
});
