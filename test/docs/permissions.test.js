'use strict';

// docs/permissions.md: a user with exactly the commands that a row names can do what the row says,
// and without any one of them cannot.

const session = require('express-session');
const { codes, readPage, table } = require('../helpers/markdown');
const { useRedis } = require('../helpers/use-redis');

const page = readPage('docs/permissions.md');
const redis = useRedis();

const PASSWORD = 'of-the-web';
const fresh = (fields) => ({ cookie: { originalMaxAge: 60_000, expires: inAMinute() }, ...fields });
const inAMinute = () => new Date(Date.now() + 60_000);

/** Of a store that was given `options`; what the row is about. */
const USES = {
  get: [{}, async (store) => expect(await store.get('a')).toMatchObject({ n: 1 })],
  set: [{}, async (store) => expect(await store.set('b', fresh())).toBe('OK')],
  touch: [{}, async (store) => expect(await store.touch('a', fresh())).toBe('OK')],
  'touch, ttl: false': [
    { ttl: false },
    async (store) => expect(await store.touch('a', fresh())).toBe('OK'),
  ],
  destroy: [{}, async (store) => expect(await store.destroy('a')).toBe(1)],
  'access.update, concurrencyMerge, touch': [
    { concurrencyMerge: true },
    async (store) => {
      await store.access.update('a', (found) => ({ ...found, n: 2 }));
      const request = { sessionID: 'a', sessionStore: store };
      const loaded = store.createSession(request, await store.get('a'));
      loaded.n = 3;
      expect(await store.set('a', loaded)).toBe('OK');
      loaded.cookie.path = '/shop';
      expect(await store.touch('a', loaded)).toBe('OK');
      // The first save of a session that is new is a plain one.
      expect(await store.set('c', fresh())).toBe('OK');
    },
  ],
  'ids, length': [
    {},
    async (store) => {
      expect(await store.ids()).toEqual(['a']);
      expect(await store.length()).toBe(1);
    },
  ],
  'all, scan': [
    {},
    async (store) => {
      expect(await store.all()).toMatchObject([{ id: 'a', n: 1 }]);
      for await (const { n } of store.access.scan()) expect(n).toBe(1);
    },
  ],
  'access.getMany': [
    {},
    async (store) => expect(await store.access.getMany(['a', 'b'])).toMatchObject([{ n: 1 }, null]),
  ],
  clear: [{}, async (store) => expect(await store.clear()).toBe(1)],
  'access.exists': [{}, async (store) => expect(await store.access.exists('a')).toBe(true)],
  'access.ttl': [{}, async (store) => expect(await store.access.ttl('a')).toBeGreaterThan(0)],
};

const rows = table(page).map((row) => ({
  use: codes(row['what you use'])
    .map((code) => code.trim())
    .join(', '),
  needs: codes(row.needs)[0].split(' '),
  optional: codes(row.optional).flatMap((code) => code.split(' ')),
}));

/** A store of a user who may do these things alone. */
async function storeWith(rules, options = {}) {
  await redis.admin.sendCommand(['ACL', 'DELUSER', 'web']);
  await redis.admin.sendCommand(
    `ACL SETUSER web on >${PASSWORD} ~sess:* resetchannels -@all ${rules.join(' ')}`.split(' '),
  );
  return redis.store({ username: 'web', pass: PASSWORD, commandTimeout: 60_000, ...options });
}

beforeEach(async () => {
  // Whoever may not send a script could use one that another has left.
  await redis.admin.sendCommand(['SCRIPT', 'FLUSH']);
  await redis.store().set('a', fresh({ n: 1 }));
});

test('the rows are those that are tried here', () => {
  expect(rows.map(({ use }) => use)).toEqual(Object.keys(USES));
});

describe.each(rows.map((row) => [row.use, row]))('%s', (use, { needs, optional }) => {
  const [options, run] = USES[use];

  test('works with what it needs', async () => {
    await run(await storeWith(['+ping', ...needs], options));
  });

  if (optional.length > 0) {
    test('works with what is optional, too', async () => {
      await run(await storeWith(['+ping', ...needs, ...optional], options));
    });
  }

  test.each(needs.map((rule) => [rule]))(
    'is refused without %s, which the error names',
    async (rule) => {
      const store = await storeWith(['+ping', ...needs.filter((each) => each !== rule)], options);
      const error = await run(store).then(
        () => undefined,
        (caught) => caught,
      );
      // Redis checks what a script calls, too, and says so in other words.
      expect(error?.reply ?? String(error)).toMatch(/NOPERM|ERR/);
      if (error.reply === 'NOPERM') expect(error.message).toContain(`'${rule.slice(1)}'`);
    },
  );
});

describe('the lines that the page gives', () => {
  const lines = [
    ...page.matchAll(/^ACL SETUSER web on >password ~sess:\* resetchannels -@all (.*)$/gm),
  ];
  const [application, everything] = lines.map(([, rules]) => rules.split(' '));

  test('the first is enough for an Express application, database and logout included', async () => {
    const store = await storeWith(application, { db: 3 });
    const middleware = session({ store, secret: 'x', resave: false, saveUninitialized: false });
    expect(middleware).toBeInstanceOf(Function);
    await store.set('v', fresh({ n: 1 }));
    const request = { sessionID: 'v', sessionStore: store };
    const loaded = store.createSession(request, await store.get('v'));
    await expect(store.touch('v', loaded)).resolves.toBe('OK');
    loaded.cookie.path = '/shop';
    await expect(store.touch('v', loaded)).resolves.toBe('OK');
    await expect(store.set('v', loaded)).resolves.toBe('OK');
    await expect(store.destroy('v')).resolves.toBe(1);
  });

  test('the second has all that the table names', () => {
    const named = rows.flatMap(({ needs, optional }) => [...needs, ...optional]);
    expect([...new Set([...named, '+ping', '+select'])].sort()).toEqual([...everything].sort());
  });

  test('none of it is of @dangerous', async () => {
    const dangerous = await redis.admin.sendCommand(['ACL', 'CAT', 'dangerous']);
    expect(everything.filter((rule) => dangerous.includes(rule.slice(1)))).toEqual([]);
  });
});
