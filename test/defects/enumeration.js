'use strict';

// Defects of what concerns all sessions: all, length, ids, clear.

const assert = require('node:assert/strict');
const { seen, lasting } = require('./defect');
const { startMonitor } = require('../helpers/monitor');
const { startProxy } = require('../helpers/resp-proxy');

const MINUTE = 60_000;
const PATTERNS = [
  ['app[12]:', ['app1:x', 'app2:y']],
  ['app*:', ['app-other:x']],
  ['app?:', ['app1:x']],
];

/** Stores sessions whose data is their id. */
const setAll = (lab, store, sids) =>
  Promise.all(sids.map((sid) => lab.ask(store, 'set', sid, lasting(MINUTE, { name: sid }))));

const isRead = (name) => name === 'MGET' || name === 'GET';
const REMOVALS = ['DEL', 'UNLINK'];

module.exports = [
  {
    title: 'all gives sessions with an asynchronous serializer, too',
    listed: '`all()` returns Promises with an async serializer',
    seenIn: ['connect-redis'],
    async run(lab) {
      const serializer = {
        stringify: (value) => JSON.stringify(value),
        parse: async (text) => JSON.parse(text),
      };
      const store = await lab.createStore({ serializer });
      await setAll(lab, store, ['a', 'b']);
      const all = await lab.ask(store, 'all');
      seen(
        all.some((session) => session instanceof Promise),
        'all gives Promises',
      );
      assert.deepEqual(all.map(({ id, name }) => [id, name]).sort(), [
        ['a', 'a'],
        ['b', 'b'],
      ]);
    },
  },
  {
    title: 'a prefix with characters of glob patterns sees and clears its own keys only',
    listed: 'a prefix with `[`, `*` or `?` matches, and clears, keys that are not its own',
    seenIn: ['connect-redis'],
    async run(lab) {
      const results = [];
      for (const [prefix, others] of PATTERNS) {
        const store = await lab.createStore({ prefix });
        await lab.admin.mSet(others.flatMap((key) => [key, '{}']));
        await setAll(lab, store, ['a', 'b']);
        const length = await lab.ask(store, 'length');
        await lab.ask(store, 'clear');
        const left = (await lab.admin.keys('*')).sort();
        results.push({ prefix, others, length, left });
        await lab.admin.flushAll();
      }
      const robbers = results.filter(({ others, left }) =>
        others.some((key) => !left.includes(key)),
      );
      seen(
        robbers.length > 0,
        robbers.map(({ prefix, others }) => `\`${prefix}\` clears ${others.join(', ')}`).join('; '),
      );
      for (const { others, length, left } of results) {
        assert.equal(length, 2);
        assert.deepEqual(left, others);
      }
    },
  },
  {
    title: 'no command asks for more than a batch of keys',
    listed: 'one MGET or DEL with every key at once',
    seenIn: ['connect-redis'],
    async run(lab) {
      const store = await lab.createStore({ scanCount: 20 });
      const sids = Array.from({ length: 500 }, (_, n) => `s${n}`);
      await setAll(lab, store, sids);
      const watch = lab.track(await startMonitor(lab.server, lab.admin));
      assert.equal((await lab.ask(store, 'all')).length, 500);
      await lab.ask(store, 'clear');
      const most = { MGET: 0, DEL: 0 };
      for (const [name, ...keys] of await watch.commands()) {
        if (name === 'MGET') most.MGET = Math.max(most.MGET, keys.length);
        if (REMOVALS.includes(name)) most.DEL = Math.max(most.DEL, keys.length);
      }
      const whole = Object.keys(most).filter((name) => most[name] === 500);
      seen(whole.length > 0, `one ${whole.join(', one ')} with all 500 keys`);
      assert.ok(most.MGET <= 20 && most.DEL <= 20, JSON.stringify(most));
      assert.equal(await lab.admin.dbSize(), 0);
    },
  },
  {
    title: 'all gives each id its own data when sessions lapse meanwhile',
    listed: '`all()` gives data to the wrong ids when a key lapsed',
    seenIn: ['red-store'],
    async run(lab) {
      const sids = ['a', 'b', 'c', 'd', 'e'];
      let lapsed = 0;
      const proxy = lab.track(
        await startProxy(lab.server, {
          // After the ids are known, before the values are read.
          async onCommand([name, key]) {
            if (isRead(name) && lapsed === 0) lapsed = await lab.admin.del(key);
          },
        }),
      );
      const store = await lab.createStore({}, proxy);
      await setAll(lab, await lab.createStore(), sids);
      const all = await lab.ask(store, 'all');
      assert.equal(lapsed, 1);
      const wrong = all.filter(({ id, name }) => id !== name);
      seen(wrong.length > 0, 'sessions have ids of others');
      assert.equal(all.length, 4);
    },
  },
  {
    title: 'a key that SCAN gives twice counts once',
    listed: 'duplicates of SCAN counted twice',
    seenIn: ['red-store'],
    async run(lab) {
      const proxy = lab.track(
        await startProxy(lab.server, { onScan: (keys) => [...keys, ...keys.toReversed()] }),
      );
      const store = await lab.createStore({}, proxy);
      await setAll(lab, store, ['a', 'b', 'c']);
      const length = await lab.ask(store, 'length');
      const ids = await lab.ask(store, 'ids');
      const all = await lab.ask(store, 'all');
      seen(length === 6 || ids.length === 6 || all.length === 6, 'sessions are counted twice');
      assert.equal(length, 3);
      assert.deepEqual(ids.sort(), ['a', 'b', 'c']);
      assert.deepEqual(all.map(({ id }) => id).sort(), ['a', 'b', 'c']);
      const removed = await lab.ask(store, 'clear');
      assert.ok(removed === 3 || removed === null, `${removed} removed`);
    },
  },
  {
    title: 'clear leaves alone what is not of its sessions',
    listed: '`clear()` is FLUSHDB',
    seenIn: ['expredis'],
    async run(lab) {
      const store = await lab.createStore();
      await lab.admin.set('a-job-queue', 'of somebody else');
      await setAll(lab, store, ['a', 'b']);
      const watch = lab.track(await startMonitor(lab.server, lab.admin));
      await lab.ask(store, 'clear');
      const names = (await watch.commands()).map(([name]) => name);
      const left = await lab.admin.keys('*');
      seen(names.includes('FLUSHDB') && left.length === 0, 'FLUSHDB removes all that is there');
      assert.deepEqual(left, ['a-job-queue']);
    },
  },
  {
    title: 'length holds up no server that has many keys',
    listed: '`length()` is KEYS',
    seenIn: ['expredis'],
    async run(lab) {
      const store = await lab.createStore();
      await lab.admin.mSet({ 'sess:a': '{}', 'sess:b': '{}', other: 'x' });
      const watch = lab.track(await startMonitor(lab.server, lab.admin));
      assert.equal(await lab.ask(store, 'length'), 2);
      const names = (await watch.commands()).map(([name]) => name);
      seen(names.includes('KEYS'), 'length sends KEYS');
      assert.ok(
        names.every((name) => name === 'SCAN' || name === 'TYPE'),
        names.join(),
      );
    },
  },
];
