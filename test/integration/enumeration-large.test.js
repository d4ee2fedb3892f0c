'use strict';

// 100,000 sessions: no gap, no double, and nobody else has to wait.

const { useRedis } = require('../helpers/use-redis');

const COUNT = 100_000;
const redis = useRedis();

beforeEach(async () => {
  const fill = `
    for i = 1, ${COUNT} do redis.call('SET', 'sess:s' .. i, '{"n":' .. i .. '}') end
    for i = 1, 20000 do redis.call('SET', 'sesS:' .. i, '{}') end
  `;
  await redis.admin.eval(fill);
});

/** Throws unless `numbers` are 1 to COUNT, each once. (toEqual on 100,000 is slow and prints all.) */
function expectEachOnce(numbers) {
  expect(numbers).toHaveLength(COUNT);
  const seen = new Uint8Array(COUNT + 1);
  for (const n of numbers) seen[n]++;
  expect(seen[0]).toBe(0);
  expect(seen.subarray(1).every((times) => times === 1)).toBe(true);
}

/** Asks for a session again and again until `task` is done; resolves with how often it was answered. */
async function answersDuring(store, task) {
  let done = false;
  let answers = 0;
  const finished = task.finally(() => (done = true));
  while (!done) {
    expect(await store.get('s500')).toEqual({ n: 500 });
    if (!done) answers++;
  }
  await finished;
  return answers;
}

const longer = { timeout: 120_000, commandTimeout: 60_000 };

test(
  'ids and length see each of 100,000 sessions once',
  async () => {
    const store = redis.store({ scanCount: 1000, commandTimeout: longer.commandTimeout });
    const ids = await store.ids();
    expectEachOnce(ids.map((id) => Number(id.slice(1))));
    await expect(store.length()).resolves.toBe(COUNT);
  },
  longer.timeout,
);

test(
  'all gives each of 100,000 sessions once, with its data',
  async () => {
    const store = redis.store({ scanCount: 1000, commandTimeout: longer.commandTimeout });
    const all = await store.all();
    expect(all.every(({ id, n }) => id === `s${n}`)).toBe(true);
    expectEachOnce(all.map(({ n }) => n));
  },
  longer.timeout,
);

test(
  'clear removes all 100,000 and nothing else',
  async () => {
    const store = redis.store({ commandTimeout: longer.commandTimeout });
    await expect(store.clear()).resolves.toBe(COUNT);
    await expect(redis.admin.dbSize()).resolves.toBe(20_000);
    await expect(store.length()).resolves.toBe(0);
  },
  longer.timeout,
);

test(
  'the deadline of a command bounds each step, not the whole of 100,000',
  async () => {
    const patient = redis.store({ commandTimeout: longer.commandTimeout });
    const began = performance.now();
    await patient.all();
    // Long enough for each of the thousand round trips, too short for all of them.
    const commandTimeout = Math.ceil((performance.now() - began) / 4);
    const store = redis.store({ commandTimeout });
    expectEachOnce((await store.all()).map(({ n }) => n));
  },
  longer.timeout,
);

test.each([
  ['ids', (store) => store.ids()],
  ['all', (store) => store.all()],
  ['length', (store) => store.length()],
])(
  'other operations are answered while %s runs',
  async (_, start) => {
    const store = redis.store({ commandTimeout: longer.commandTimeout });
    await store.get('s500');
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const answers = await answersDuring(store, start(store));
    clearInterval(timer);
    expect(answers).toBeGreaterThan(20);
    expect(turns).toBeGreaterThan(5);
  },
  longer.timeout,
);

test(
  'sessions that stay are seen once while others come and go',
  async () => {
    const store = redis.store({ commandTimeout: longer.commandTimeout });
    let done = false;
    const enumeration = store.ids().finally(() => (done = true));
    // The hash table behind the keys grows, and with it the order of SCAN changes.
    for (let round = 0; !done && round < 100; round++) {
      await redis.admin.eval(
        `for i = 1, 2000 do redis.call('SET', 'sess:x' .. ARGV[1] .. '-' .. i, '{}') end`,
        { arguments: [String(round)] },
      );
    }
    const ids = await enumeration;
    expect(new Set(ids).size).toBe(ids.length);
    expectEachOnce(ids.filter((id) => id.startsWith('s')).map((id) => Number(id.slice(1))));
  },
  longer.timeout,
);
