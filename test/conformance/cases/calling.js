'use strict';

// Callbacks, events, and what a store tells about all of its sessions.

const assert = require('node:assert/strict');
const { AsyncLocalStorage } = require('node:async_hooks');
const { setImmediate: turn } = require('node:timers/promises');
const { MINUTE, lasting, plain, startVisit } = require('../tools');

const methods = [
  ['get', () => ['a']],
  ['get of nothing', () => ['none'], 'get'],
  ['set', () => ['a', lasting(MINUTE)]],
  ['set of what has expired', () => ['a', lasting(-1)], 'set'],
  ['destroy', () => ['a']],
  ['destroy of nothing', () => ['none'], 'destroy'],
  ['touch', () => ['a', lasting(MINUTE)]],
  ['touch of nothing', () => ['none', lasting(MINUTE)], 'touch'],
  ['all', () => []],
  ['length', () => []],
  ['clear', () => []],
];
const optional = ['touch', 'all', 'length', 'clear'];
const needsOf = (method) => (optional.includes(method) ? [method] : []);

const callbacks = methods.map(([name, makeArgs, method = name]) => ({
  title: `${name} calls back once, after it has returned, without an error`,
  needs: needsOf(method),
  async run(lab) {
    const store = await lab.createStore();
    await lab.ask(store, 'set', 'a', lasting(MINUTE));
    const record = await lab.call(store, method, ...makeArgs());
    for (let i = 0; i < 3; i++) {
      await lab.ask(store, 'get', 'other');
      await turn();
    }
    const { error, late, calls } = record;
    assert.deepEqual({ error, late, calls }, { error: null, late: true, calls: 1 });
  },
}));

const throwing = ['get', 'set', 'destroy', 'touch'].map((method) => ({
  title: `a callback of ${method} that throws is called once; the exception is uncaught, once`,
  needs: needsOf(method),
  async run(lab) {
    const report = await lab.throwInCallback(method);
    assert.deepEqual(report, { calls: 1, uncaught: 1, rejections: 0 });
  },
}));

const calling = [
  ...callbacks,
  ...throwing,
  {
    title: 'set, touch and destroy need no callback',
    async run(lab) {
      const store = await lab.createStore();
      store.set('a', lasting(MINUTE, { n: 1 }));
      assert.equal((await lab.ask(store, 'get', 'a')).n, 1);
      store.touch?.('a', lasting(MINUTE));
      store.destroy('a');
      assert.ok(!(await lab.ask(store, 'get', 'a')));
    },
  },
  {
    title: 'operations of one tick keep their order',
    async run(lab) {
      const store = await lab.createStore();
      const results = await Promise.all([
        lab.ask(store, 'set', 'a', lasting(MINUTE, { n: 1 })),
        lab.ask(store, 'get', 'a'),
        lab.ask(store, 'set', 'a', lasting(MINUTE, { n: 2 })),
        lab.ask(store, 'get', 'a'),
        lab.ask(store, 'destroy', 'a'),
        lab.ask(store, 'get', 'a'),
      ]);
      assert.deepEqual([results[1].n, results[3].n, Boolean(results[5])], [1, 2, false]);
    },
  },
  {
    title: 'each callback runs in the async context of its call',
    async run(lab) {
      const store = await lab.createStore();
      const context = new AsyncLocalStorage();
      const seen = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          context.run(
            n,
            () =>
              new Promise((resolve) => {
                store.get(`s${n}`, () => resolve(context.getStore()));
              }),
          ),
        ),
      );
      assert.deepEqual(seen, [...Array(20).keys()]);
    },
  },
  {
    title: 'a session that cannot be made JSON is an error to the callback, after the call',
    async run(lab) {
      const store = await lab.createStore();
      const session = lasting(MINUTE);
      session.self = session;
      const { error, late } = await lab.call(store, 'set', 'a', session);
      assert.ok(error instanceof Error);
      assert.ok(late, 'called back before it returned');
    },
  },
  {
    title: 'what cannot be parsed is an error to the callback, and stays stored',
    needs: ['redis'],
    async run(lab) {
      const store = await lab.createStore();
      await lab.admin.set('sess:a', 'no JSON');
      const { error, late } = await lab.call(store, 'get', 'a');
      assert.ok(error instanceof Error);
      assert.ok(late, 'called back before it returned');
      assert.equal(await lab.admin.get('sess:a'), 'no JSON');
    },
  },
];

const setThree = async (lab, store) => {
  for (const sid of ['a', 'b', 'c']) {
    await lab.ask(store, 'set', sid, lasting(MINUTE, { name: sid }));
  }
};

const enumeration = [
  {
    title: 'length tells how many sessions there are',
    needs: ['length'],
    async run(lab) {
      const store = await lab.createStore();
      assert.equal(await lab.ask(store, 'length'), 0);
      await setThree(lab, store);
      assert.equal(await lab.ask(store, 'length'), 3);
      await lab.ask(store, 'destroy', 'b');
      assert.equal(await lab.ask(store, 'length'), 2);
    },
  },
  {
    title: 'all gives every session, with its data',
    needs: ['all'],
    async run(lab) {
      const store = await lab.createStore();
      assert.equal(Object.keys(await lab.ask(store, 'all')).length, 0);
      await setThree(lab, store);
      // express-session takes an array or an object for it.
      const names = Object.values(await lab.ask(store, 'all')).map(({ name }) => name);
      assert.deepEqual(names.sort(), ['a', 'b', 'c']);
    },
  },
  {
    title: 'all shows the expiry that touch gave a session',
    needs: ['all', 'touch'],
    async run(lab) {
      const store = await lab.createStore();
      await lab.ask(store, 'set', 'a', lasting(MINUTE));
      await lab.ask(store, 'touch', 'a', lasting(90 * MINUTE));
      const [session] = Object.values(await lab.ask(store, 'all'));
      const left = new Date(session.cookie.expires).getTime() - Date.now();
      assert.ok(left > 80 * MINUTE);
    },
  },
  {
    title: 'clear removes every session',
    needs: ['clear'],
    async run(lab) {
      const store = await lab.createStore();
      await setThree(lab, store);
      await lab.ask(store, 'clear');
      for (const sid of ['a', 'b', 'c']) assert.ok(!(await lab.ask(store, 'get', sid)));
    },
  },
  {
    title: 'a session whose 5 ms are over is neither counted nor given',
    needs: ['length', 'all'],
    async run(lab) {
      const store = await lab.createStore();
      await setThree(lab, store);
      await lab.ask(store, 'set', 'b', lasting(5, { name: 'b' }));
      await lab.reach((await lab.now()) + 10);
      assert.equal(await lab.ask(store, 'length'), 2);
      const names = Object.values(await lab.ask(store, 'all')).map(({ name }) => name);
      assert.deepEqual(names.sort(), ['a', 'c']);
    },
  },
];

const events = [
  {
    title: 'after disconnect, requests are served without a session',
    async run(lab) {
      const { store, visitor } = await startVisit(lab);
      await visitor.post('/login/ann');
      store.emit('disconnect');
      assert.deepEqual(plain(await visitor.get('/who')), { status: 200, id: null, user: null });
    },
  },
  {
    title: 'after disconnect and connect, they have their session again',
    async run(lab) {
      const { store, visitor } = await startVisit(lab);
      await visitor.post('/login/ann');
      store.emit('disconnect');
      await visitor.get('/who');
      store.emit('connect');
      assert.equal((await visitor.get('/who')).user, 'ann');
    },
  },
  {
    title: "the store is one of express-session's own kind",
    async run(lab) {
      const store = await lab.createStore();
      const { Store } = require('express-session');
      assert.ok(store instanceof Store);
      for (const method of ['on', 'emit', 'regenerate', 'load', 'createSession']) {
        assert.equal(typeof store[method], 'function', method);
      }
    },
  },
];

module.exports = [
  { group: 'Calling back', cases: calling },
  { group: 'All sessions', cases: enumeration },
  { group: 'Events', cases: events },
];
