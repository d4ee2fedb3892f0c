'use strict';

// A server that is started anew in the middle of an enumeration: its table is in another order,
// and a cursor of the old one means nothing in it.

const { RedisStore } = require('../..');
const { array, bulk, integer, startScriptedServer } = require('../helpers/scripted-server');
const { useRedis } = require('../helpers/use-redis');

const backoff = { min: 1, max: 20 };

describe('with everything kept on disk', () => {
  const redis = useRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
  const COUNT = 500;
  const ids = Array.from({ length: COUNT }, (_, n) => `s${n}`);

  test.each([1, 2, 3, 4, 5])('no session is lost to a scan (%d)', async () => {
    await redis.admin.mSet(Object.fromEntries(ids.map((sid) => [`sess:${sid}`, '{}'])));
    const store = redis.store({ backoff, commandTimeout: 20_000 });
    const found = [];
    for await (const { id } of store.access.scan({ count: 10 })) {
      // After the first batch, and half-way.
      if (found.length === 0 || found.length === COUNT / 2) await redis.server.restart();
      found.push(id);
    }
    expect(found.sort()).toEqual([...ids].sort());
  });
});

describe('two tables of four keys, scanned in two batches each', () => {
  // For each server process: what a cursor leads to.
  const tables = [
    { 0: ['5', 'a', 'b'], 5: ['0', 'c', 'd'] },
    { 0: ['7', 'a', 'd'], 7: ['0', 'b', 'c'], 5: ['0', 'c'] },
  ];
  let server, store;

  beforeEach(async () => {
    const keys = new Set(['sess:a', 'sess:b', 'sess:c', 'sess:d']);
    const reply = ([name, ...words], table) => {
      if (name === 'MGET') return array(...words.map(() => bulk('{}')));
      if (name === 'STRLEN') return integer(2);
      if (name === 'PTTL') return integer(60_000);
      if (name === 'UNLINK') return integer(words.filter((key) => keys.delete(key)).length);
      const [cursor, ...ids] = table[words[0]];
      const there = ids.map((id) => `sess:${id}`).filter((key) => keys.has(key));
      return array(bulk(cursor), array(...there.map(bulk)));
    };
    server = await startScriptedServer({
      onCommands(commands, connection) {
        const isFirst = connection.number === 1;
        // The old process ends when it is asked for its second batch.
        if (isFirst && commands.some(([name, cursor]) => name === 'SCAN' && cursor === '5')) {
          return connection.end();
        }
        const table = tables[isFirst ? 0 : 1];
        connection.write(commands.map((command) => reply(command, table)).join(''));
      },
    });
    store = new RedisStore({ port: server.port, backoff });
    store.on('error', () => {});
  });

  afterEach(async () => {
    await store.close();
    await server.close();
  });

  test.each([
    ['ids', ['a', 'b', 'c', 'd'], (ids) => ids.sort()],
    ['all', ['a', 'b', 'c', 'd'], (sessions) => sessions.map(({ id }) => id).sort()],
    ['length', 4, (length) => length],
    ['clear', 4, (removed) => removed],
  ])('%s sees each once', async (method, expected, read) => {
    expect(read(await store[method]())).toEqual(expected);
    expect(server.connections).toHaveLength(2);
  });
});
