'use strict';

// Logging out, in and over again while slow requests of the same visitor run in another process.

const { rounds } = require('../helpers/depth');
const { seeded, times } = require('./seeded');
const { startProcesses } = require('./visitors');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const exists = async (id) => (await redis.admin.exists(`sess:${id}`)) === 1;
const other = (which) => 1 - which;
let gates = 0;

/** A visitor who is logged in. Resolves with the visitor and the id of the session. */
async function logIn(processes, chance) {
  const visitor = processes.visitor();
  const { id } = await visitor.follow(chance.below(2), 'POST /login/ann');
  return { visitor, id };
}

/** A request that has loaded the session and is held: resolves with what lets it go on. */
async function hold(visitor, which, line, query) {
  const held = `gate${++gates}`;
  const answer = visitor.ask(which, line, { query: { ...query, held } });
  await visitor.ask(which, `GET /entered/${held}`);
  return async () => {
    await visitor.ask(which, `POST /open/${held}`);
    return answer;
  };
}

/** Resolves with how many sessions were there after their logout, in `count` rounds. */
async function countUndone(options, count, chance, round) {
  const processes = redis.track(await startProcesses(redis.server, options));
  let undone = 0;
  await times(count, 4, async () => {
    const { visitor, id } = await logIn(processes, chance);
    await round(visitor, chance);
    if (await exists(id)) undone++;
  });
  expect(await processes.errors()).toEqual([]);
  return undone;
}

/** Requests that save after the logout for certain: they have the session, and are let go then. */
async function heldRound(visitor, chance) {
  const which = chance.below(2);
  const query = { path: chance.pick(['visits', 'cart.apple']), value: 1 };
  const slow = await hold(visitor, which, 'POST /change', query);
  const reading = await hold(visitor, chance.below(2), 'GET /session');
  await visitor.ask(other(which), 'POST /logout');
  await Promise.all([slow(), reading()]);
}

/** Requests of both processes and a logout, in whatever order they come. */
async function openRound(visitor, chance) {
  const asked = Array.from({ length: 2 + chance.below(3) }, (_, index) => {
    const query = { turns: chance.below(6), path: `p${index}`, value: index };
    return () => visitor.ask(index % 2, chance.pick(['POST /change', 'GET /session']), { query });
  });
  const logout = () =>
    visitor.ask(chance.below(2), 'POST /logout', { query: { turns: chance.below(6) } });
  await Promise.all(chance.shuffled([...asked, logout]).map((ask) => ask()));
}

describe.each([[true], [false]])('with concurrencyMerge: %p', (concurrencyMerge) => {
  const options = { concurrencyMerge };

  test(
    'no logout is undone by requests that were running',
    seeded(async (chance) => {
      await expect(countUndone(options, rounds(100, 300), chance, heldRound)).resolves.toBe(0);
    }),
  );

  test(
    'no logout is undone by requests that come with it',
    seeded(async (chance) => {
      await expect(countUndone(options, rounds(200, 600), chance, openRound)).resolves.toBe(0);
    }),
  );

  test(
    'a regenerated session is the only one that is left, as its request made it',
    seeded(async (chance) => {
      const processes = redis.track(await startProcesses(redis.server, options));
      const wrong = [];
      await times(rounds(60, 200), 4, async () => {
        const { visitor, id } = await logIn(processes, chance);
        const which = chance.below(2);
        const slow = await hold(visitor, which, 'POST /change', { path: 'cart', value: 1 });
        const made = await visitor.ask(other(which), 'POST /regenerate');
        await slow();
        visitor.cookie = made.setCookie;
        const { setCookie: _, ...session } = await visitor.ask(which, 'GET /session');
        if (await exists(id)) wrong.push('the old one is there');
        if (JSON.stringify(session) !== JSON.stringify({ id: made.id, user: 'ann' })) {
          wrong.push(session);
        }
      });
      expect(wrong).toEqual([]);
      expect(await processes.errors()).toEqual([]);
    }),
  );

  test(
    'logging in anew from two tabs gives each a session of its own, and ends the old one',
    seeded(async (chance) => {
      const processes = redis.track(await startProcesses(redis.server, options));
      await times(rounds(40, 100), 4, async () => {
        const { visitor, id } = await logIn(processes, chance);
        const query = { turns: chance.below(4) };
        const tabs = await Promise.all(
          [0, 1].map((which) => visitor.ask(which, 'POST /regenerate', { query })),
        );
        expect(new Set([id, ...tabs.map((tab) => tab.id)]).size).toBe(3);
        await expect(exists(id)).resolves.toBe(false);
        for (const tab of tabs) await expect(exists(tab.id)).resolves.toBe(true);
      });
      expect(await processes.errors()).toEqual([]);
    }),
  );
});

test(
  'with a store that does not know what was loaded, logouts are undone: the suite can tell',
  seeded(async (chance) => {
    const undone = await countUndone({ kind: 'connect-redis' }, 50, chance, heldRound);
    expect(undone).toBeGreaterThan(0);
  }),
);
