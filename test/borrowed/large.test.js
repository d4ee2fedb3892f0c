'use strict';

// Large sessions through clients of the application's: no command asks for more than some of them.

const { RedisStore } = require('../..');
const { CLIENTS, openClient } = require('../helpers/borrowed-clients');
const { openPlace } = require('../helpers/places');

const KINDS = ['server', 'cluster'];
/** One of each family. */
const NAMES = ['node-redis 3', 'node-redis 6', 'ioredis 6', 'call alone', 'node-redis 6, Cluster'];
const tested = CLIENTS.filter(({ name }) => NAMES.includes(name));

const MIB = 1024 * 1024;
/** Those fit into one answer that are written together: 7 and 5, 5 and 4, 8, and 20. */
const SIZES = [7, 5, 5, 4, 8, 20].map((size) => size * MIB);
const IDS = SIZES.map((_, n) => `s${n}`);
const serializer = {
  stringify: (session) => JSON.stringify(session),
  parse: (data) => ({ length: data.length }),
};

const places = {};
beforeAll(async () => {
  const opened = await Promise.all(KINDS.map(openPlace));
  KINDS.forEach((kind, index) => (places[kind] = opened[index]));
}, 60_000);
afterAll(() => Promise.all(Object.values(places).map((place) => place.stop())));

describe.each(tested.map((borrowed) => [borrowed.name, borrowed]))('%s', (_, borrowed) => {
  let opened;
  let witness;
  beforeAll(async () => {
    opened = await openClient(borrowed, places[borrowed.place].where);
    witness = places[borrowed.place].witness(borrowed.prefix);
  });
  afterAll(() => opened.close());

  const everywhere = (...command) => witness.everywhere(command);
  const permit = (rule) => everywhere('ACL', 'SETUSER', 'default', rule);
  const storeOf = () => new RedisStore({ client: opened.client, serializer });

  /** How often a command was carried out. */
  async function calls(command) {
    const stats = await everywhere('INFO', 'commandstats');
    const pattern = new RegExp(`cmdstat_${command}:calls=(\\d+)`);
    return stats.reduce((sum, text) => sum + Number(String(text).match(pattern)?.[1] ?? 0), 0);
  }

  async function scan(store) {
    const found = [];
    for await (const { id, length } of store.access.scan()) found.push([id, length]);
    return found.sort();
  }

  const everything = IDS.map((id, n) => [id, SIZES[n]]);

  beforeEach(async () => {
    for (const [n, id] of IDS.entries()) {
      await witness.about('SETRANGE', `sess:${id}`, String(SIZES[n] - 1), 'x');
    }
    await everywhere('CONFIG', 'RESETSTAT');
  }, 60_000);
  afterEach(async () => {
    await permit('+@all');
    await witness.flushAll();
  });

  /** Of several keys. */
  const mgets = borrowed.place === 'cluster' ? 0 : 2;

  test('scan and getMany give all of them, some at a time', async () => {
    const store = storeOf();
    await expect(scan(store)).resolves.toEqual(everything);
    const found = await store.access.getMany([...IDS, 'none']);
    expect(found.map((session) => session && session.length)).toEqual([...SIZES, null]);
    await everywhere('CONFIG', 'RESETSTAT');
    await store.access.getMany(IDS);
    await expect(calls('mget')).resolves.toBe(mgets);
  }, 60_000);

  test('where lengths may not be asked for, the number of keys has to do', async () => {
    await permit('-strlen');
    const store = storeOf();
    await expect(scan(store)).resolves.toEqual(everything);
    await expect(store.access.getMany(IDS)).resolves.toHaveLength(IDS.length);
  }, 60_000);

  test('without scripts, each length is asked for', async () => {
    await permit('-@scripting');
    const store = storeOf();
    const found = await store.access.getMany(IDS);
    expect(found.map(({ length }) => length)).toEqual(SIZES);
    await expect(calls('strlen')).resolves.toBe(IDS.length);
    await expect(calls('mget')).resolves.toBe(mgets);
  }, 60_000);

  test('gets of one tick each get their own, though they do not fit together', async () => {
    const store = storeOf();
    const found = await Promise.all(IDS.map((id) => store.get(id)));
    expect(found.map(({ length }) => length)).toEqual(SIZES);
  }, 60_000);
});
