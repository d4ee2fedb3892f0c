'use strict';

// A network that does its worst between a store and a real server, under a load whose every result
// is checked.

const { setTimeout: pause } = require('node:timers/promises');
const { CheckedLoad } = require('../helpers/checked-load');
const { rounds } = require('../helpers/depth');
const { startFaultyProxy } = require('../helpers/faulty-proxy');
const { expectNoSocketLeft, withServer } = require('../helpers/scene');
const { until } = require('../helpers/until');
const { useRedis } = require('../helpers/use-redis');
const { seeded } = require('../race/seeded');

const redis = useRedis({ tcp: true });
expectNoSocketLeft();

/** Each key's session in the server is one that may be there. */
async function expectStored(load) {
  const stored = await redis.admin.mGet(load.keys.map(({ sid }) => `sess:${sid}`));
  const wrong = load.keys.map((key, n) => key.check(JSON.parse(stored[n])));
  expect(wrong.filter(Boolean)).toEqual([]);
}

/** Runs `act(proxy, load, scene)` under load, and checks all. */
async function play(chance, { load: loadOptions, ...options }, act) {
  const proxy = await startFaultyProxy(redis.server.address);
  await withServer(proxy, options, async (scene) => {
    await scene.ready();
    const load = new CheckedLoad(scene, chance, loadOptions);
    await act(proxy, load, scene);
    await load.stop();
    // Whatever was done to it, it does well in the end.
    await until(() => scene.store.get('end').then(() => true, () => false)); // prettier-ignore
    expect(load.wrong).toEqual([]);
    await expectStored(load);
  });
}

test(
  'single bytes in both directions',
  seeded((chance) =>
    play(
      chance,
      { load: { workers: rounds(50, 150), count: 4, largest: 50 } },
      async (proxy, load, scene) => {
        proxy.pieces = 1;
        await load.end();
        expect(load.counts).toEqual({ succeeded: load.keys.length * 4 });
        expect(scene.codes).toEqual([]);
        proxy.pieces = Infinity;
      },
    ),
  ),
);

test.each([[{ up: 30, down: 0 }], [{ up: 0, down: 30 }], [{ up: 20, down: 20 }]])(
  'a delay of %p',
  (delay) =>
    seeded((chance) =>
      play(chance, { load: { count: 6 } }, async (proxy, load, scene) => {
        proxy.delay = delay;
        await load.end();
        expect(load.counts).toEqual({ succeeded: load.keys.length * 6 });
        expect(scene.codes).toEqual([]);
      }),
    )(),
);

describe('under load', () => {
  const DEADLINE = 1500;
  /** So few that each of them is answered within the deadline on a busy machine, too. */
  const fewWorkers = { workers: 60 };
  const options = { commandTimeout: DEADLINE, connectTimeout: DEADLINE, load: fewWorkers };
  /** Resolves when so many more operations have succeeded. */
  const progress = (load, count = 500) => {
    const before = load.counts.succeeded;
    return until(() => load.counts.succeeded >= before + count, { what: 'progress' });
  };

  test.each([
    ['resets', (proxy) => proxy.reset()],
    ['ends towards the client', (proxy) => proxy.end('client')],
    ['ends towards the server', (proxy) => proxy.end('server')],
  ])('%s of the connection, again and again', (_, act) =>
    seeded((chance) =>
      play(chance, { load: {} }, async (proxy, load, scene) => {
        for (let round = 0; round < 10; round++) {
          await progress(load, 300);
          act(proxy);
          await until(() => proxy.accepted >= round + 2);
        }
        // With patience, each does well in the end; but an update may not know whether it did.
        expect(Object.keys(load.counts).sort()).toEqual(
          ['ECONNRESET', 'succeeded'].filter((code) => code in load.counts),
        );
        for (const code of scene.codes) expect(code).toMatch(/^(ECONNRESET|EPIPE)$/);
      }),
    )(),
  );

  test.each([[['up']], [['down']], [['up', 'down']]])(
    'a stall, %p, longer than the deadline',
    (directions) =>
      seeded((chance) =>
        play(chance, options, async (proxy, load, scene) => {
          await progress(load);
          proxy.stall(...directions);
          // Each of them is told so, and none of those who come after them succeeds.
          await until(() => load.counts.ERR_REDIS_TIMEOUT >= load.keys.length);
          proxy.goOn();
          await progress(load);
          expect(scene.codes).toContain('ERR_REDIS_TIMEOUT');
        }),
      )(),
  );

  test('a stall shorter than the deadline is nothing special', () =>
    seeded((chance) =>
      play(chance, { load: {} }, async (proxy, load, scene) => {
        for (let round = 0; round < 3; round++) {
          await progress(load);
          proxy.stall();
          await pause(150);
          proxy.goOn();
        }
        await progress(load);
        expect(Object.keys(load.counts)).toEqual(['succeeded']);
        expect(scene.codes).toEqual([]);
      }),
    )());

  test('cuts at random bytes', () =>
    seeded((chance) =>
      play(chance, { load: {} }, async (proxy, load) => {
        for (let round = 0; round < rounds(30, 200); round++) {
          const bytes = 1 + chance.below(20_000);
          await proxy.cutAfter(chance.pick(['up', 'down']), bytes, chance.pick(['reset', 'end']));
        }
        await progress(load);
        expect(load.counts.ERR_REDIS_TIMEOUT).toBeUndefined();
      }),
    )());

  test('all of it at random', () =>
    seeded((chance) =>
      play(chance, options, async (proxy, load) => {
        const acts = [
          () => proxy.reset(),
          () => proxy.end('client'),
          () => proxy.end('server'),
          () => proxy.stall(chance.pick(['up', 'down'])),
          () => proxy.stall(),
          () => proxy.goOn(),
          () => void proxy.cutAfter(chance.pick(['up', 'down']), 1 + chance.below(5000), chance.pick(['reset', 'end'])), // prettier-ignore
          () => (proxy.pieces = chance.pick([1, 7, 1000, Infinity])),
          () => (proxy.delay = { up: chance.below(20), down: chance.below(20) }),
        ];
        const end = performance.now() + rounds(5000, 60_000);
        while (performance.now() < end) {
          chance.pick(acts)();
          await pause(chance.below(120));
        }
        proxy.goOn();
        proxy.pieces = Infinity;
        proxy.delay = { up: 0, down: 0 };
        await progress(load);
      }),
    )());
});
