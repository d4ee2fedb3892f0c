'use strict';

// A thousand sessions, among keys that are none of the store's: counted, listed and removed.

const assert = require('node:assert/strict');
const { MINUTE, lasting } = require('../../conformance/tools');

const COUNT = 1000;
const sidOf = (n) => `s${n}`;
const sorted = (values) => [...values].sort();

/** Stores so many sessions, each with its number. @returns their ids, sorted */
async function fill(store, count = COUNT) {
  const sids = Array.from({ length: count }, (_, n) => sidOf(n));
  await Promise.all(sids.map((sid, n) => store.set(sid, lasting(MINUTE, { n }))));
  return sids.sort();
}

/** @returns what `scan` gives, and how it is grouped is its own business */
async function collect(iterator) {
  const found = [];
  for await (const session of iterator) found.push(session);
  return found;
}

/** Sessions under other prefixes, near the one that counts. */
async function decoys(lab, prefixes) {
  const stores = [];
  for (const prefix of prefixes) {
    const store = await lab.createStore({ prefix });
    for (const sid of ['1', 'two', '*']) await store.set(sid, lasting(MINUTE));
    stores.push(store);
  }
  /** Each still has its own. */
  return async () => {
    for (const [index, store] of stores.entries()) {
      for (const sid of ['1', 'two', '*']) {
        assert.ok(await store.get(sid), `${prefixes[index]}${sid} is gone`);
      }
    }
  };
}

const asked = [
  {
    title: 'ids, length, all and scan give a thousand sessions once each, and no others',
    async run(lab) {
      const store = await lab.createStore({ prefix: 'shop:', scanCount: 70 });
      await decoys(lab, ['sho', 'shops:', 'xshop:', 'SHOP:']);
      const sids = await fill(store);
      assert.deepEqual(sorted(await store.ids()), sids);
      assert.equal(await store.length(), COUNT);
      const all = await store.all();
      assert.deepEqual(sorted(all.map(({ id }) => id)), sids);
      assert.ok(all.every(({ id, n, cookie }) => id === sidOf(n) && cookie.expires));
      const scanned = await collect(store.access.scan({ count: 33 }));
      assert.deepEqual(sorted(scanned.map(({ id }) => id)), sids);
      assert.ok(scanned.every(({ id, n }) => id === sidOf(n)));
    },
  },
  {
    title: 'clear removes hundreds of sessions, says so, and leaves the others',
    async run(lab) {
      const store = await lab.createStore({ prefix: 'shop:', scanCount: 70 });
      const unharmed = await decoys(lab, ['sho', 'shops:', 'xshop:']);
      await fill(store, 300);
      assert.equal(await store.clear(), 300);
      assert.equal(await store.length(), 0);
      assert.equal(await store.clear(), 0);
      await unharmed();
    },
  },
  ...['a[1]*?:', 'a\\', '[^-]', '[a-z]:', '*', '?', 'é\u{1f600}*:'].map((prefix) => ({
    title: `the prefix ${prefix} stands for itself`,
    async run(lab) {
      const store = await lab.createStore({ prefix });
      const unharmed = await decoys(lab, [
        'a1xy:',
        'a1',
        'ab',
        'b:',
        'x',
        'xy',
        '^',
        'é\u{1f600}:',
      ]);
      const sids = ['*', '1', '[x]', '\\', 'two'];
      for (const sid of sids) await store.set(sid, lasting(MINUTE));
      assert.deepEqual(sorted(await store.ids()), sids);
      assert.equal(await store.length(), sids.length);
      assert.deepEqual(sorted((await store.all()).map(({ id }) => id)), sids);
      assert.equal(await store.clear(), sids.length);
      await unharmed();
    },
  })),
  {
    title: 'keys that hold something other than a string are no sessions, and stay',
    needs: ['redis'],
    async run(lab) {
      const store = await lab.createStore();
      const sids = await fill(store, 20);
      for (let i = 0; i < 20; i++) await lab.admin.about('HSET', `sess:hash${i}`, 'field', 'value');
      await lab.admin.about('RPUSH', 'sess:list', 'value');
      assert.deepEqual(sorted(await store.ids()), sids);
      assert.equal(await store.length(), 20);
      assert.equal((await store.all()).length, 20);
      assert.equal((await collect(store.access.scan())).length, 20);
      assert.equal(await store.clear(), 20);
      assert.equal((await lab.admin.keys()).length, 21);
    },
  },
  {
    title: 'a key that is the prefix alone is no session',
    needs: ['redis'],
    async run(lab) {
      const store = await lab.createStore();
      await lab.admin.set('sess:', '{}');
      await store.set('a', lasting(MINUTE));
      assert.deepEqual(await store.ids(), ['a']);
      assert.equal(await store.clear(), 1);
      assert.equal(await lab.admin.get('sess:'), '{}');
    },
  },
  {
    title: 'a scan that is left halfway leaves the store as it was',
    async run(lab) {
      const store = await lab.createStore({ scanCount: 10 });
      const sids = await fill(store, 50);
      for await (const { id } of store.access.scan()) {
        assert.ok(sids.includes(id));
        break;
      }
      assert.equal(await store.length(), 50);
    },
  },
];

module.exports = { group: 'A thousand sessions', cases: asked };
