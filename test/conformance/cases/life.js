'use strict';

// The life of a session: made, loaded, reloaded, regenerated, destroyed.

const assert = require('node:assert/strict');
const { MINUTE, lasting, plain, promised, startSlow, startVisit } = require('../tools');

const cases = [
  {
    title: 'what a request puts into its session is there for the next one',
    async run(lab) {
      const { visitor } = await startVisit(lab);
      await visitor.post('/login/ann');
      assert.equal((await visitor.get('/who')).user, 'ann');
    },
  },
  {
    title: 'two visitors have two sessions',
    async run(lab) {
      const { app, visitor } = await startVisit(lab);
      const other = app.visitor();
      await visitor.post('/login/ann');
      await other.post('/login/bob');
      assert.equal((await visitor.get('/who')).user, 'ann');
      assert.equal((await other.get('/who')).user, 'bob');
    },
  },
  {
    title: 'a visitor whose session is gone gets a new, empty one',
    async run(lab) {
      const { store, visitor } = await startVisit(lab);
      const { id } = await visitor.post('/login/ann');
      await lab.ask(store, 'destroy', id);
      const { status, id: newId, user } = await visitor.get('/who');
      assert.equal(status, 200);
      assert.notEqual(newId, id);
      assert.equal(user, null);
    },
  },
  {
    title: 'regenerate gives a new id, with the data that is put in after it',
    async run(lab) {
      const { visitor } = await startVisit(lab);
      const { id } = await visitor.post('/login/ann');
      const { id: newId } = await visitor.post('/regenerate');
      assert.notEqual(newId, id);
      const { id: seenId, user } = await visitor.get('/who');
      assert.deepEqual([seenId, user], [newId, 'ann']);
    },
  },
  {
    title: 'regenerate ends the session under the old id',
    async run(lab) {
      const { store, visitor } = await startVisit(lab);
      const { id } = await visitor.post('/login/ann');
      await visitor.post('/regenerate');
      assert.ok(!(await lab.ask(store, 'get', id)));
    },
  },
  {
    title: 'a regenerated session has nothing of the old one',
    async run(lab) {
      const { visitor } = await startVisit(lab, {}, async (req) => {
        await promised(req.session, 'regenerate');
        req.session.fresh = true;
      });
      await visitor.post('/login/ann');
      await visitor.post('/change');
      assert.deepEqual(plain((await visitor.get('/session')).data), { fresh: true });
    },
  },
  {
    title: 'reload shows what was saved meanwhile',
    async run(lab) {
      let seen;
      const { visitor, release } = await startSlow(lab, {}, async (req) => {
        await promised(req.session, 'reload');
        seen = req.session.user;
      });
      await visitor.post('/login/bob');
      await release();
      assert.equal(seen, 'bob');
    },
  },
  {
    title: 'reload drops what the request had changed',
    async run(lab) {
      const { visitor } = await startVisit(lab, {}, async (req) => {
        req.session.user = 'eve';
        await promised(req.session, 'reload');
      });
      await visitor.post('/login/ann');
      await visitor.post('/change');
      assert.equal((await visitor.get('/who')).user, 'ann');
    },
  },
  {
    title: 'what is changed after a reload is saved',
    async run(lab) {
      const { visitor } = await startVisit(lab, {}, async (req) => {
        await promised(req.session, 'reload');
        req.session.user = 'bob';
      });
      await visitor.post('/login/ann');
      await visitor.post('/change');
      assert.equal((await visitor.get('/who')).user, 'bob');
    },
  },
  {
    title: 'reload of a session that was destroyed meanwhile is an error',
    async run(lab) {
      let error;
      const { store, id, release } = await startSlow(lab, {}, async (req) => {
        error = await promised(req.session, 'reload').catch((failure) => failure);
      });
      await lab.ask(store, 'destroy', id);
      await release();
      assert.match(String(error), /failed to load session/);
    },
  },
  {
    title: 'destroy ends the session, and the next request begins a new one',
    async run(lab) {
      const { store, visitor } = await startVisit(lab);
      const { id } = await visitor.post('/login/ann');
      await visitor.post('/logout');
      assert.ok(!(await lab.ask(store, 'get', id)));
      const { id: newId, user } = await visitor.get('/who');
      assert.notEqual(newId, id);
      assert.equal(user, null);
    },
  },
  {
    title: 'an explicit save is in the store before the request goes on',
    async run(lab) {
      let stored;
      const { store, visitor } = await startVisit(lab, {}, async (req) => {
        req.session.user = 'bob';
        await promised(req.session, 'save');
        stored = await lab.ask(store, 'get', req.sessionID);
      });
      await visitor.post('/change');
      assert.equal(stored.user, 'bob');
    },
  },
  {
    title: 'what is changed after an explicit save is saved, too',
    async run(lab) {
      const { visitor } = await startVisit(lab, {}, async (req) => {
        req.session.first = 1;
        await promised(req.session, 'save');
        req.session.second = 2;
      });
      await visitor.post('/change');
      assert.deepEqual(plain((await visitor.get('/session')).data), { first: 1, second: 2 });
    },
  },
  {
    title: 'load gives a session that can be saved again',
    async run(lab) {
      const store = await lab.createStore();
      store.generate = () => {};
      await lab.ask(store, 'set', 'a', lasting(MINUTE, { n: 1 }));
      const loaded = await lab.ask(store, 'load', 'a');
      assert.ok(loaded.cookie.expires instanceof Date);
      assert.equal(loaded.cookie.originalMaxAge, MINUTE);
      loaded.n = 2;
      await promised(loaded, 'save');
      assert.equal((await lab.ask(store, 'get', 'a')).n, 2);
    },
  },
  {
    title: 'load of a session that is not there gives nothing, and no error',
    async run(lab) {
      const store = await lab.createStore();
      assert.ok(!(await lab.ask(store, 'load', 'none')));
    },
  },
  {
    title: 'a slower request that changes nothing does not bring back a destroyed session',
    async run(lab) {
      const { store, id, visitor, release } = await startSlow(lab);
      await visitor.post('/logout');
      assert.equal((await release()).status, 200);
      assert.ok(!(await lab.ask(store, 'get', id)));
    },
  },
  {
    title: 'a slower request that saves does not bring back a destroyed session',
    async run(lab) {
      const { store, id, visitor, release } = await startSlow(lab, {}, (req) => {
        req.session.basket = ['apple'];
      });
      await visitor.post('/logout');
      assert.equal((await release()).status, 200);
      assert.ok(!(await lab.ask(store, 'get', id)));
    },
  },
  {
    title: 'a slower request that saves does not bring back the id before a regenerate',
    async run(lab) {
      const { store, id, visitor, release } = await startSlow(lab, {}, (req) => {
        req.session.basket = ['apple'];
      });
      await visitor.post('/regenerate');
      assert.equal((await release()).status, 200);
      assert.ok(!(await lab.ask(store, 'get', id)));
    },
  },
  ...[
    ['a Proxy', (session) => new Proxy(session, {})],
    ['another object', (session) => Object.assign(Object.create(session), session)],
  ].map(([how, wrap]) => ({
    title: `a slower request whose session is wrapped in ${how} does not bring it back either`,
    async run(lab) {
      const { store, id, visitor, release } = await startSlow(lab, {}, (req) => {
        req.session = wrap(req.session);
        req.session.basket = ['apple'];
      });
      await visitor.post('/logout');
      assert.equal((await release()).status, 200);
      assert.ok(!(await lab.ask(store, 'get', id)));
    },
  })),
  {
    title:
      'a session that is stored under a second id before its own first save is there under both',
    async run(lab) {
      const { store, visitor } = await startVisit(lab, {}, async (req) => {
        await promised(req.session, 'regenerate');
        req.session.user = 'ann';
        await lab.ask(store, 'set', 'second', req.session);
      });
      const { id } = await visitor.post('/change');
      assert.equal((await visitor.get('/who')).user, 'ann');
      assert.equal((await lab.ask(store, 'get', id)).user, 'ann');
      assert.equal((await lab.ask(store, 'get', 'second')).user, 'ann');
    },
  },
  {
    title: 'a session that was loaded is stored under another id, too',
    async run(lab) {
      const { store, visitor } = await startVisit(lab, {}, async (req) => {
        await lab.ask(store, 'set', 'second', req.session);
      });
      await visitor.post('/login/ann');
      await visitor.post('/change');
      assert.equal((await lab.ask(store, 'get', 'second')).user, 'ann');
    },
  },
  ...[
    ['got under another id', (lab, store) => lab.ask(store, 'get', 'a')],
    ['never stored', () => lasting(MINUTE, { n: 1 })],
  ].map(([which, read]) => ({
    title: `createSession makes a session of data that was ${which}, which can be saved`,
    async run(lab) {
      const store = await lab.createStore();
      store.generate = () => {};
      await lab.ask(store, 'set', 'a', lasting(MINUTE, { n: 1 }));
      const request = { sessionID: 'b', sessionStore: store };
      const session = store.createSession(request, await read(lab, store));
      await promised(session, 'save');
      assert.equal((await lab.ask(store, 'get', 'b')).n, 1);
    },
  })),
  {
    title: 'regenerate under the same id (genid) begins a session that is stored',
    async run(lab) {
      const { visitor } = await startVisit(lab, { genid: () => 'always' }, async (req) => {
        await promised(req.session, 'regenerate');
        req.session.user = 'bob';
      });
      await visitor.post('/login/ann');
      await visitor.post('/change');
      assert.equal((await visitor.get('/who')).user, 'bob');
    },
  },
];

module.exports = { group: 'The life of a session', cases };
