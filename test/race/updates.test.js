'use strict';

// Real requests at once, through two processes, that change one session: what gets lost.

const { rounds } = require('../helpers/depth');
const { seeded, times } = require('./seeded');
const { startProcesses } = require('./visitors');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

/** What requests may change without getting in each other's way: a whole cart, counters, lists. */
const PATHS = [
  'visits.home',
  'visits.shop',
  'cart.items.apple',
  'cart.items.pear',
  'cart.note',
  'last',
  'color',
  'a.b.c.d',
];

/** A session, and what is to be in it. */
class Shopper {
  #visitor;
  #chance;
  #expected = new Map(PATHS.map((path) => [path, undefined]));
  #written = 0;
  lost = 0;

  constructor(visitor, chance) {
    this.#visitor = visitor;
    this.#chance = chance;
  }

  async arrive() {
    const body = { visits: {}, cart: { items: {} }, a: { b: { c: {} } } };
    await this.#visitor.follow(0, 'POST /fill', { body });
  }

  /** Two to four requests at once, each of which changes something else. */
  async round() {
    const paths = this.#chance.shuffled(PATHS).slice(0, 2 + this.#chance.below(3));
    await Promise.all(paths.map((path, index) => this.#change(index % 2, path)));
  }

  async #change(which, path) {
    const value = this.#value();
    const turns = this.#chance.below(4);
    const query = { path, turns, value: value === undefined ? undefined : JSON.stringify(value) };
    const { found } = await this.#visitor.ask(which, 'POST /change', { query });
    this.#compare(path, found);
    this.#expected.set(path, value);
  }

  /** Something that was not there before; undefined for a deletion. */
  #value() {
    const number = ++this.#written;
    const kind = this.#chance.below(6);
    return kind === 0 ? undefined : kind === 1 ? [number] : kind === 2 ? `n${number}` : number;
  }

  async leave() {
    const session = await this.#visitor.ask(0, 'GET /session');
    for (const path of PATHS) {
      const found = path.split('.').reduce((node, key) => node?.[key], session);
      this.#compare(path, found);
    }
  }

  #compare(path, found) {
    const expected = this.#expected.get(path);
    if (JSON.stringify(found) !== JSON.stringify(expected)) this.lost++;
  }
}

/** Resolves with how many updates were lost in `count` rounds. */
async function countLost(options, count, chance) {
  const processes = redis.track(await startProcesses(redis.server, options));
  const atOnce = 4; // visitors
  const shoppers = Array.from({ length: atOnce }, () => new Shopper(processes.visitor(), chance));
  await Promise.all(shoppers.map((shopper) => shopper.arrive()));
  await times(atOnce, atOnce, async (index) => {
    for (let round = 0; round < count / atOnce; round++) await shoppers[index].round();
    await shoppers[index].leave();
  });
  expect(await processes.errors()).toEqual([]);
  return shoppers.reduce((sum, { lost }) => sum + lost, 0);
}

test(
  'with concurrencyMerge, changes to different keys are never lost',
  seeded(async (chance) => {
    const count = rounds(2000, 10_000);
    await expect(countLost({ concurrencyMerge: true }, count, chance)).resolves.toBe(0);
    // They did meet: of a save that somebody interfered with, not every EVALSHA comes to a SET.
    const conflicts = (await redis.calls('evalsha')) - (await redis.calls('set'));
    expect(conflicts).toBeGreaterThan(0);
  }),
  15 * 60_000, // of the full run on a busy machine
);

test(
  'without it, the same rounds do lose some: the suite can tell',
  seeded(async (chance) => {
    expect(await countLost({ concurrencyMerge: false }, 400, chance)).toBeGreaterThan(0);
  }),
);

describe('a counter that requests of two processes increase by access.update', () => {
  const HITS = rounds(300, 1000);

  /** Resolves with what the counter says after so many hits, with `besides(n)` going on. */
  async function count(options, chance, besides = async () => {}) {
    const processes = redis.track(await startProcesses(redis.server, options));
    const visitor = processes.visitor();
    await visitor.follow(0, 'POST /login/ann');
    const seen = new Set();
    await times(HITS, 16, async (index) => {
      const { hits } = await visitor.ask(chance.below(2), 'POST /hit');
      seen.add(hits);
      await besides(visitor, index);
    });
    expect(await processes.errors()).toEqual([]);
    // Each request saw a number of its own.
    expect(seen.size).toBe(HITS);
    return visitor.ask(0, 'GET /session');
  }

  test.each([[true], [false]])('loses none, with concurrencyMerge: %p', (concurrencyMerge) =>
    seeded(async (chance) => {
      const session = await count({ concurrencyMerge }, chance);
      expect(session).toMatchObject({ user: 'ann', hits: HITS });
    })(),
  );

  test(
    'loses none while other requests save the session, nor do they',
    seeded(async (chance) => {
      const session = await count({ concurrencyMerge: true }, chance, async (visitor, index) => {
        if (index % 5 !== 0) return;
        const query = { path: `cart.item${index}`, value: index, turns: chance.below(4) };
        await visitor.ask(chance.below(2), 'POST /change', { query });
      });
      expect(session.hits).toBe(HITS);
      expect(Object.keys(session.cart)).toHaveLength(HITS / 5);
    }),
  );
});
