'use strict';

// What a serializer may make of a stored session besides a plain object.

const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

/** A store whose serializer gives what `parse` makes of the parsed session. */
const makeStore = (parse) =>
  redis.store({
    serializer: { stringify: JSON.stringify, parse: (text) => parse(JSON.parse(text)) },
  });

async function collect(sessions) {
  const all = [];
  for await (const session of sessions) all.push(session);
  return all;
}

const ways = [
  ['all', (store) => store.all()],
  ['access.all', (store) => store.access.all()],
  ['scan', (store) => collect(store.access.scan())],
];

const expires = () => new Date(Date.now() + 60_000).toISOString();
const cookie = () => ({ originalMaxAge: 60_000, expires: expires() });

describe.each(ways)('%s', (_, enumerate) => {
  test.each([
    ['a string', () => 'session'],
    ['an empty string', () => ''],
    ['a number', () => 7],
    ['true', () => true],
    ['false', () => false],
    ['a Promise of a string', async () => 'session'],
    ['an array', () => ['session']],
    ['a Promise of an array', async () => []],
  ])('of sessions parsed to %s gives none, and reports it', async (_name, parse) => {
    const store = makeStore(parse);
    const errors = [];
    store.on('error', (error) => errors.push(error));
    await redis.admin.set('sess:a', '{}');
    await expect(enumerate(store)).resolves.toEqual([]);
    expect(errors).toMatchObject([{ code: 'ERR_SESSION_PARSE', id: 'a' }]);
    await expect(store.get('a')).rejects.toMatchObject({ code: 'ERR_SESSION_PARSE' });
  });

  test.each([
    ['frozen', Object.freeze],
    ['sealed', Object.seal],
    ['not to be extended', Object.preventExtensions],
    [
      'frozen to the last',
      (session) => Object.freeze({ ...session, cookie: Object.freeze(session.cookie) }),
    ],
    ['promised frozen', async (session) => Object.freeze(session)],
  ])('gives sessions that are %s, with their ids', async (_name, parse) => {
    const store = makeStore(parse);
    await redis.admin.set('sess:a', JSON.stringify({ n: 1, cookie: cookie() }), { PX: 60_000 });
    await redis.admin.set('sess:b', JSON.stringify({ n: 2, cookie: cookie() }), { PX: 60_000 });
    const found = await enumerate(store);
    expect(found.sort((one, other) => one.n - other.n)).toMatchObject([
      { n: 1, id: 'a', cookie: { originalMaxAge: 60_000 } },
      { n: 2, id: 'b', cookie: { originalMaxAge: 60_000 } },
    ]);
  });
});

test('get and getMany give frozen sessions, too', async () => {
  const store = makeStore((session) =>
    Object.freeze({ ...session, cookie: Object.freeze(session.cookie) }),
  );
  const stored = { n: 1, cookie: cookie() };
  await redis.admin.set('sess:a', JSON.stringify(stored), { PX: 60_000 });
  await expect(store.get('a')).resolves.toMatchObject({ n: 1 });
  await expect(store.access.getMany(['a'])).resolves.toMatchObject([{ n: 1 }]);
});
