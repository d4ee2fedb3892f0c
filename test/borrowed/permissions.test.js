'use strict';

// Servers that do not let a user do all: what a store can do in another way it does, and does not
// ask in vain again and again.

const { RedisStore } = require('../..');
const { CLIENTS, openClient } = require('../helpers/borrowed-clients');
const { openPlace } = require('../helpers/places');
const { fresh, load } = require('../helpers/requests');

const KINDS = ['server', 'sentinel', 'cluster'];
const tested = CLIENTS.filter(({ place }) => KINDS.includes(place));

const places = {};
beforeAll(async () => {
  const opened = await Promise.all(KINDS.map(openPlace));
  KINDS.forEach((kind, index) => (places[kind] = opened[index]));
});
afterAll(() => Promise.all(Object.values(places).map((place) => place.stop())));

describe.each(tested.map((borrowed) => [borrowed.name, borrowed]))('%s', (_, borrowed) => {
  let opened;
  let witness;
  beforeAll(async () => {
    opened = await openClient(borrowed, places[borrowed.place].where);
    witness = places[borrowed.place].witness(borrowed.prefix);
  });
  afterAll(() => opened.close());

  const permit = (...rules) => witness.everywhere(['ACL', 'SETUSER', 'default', ...rules]);
  const storeOf = (options) => new RedisStore({ client: opened.client, ...options });

  /** How often a command was refused. */
  async function refusals(command) {
    const stats = await witness.everywhere(['INFO', 'commandstats']);
    const pattern = new RegExp(`cmdstat_${command}:.*rejected_calls=(\\d+)`);
    return stats.reduce((sum, text) => sum + Number(String(text).match(pattern)?.[1] ?? 0), 0);
  }

  beforeEach(() => witness.everywhere(['CONFIG', 'RESETSTAT']));
  afterEach(async () => {
    await permit('+@all');
    await witness.flushAll();
  });

  test('without scripts, all that is no atomic change works', async () => {
    await permit('-@scripting');
    const store = storeOf();
    await expect(store.set('a', fresh({ n: 1 }))).resolves.toBe('OK');
    const found = await store.get('a');
    expect(found.n).toBe(1);
    const left = new Date(found.cookie.expires) - Date.now();
    expect(left).toBeGreaterThan(30_000);
    expect(left).toBeLessThanOrEqual(61_000);
    await expect(store.get('none')).resolves.toBeNull();
    await expect(store.touch('a', fresh())).resolves.toBe('OK');
    await expect(store.ids()).resolves.toEqual(['a']);
    await expect(store.length()).resolves.toBe(1);
    await expect(store.all()).resolves.toMatchObject([{ id: 'a', n: 1 }]);
    await expect(store.access.getMany(['a', 'b'])).resolves.toMatchObject([{ n: 1 }, null]);
    await expect(store.access.exists('a')).resolves.toBe(true);
    await expect(store.access.ttl('a')).resolves.toBeGreaterThan(30);
    await expect(store.destroy('a')).resolves.toBe(1);
    await store.set('b', fresh());
    await expect(store.clear()).resolves.toBe(1);
  });

  test('without scripts, a script is tried once, not with each get', async () => {
    await permit('-@scripting');
    const store = storeOf();
    for (let n = 0; n < 10; n++) await store.get('a');
    await expect(refusals('evalsha')).resolves.toBe(1);
  });

  test('without scripts, an atomic change is refused, and nothing is stored', async () => {
    const store = storeOf({ concurrencyMerge: true });
    await store.set('a', fresh({ n: 1 }));
    const session = await load(store, 'a');
    await permit('-@scripting');
    const update = store.access.update('a', (found) => ({ ...found, n: 2 }));
    await expect(update).rejects.toThrow('NOPERM');
    await expect(store.set('a', Object.assign(session, { n: 3 }))).rejects.toThrow('NOPERM');
    await expect(store.get('a')).resolves.toMatchObject({ n: 1 });
  });

  test('without UNLINK, clear uses DEL', async () => {
    await permit('-unlink');
    const store = storeOf({ scanCount: 10 });
    for (let n = 0; n < 30; n++) await store.set(`s${n}`, fresh());
    await expect(store.clear()).resolves.toBe(30);
    await expect(witness.keys()).resolves.toEqual([]);
  });

  test('scripts that the server has forgotten are sent again', async () => {
    const store = storeOf();
    await store.set('a', fresh({ n: 0 }));
    for (let n = 1; n <= 3; n++) {
      await witness.everywhere(['SCRIPT', 'FLUSH']);
      await store.access.update('a', (found) => ({ ...found, n }));
      await witness.everywhere(['SCRIPT', 'FLUSH']);
      await expect(store.get('a')).resolves.toMatchObject({ n });
    }
  });
});
