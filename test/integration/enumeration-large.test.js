'use strict';

// Many sessions, 100,000 in the full run: no gap, no double, and nobody else has to wait.

const { setTimeout: pause } = require('node:timers/promises');
const { rounds } = require('../helpers/depth');
const { startProxy } = require('../helpers/resp-proxy');
const { useRedis } = require('../helpers/use-redis');

const COUNT = rounds(20_000, 100_000);
const redis = useRedis();

beforeEach(async () => {
  const fill = `
    for i = 1, ${COUNT} do redis.call('SET', 'sess:s' .. i, '{"n":' .. i .. '}') end
    for i = 1, 20000 do redis.call('SET', 'sesS:' .. i, '{}') end
  `;
  await redis.admin.eval(fill);
});

/** Throws unless `numbers` are 1 to COUNT, each once. (toEqual on so many is slow and prints all.) */
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

test(`ids and length see each of ${COUNT} sessions once`, async () => {
  const store = redis.store({ scanCount: 1000 });
  const ids = await store.ids();
  expectEachOnce(ids.map((id) => Number(id.slice(1))));
  await expect(store.length()).resolves.toBe(COUNT);
});

test(`all gives each of ${COUNT} sessions once, with its data`, async () => {
  const store = redis.store({ scanCount: 1000 });
  const all = await store.all();
  expect(all.every(({ id, n }) => id === `s${n}`)).toBe(true);
  expectEachOnce(all.map(({ n }) => n));
});

test(`clear removes all ${COUNT} and nothing else`, async () => {
  const store = redis.store();
  await expect(store.clear()).resolves.toBe(COUNT);
  await expect(redis.admin.dbSize()).resolves.toBe(20_000);
  await expect(store.length()).resolves.toBe(0);
});

test('the deadline of a command bounds each step, not the whole', async () => {
  const commandTimeout = 1500;
  let scans = 0;
  const onCommand = async ([name]) => {
    if (name !== 'SCAN') return;
    scans++;
    await pause(50);
  };
  const proxy = redis.track(await startProxy(redis.server, { onCommand }));
  const scanCount = Math.floor(COUNT / 40);
  const store = redis.store({ url: undefined, socket: proxy.socket, scanCount, commandTimeout });
  expectEachOnce((await store.ids()).map((id) => Number(id.slice(1))));
  expect(50 * scans).toBeGreaterThan(commandTimeout);
});

test.each([
  ['ids', (store) => store.ids()],
  ['all', (store) => store.all()],
  ['length', (store) => store.length()],
])('other operations are answered while %s runs', async (_, start) => {
  const store = redis.store();
  await store.get('s500');
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const answers = await answersDuring(store, start(store));
  clearInterval(timer);
  expect(answers).toBeGreaterThan(20);
  expect(turns).toBeGreaterThan(5);
});

test('sessions that stay are seen once while others come and go', async () => {
  const store = redis.store();
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
});
