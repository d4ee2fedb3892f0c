'use strict';

// What callbacks get when a client cannot do it: the client's own error, without anything of a
// session in it.

const { inspect } = require('node:util');
const { RedisStore } = require('../..');
const { CLIENTS, openClient } = require('../helpers/borrowed-clients');
const { outcome, expectEachCalledOnce } = require('../helpers/outcome');
const { openPlace } = require('../helpers/places');

/** Words that no error may hold. */
const SID = 'planted-sid';
const DATA = 'planted-data';
const PREFIX = 'planted-prefix:';
const SECRETS = /planted|70 6c 61 6e 74 65 64|112,\s?108,\s?97/;

const tested = CLIENTS.filter(({ place }) => place !== 'memory');
const rows = tested.map((borrowed) => [borrowed.name, borrowed]);

const places = {};
beforeAll(async () => {
  const kinds = ['server', 'sentinel', 'cluster'];
  const opened = await Promise.all(kinds.map(openPlace));
  kinds.forEach((kind, index) => (places[kind] = opened[index]));
});
afterEach(async () => {
  for (const place of Object.values(places)) await place.witness().flushAll();
  expectEachCalledOnce();
});
afterAll(() => Promise.all(Object.values(places).map((place) => place.stop())));

const session = () => ({ cookie: { originalMaxAge: 60_000 }, word: DATA });
const tell = (promise, callback) =>
  promise.then(
    (result) => callback(null, result),
    (error) => callback(error),
  );

/** Every operation that asks a server. */
const OPERATIONS = {
  get: (store, callback) => store.get(SID, callback),
  set: (store, callback) => store.set(SID, session(), callback),
  touch: (store, callback) => store.touch(SID, session(), callback),
  destroy: (store, callback) => store.destroy(SID, callback),
  length: (store, callback) => store.length(callback),
  ids: (store, callback) => store.ids(callback),
  all: (store, callback) => store.all(callback),
  clear: (store, callback) => store.clear(callback),
  getMany: (store, callback) => tell(store.access.getMany([SID, `${SID}2`]), callback),
  update: (store, callback) => tell(store.access.update(SID, (found) => found), callback), // prettier-ignore
  exists: (store, callback) => tell(store.access.exists(SID), callback),
  ttl: (store, callback) => tell(store.access.ttl(SID), callback),
};

/** All that a log could show of it. */
const shown = (error) =>
  inspect(error, { depth: Infinity, showHidden: true, maxArrayLength: null }) +
  String(error.stack) +
  JSON.stringify(error);

/** The errors of these operations; fails if one has none. @returns {Promise<[string, any][]>} */
async function errorsOf(store, names = Object.keys(OPERATIONS)) {
  const told = await Promise.all(
    names.map(async (name) => [
      name,
      await outcome((callback) => OPERATIONS[name](store, callback)),
    ]),
  );
  expect(told.filter(([, { error }]) => !error).map(([name]) => name)).toEqual([]);
  return told.map(([name, { error }]) => [name, error]);
}

function expectNoSecrets(errors) {
  const telling = errors.filter(([, error]) => SECRETS.test(shown(error)));
  expect(telling.map(([name, error]) => `${name}: ${shown(error)}`)).toEqual([]);
}

/** What the application itself gets from its client. */
async function ownError({ name }, client) {
  try {
    if (name.startsWith('node-redis 3')) {
      await new Promise((resolve, reject) => {
        client.del('x', (error, reply) => (error ? reject(error) : resolve(reply)));
      });
    } else if (name.includes('legacyMode')) await client.v4.del('x');
    else if (name.startsWith('sendCommand')) await client.sendCommand(['DEL', 'x']);
    else if (name.startsWith('call')) await client.call('del', 'x');
    else await client.del('x');
  } catch (error) {
    return error;
  }
  throw new Error('the client answered');
}

/** Its class and its words, but for the command's name. */
const kind = (error) => `${error.constructor.name}: ${error.message.replace(/\b[A-Z]{3,}\b/, '*')}`;

/** Clients that come to their end say so in two ways: while they do, and then. */
async function expectOwnErrors(borrowed, client, store) {
  const before = await ownError(borrowed, client);
  const errors = await errorsOf(store);
  const own = [kind(before), kind(await ownError(borrowed, client))];
  expect(errors.filter(([, error]) => !own.includes(kind(error)))).toEqual([]);
  expectNoSecrets(errors);
}

/** Of these the application itself hears nothing any more: they wait to be ready for ever. */
const SILENT = ['ioredis 6, Cluster, autopipelining'];

test.each(rows.filter(([name]) => !SILENT.includes(name)))(
  '%s, closed, gives its own error to every callback',
  async (_, borrowed) => {
    const { client, close } = await openClient(borrowed, places[borrowed.place].where);
    const store = new RedisStore({ client, prefix: PREFIX });
    await store.set(SID, session());
    await close();
    await expectOwnErrors(borrowed, client, store);
  },
);

const connecting = tested.filter(({ name }) => /^node-redis [456]/.test(name));

test.each(connecting.map((borrowed) => [borrowed.name, borrowed]))(
  '%s that nobody has connected yet says to every callback that somebody has to connect it',
  async (_, borrowed) => {
    const { client, connect, close } = borrowed.create(places[borrowed.place].where);
    const store = new RedisStore({ client, prefix: PREFIX });
    const errors = await errorsOf(store);
    for (const [, error] of errors) {
      expect(error).toMatchObject({
        code: 'ERR_REDIS_CLOSED',
        message: /call client\.connect\(\)/,
      });
      expect(kind(error.cause)).toBe(kind(await ownError(borrowed, client)));
    }
    expectNoSecrets(errors);
    // And when it is, the store works.
    await connect();
    await expect(store.set(SID, session())).resolves.toBe('OK');
    await expect(store.get(SID)).resolves.toMatchObject({ word: DATA });
    await close();
  },
);

describe.each(rows)('%s', (_, borrowed) => {
  let opened;
  let store;
  let witness;
  beforeAll(async () => {
    opened = await openClient(borrowed, places[borrowed.place].where);
    store = new RedisStore({ client: opened.client, prefix: PREFIX, concurrencyMerge: true });
    witness = places[borrowed.place].witness(borrowed.prefix);
  });
  afterAll(() => opened.close());

  test('a key of another type is its error, without key or id', async () => {
    await witness.about('RPUSH', PREFIX + SID, DATA);
    const errors = await errorsOf(store, ['get', 'update']);
    for (const [, error] of errors) {
      expect(error).toBeInstanceOf(Error);
      expect(error.message).toContain('WRONGTYPE');
    }
    expectNoSecrets(errors);
  });

  test('what a full server refuses is its error, without key, id or data', async () => {
    await store.set(SID, session());
    await witness.everywhere(['CONFIG', 'SET', 'maxmemory', '1']);
    try {
      const errors = await errorsOf(store, ['set']);
      expect(errors[0][1].message).toMatch(/^OOM/);
      expectNoSecrets(errors);
    } finally {
      await witness.everywhere(['CONFIG', 'SET', 'maxmemory', '0']);
    }
  });

  test('what the server does not permit is its error, without key, id or data', async () => {
    await store.set(SID, session());
    await store.get(SID);
    await witness.everywhere(['ACL', 'SETUSER', 'default', '-@read', '-@write', '-@scripting']);
    try {
      const errors = await errorsOf(store);
      for (const [name, error] of errors) expect(`${name} ${error.message}`).toMatch(/NOPERM/);
      expectNoSecrets(errors);
    } finally {
      await witness.everywhere(['ACL', 'SETUSER', 'default', '+@all']);
    }
  });
});
