'use strict';

// Defects that visitors of an application notice.

const assert = require('node:assert/strict');
const { deferred } = require('../helpers/until');
const { seen, lasting } = require('./defect');

const MINUTE = 60_000;
/** More than a connection holds on its way: express closes it when an error comes after the response. */
const LARGE = 'x'.repeat(16 * 2 ** 20);

module.exports = [
  {
    title: 'a logout is not undone by a slower request that saves',
    listed: 'a logout is undone by a slower request that saves',
    seenIn: ['connect-redis'],
    async run(lab) {
      const store = await lab.createStore();
      const arrived = deferred();
      const released = deferred();
      const app = await lab.startApp(store, {
        routes: (routes) =>
          routes.post('/slow', async (req, res) => {
            arrived.resolve();
            await released.promise;
            req.session.basket = ['apple'];
            res.json({});
          }),
      });
      const visitor = app.visitor();
      const { id } = await visitor.post('/login/ann');
      const { cookie } = visitor;
      const slow = visitor.post('/slow');
      await arrived.promise;
      assert.equal((await visitor.post('/logout')).status, 200);
      released.resolve();
      assert.equal((await slow).status, 200);
      visitor.cookie = cookie;
      const { user } = await visitor.get('/who');
      seen(user === 'ann', 'the visitor is logged in again');
      assert.ok(!(await lab.ask(store, 'get', id)));
    },
  },
  {
    title: 'an explicit save keeps a session that touches have kept alive',
    listed: 'an explicit `req.session.save()` after a while of touches deletes the live session',
    seenIn: ['connect-redis'],
    async run(lab) {
      const store = await lab.createStore();
      const app = await lab.startApp(store, { session: { cookie: { maxAge: 2000 } } });
      const visitor = app.visitor();
      const { id } = await visitor.post('/login/ann');
      const first = (await lab.now()) + 2000;
      // In use all the time, but never changed: longer than it was to live at first.
      while ((await lab.now()) < first + 50) {
        assert.equal((await visitor.get('/who')).user, 'ann');
        await lab.reach((await lab.now()) + 100);
      }
      assert.equal((await visitor.post('/save')).status, 200);
      seen(!(await lab.ask(store, 'get', id)), 'the session is gone after the save');
      assert.equal((await visitor.get('/who')).user, 'ann');
    },
  },
  {
    title: 'a request that changes nothing renews the expiry of its session',
    listed: 'no touch',
    seenIn: ['token-session-redis'],
    async run(lab) {
      const store = await lab.createStore({ ttl: 60 });
      const app = await lab.startApp(store);
      const visitor = app.visitor();
      const { id } = await visitor.post('/login/ann');
      assert.equal(await lab.admin.pExpire(`sess:${id}`, 10_000), 1);
      assert.equal((await visitor.get('/who')).user, 'ann');
      const left = await lab.admin.pTTL(`sess:${id}`);
      seen(!store.touch && left <= 10_000, 'there is no touch, and the session runs out in use');
      assert.ok(left > 50_000);
    },
  },
  {
    title: 'a session lives as long as its cookie says',
    listed: 'expiry ignores the cookie',
    seenIn: ['token-session-redis'],
    async run(lab) {
      const store = await lab.createStore();
      await lab.ask(store, 'set', 'a', lasting(10_000));
      const left = await lab.admin.pTTL('sess:a');
      seen(left > 80_000_000, 'a cookie of 10 seconds makes a session of a day');
      assert.ok(left > 8000 && left <= 10_000, `${left} ms`);
    },
  },
  {
    title: 'touching a session that is gone is no error, and the response arrives',
    listed: 'touching a missing session is an error and breaks the response',
    seenIn: ['connect-mongo'],
    async run(lab) {
      const store = await lab.createStore();
      const app = await lab.startApp(store, {
        // Another tab logs out while this request, which changes nothing, is running.
        routes: (routes) =>
          routes.get('/slow', async (req, res) => {
            await lab.ask(store, 'destroy', req.sessionID);
            res.json({ user: req.session.user, text: LARGE });
          }),
      });
      const visitor = app.visitor();
      await visitor.post('/login/ann');
      const response = await visitor.get('/slow').catch((error) => error);
      const { error } = await lab.call(store, 'touch', 'none', lasting(MINUTE));
      const broken = response.status === undefined;
      seen(
        error,
        `touch gives the error "${error?.message}", and the response ${broken ? 'breaks off' : 'arrives'}`,
      );
      assert.equal(response.status, 200);
      assert.equal(response.user, 'ann');
    },
  },
];
