'use strict';

// A cookie whose expiry is no date: express-session reports it itself, once. The store takes it as
// JSON does, as MemoryStore would, and adds nothing.

const { MemoryStore } = require('express-session');
const { RedisStore } = require('../..');
const { clientNamed, openClient } = require('../helpers/borrowed-clients');
const { startApp } = require('../helpers/app');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const STORES = [
  ['MemoryStore', async () => new MemoryStore()],
  ['one server', async () => redis.store()],
  ['redundant servers', async () => redis.store({ url: undefined, clients: [redis.server.url] })],
  ['concurrencyMerge', async () => redis.store({ concurrencyMerge: true })],
  [
    'ioredis 6',
    async () => {
      const { client, close } = await openClient(clientNamed('ioredis 6'), redis.server);
      redis.track({ close });
      return redis.track(new RedisStore({ client }));
    },
  ],
];

/** An application that spoils the cookie, and what its error handler was given since last asked. */
async function start(store) {
  const errors = [];
  const app = redis.track(
    await startApp(store, {
      routes(routes) {
        routes.post('/spoil', (req, res) => {
          req.session.cookie.expires = new Date(NaN);
          res.json({ id: req.sessionID });
        });
        routes.post('/spoil-and-change', (req, res) => {
          req.session.cookie.expires = new Date(NaN);
          req.session.changes = (req.session.changes ?? 0) + 1;
          res.json({ id: req.sessionID });
        });
        routes.post('/spoil-and-save', (req, res, next) => {
          req.session.cookie.expires = new Date(NaN);
          req.session.saves = (req.session.saves ?? 0) + 1;
          req.session.save((error) => (error ? next(error) : res.json({ id: req.sessionID })));
        });
        routes.use((error, req, res, next) => {
          errors.push(error);
          if (!res.headersSent) next(error);
        });
      },
    }),
  );
  /** The error handler is called in a later turn than the response is sent, or a second time. */
  const settled = async () => {
    for (let turns = 0; turns < 3; ++turns) await app.visitor().get('/who');
  };
  return {
    visitor: app.visitor(),
    async takeErrors() {
      await settled();
      return errors.splice(0);
    },
  };
}

describe.each(STORES)('%s', (_, open) => {
  test.each([['/spoil-and-change'], ['/spoil-and-save']])(
    '%s of a new session is one error, and it is stored',
    async (path) => {
      const { visitor, takeErrors } = await start(await open());
      const { status } = await visitor.post(path);
      expect(status).toBe(200);
      await expect(takeErrors()).resolves.toEqual([
        expect.objectContaining({ message: expect.stringContaining('expires') }),
      ]);
    },
  );

  test('a session that is there goes on: it has no expiry of its own any more', async () => {
    const store = await open();
    const { visitor, takeErrors } = await start(store);
    const { id } = await visitor.post('/login/ann');
    // The cookie alone, which is touched, and both.
    for (const path of ['/spoil', '/spoil-and-change', '/spoil-and-save']) {
      await expect(visitor.post(path)).resolves.toMatchObject({ status: 200, id });
      // Of a cookie that is not sent again there is nothing to report.
      expect((await takeErrors()).length).toBeLessThanOrEqual(1);
    }
    await expect(visitor.get('/cookie')).resolves.toMatchObject({ expires: null });
    await expect(visitor.get('/who')).resolves.toEqual({ status: 200, id, user: 'ann' });
    await expect(takeErrors()).resolves.toEqual([]);
  });
});

test('such a session is stored as JSON has it, for ttl seconds', async () => {
  const { visitor } = await start(redis.store({ ttl: 500 }));
  const { id } = await visitor.post('/login/ann');
  await visitor.post('/spoil-and-change');
  const { cookie } = JSON.parse(await redis.admin.get(`sess:${id}`));
  expect(cookie.expires).toBeNull();
  const left = await redis.admin.pTTL(`sess:${id}`);
  expect(left).toBeGreaterThan(490_000);
  expect(left).toBeLessThanOrEqual(500_000);
});
