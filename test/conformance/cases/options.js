'use strict';

// express-session's options: resave, saveUninitialized, rolling, unset.

const assert = require('node:assert/strict');
const { MINUTE, SECOND, expiresOf, startVisit, startSlow } = require('../tools');

/** Makes the session's expiry one that was set a while ago. */
const age = (lab, store, id, data) =>
  lab.ask(store, 'set', id, {
    cookie: { originalMaxAge: MINUTE, expires: new Date(Date.now() + 10 * SECOND) },
    ...data,
  });

const left = (session) => new Date(session.cookie.expires).getTime() - Date.now();

const cases = [
  {
    title: 'saveUninitialized: false stores nothing, and sets no cookie, for an empty session',
    async run(lab) {
      const { store, visitor } = await startVisit(lab, { saveUninitialized: false });
      const { id } = await visitor.get('/who');
      assert.equal(visitor.setCookie, '');
      assert.ok(!(await lab.ask(store, 'get', id)));
    },
  },
  {
    title: 'saveUninitialized: true stores an empty session, and the next request has it',
    async run(lab) {
      const { store, visitor } = await startVisit(lab, { saveUninitialized: true });
      const { id } = await visitor.get('/who');
      assert.notEqual(visitor.setCookie, '');
      assert.ok(await lab.ask(store, 'get', id));
      assert.equal((await visitor.get('/who')).id, id);
    },
  },
  {
    title: 'resave: false leaves alone what was saved while a request changed nothing',
    async run(lab) {
      const { visitor, release } = await startSlow(lab, { resave: false });
      await visitor.post('/login/bob');
      await release();
      assert.equal((await visitor.get('/who')).user, 'bob');
    },
  },
  {
    title: 'resave: true saves the session of a request that changed nothing',
    async run(lab) {
      const { visitor, release } = await startSlow(lab, { resave: true });
      await visitor.post('/login/bob');
      await release();
      assert.equal((await visitor.get('/who')).user, 'ann');
    },
  },
  {
    title: 'resave: true does not bring back a session that was destroyed meanwhile',
    async run(lab) {
      const { store, id, visitor, release } = await startSlow(lab, { resave: true });
      await visitor.post('/logout');
      await release();
      assert.ok(!(await lab.ask(store, 'get', id)));
    },
  },
  {
    title: 'a request that changes nothing renews the expiry that get shows',
    async run(lab) {
      const { store, visitor } = await startVisit(lab);
      const { id } = await visitor.post('/login/ann');
      await age(lab, store, id, { user: 'ann' });
      await visitor.get('/who');
      assert.ok(left(await lab.ask(store, 'get', id)) > 50 * SECOND);
    },
  },
  {
    title: 'rolling: true sends the cookie with each response, with a new expiry',
    async run(lab) {
      const { visitor } = await startVisit(lab, { rolling: true });
      await visitor.post('/login/ann');
      const before = Date.now();
      await visitor.get('/who');
      // A cookie's date has no milliseconds.
      assert.ok(expiresOf(visitor.setCookie) >= before + MINUTE - SECOND);
    },
  },
  {
    title: 'rolling: true renews the expiry that get shows as well',
    async run(lab) {
      const { store, visitor } = await startVisit(lab, { rolling: true });
      const { id } = await visitor.post('/login/ann');
      await age(lab, store, id, { user: 'ann' });
      await visitor.get('/who');
      assert.ok(left(await lab.ask(store, 'get', id)) > 50 * SECOND);
    },
  },
  {
    title: 'rolling: false sends the cookie again only when the session changed',
    async run(lab) {
      const { visitor } = await startVisit(lab, { rolling: false });
      await visitor.post('/login/ann');
      await visitor.get('/who');
      assert.equal(visitor.setCookie, '');
      await visitor.post('/login/bob');
      assert.notEqual(visitor.setCookie, '');
    },
  },
  ...[
    ['null', (req) => (req.session = null)],
    ['deleted', (req) => delete req.session],
  ].flatMap(([how, drop]) => [
    {
      title: `unset: 'destroy' destroys a session that is ${how} at the end`,
      async run(lab) {
        const { store, visitor } = await startVisit(lab, { unset: 'destroy' }, drop);
        const { id } = await visitor.post('/login/ann');
        await visitor.post('/change');
        assert.ok(!(await lab.ask(store, 'get', id)));
      },
    },
    {
      title: `unset: 'keep' keeps a session that is ${how} at the end`,
      async run(lab) {
        const { store, visitor } = await startVisit(lab, { unset: 'keep' }, drop);
        const { id } = await visitor.post('/login/ann');
        await visitor.post('/change');
        assert.equal((await lab.ask(store, 'get', id)).user, 'ann');
      },
    },
  ]),
];

module.exports = { group: "express-session's options", cases };
