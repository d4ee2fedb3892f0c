'use strict';

// What the store does beyond what express-session asks: several at once, changes that are atomic,
// logouts that stick.

const assert = require('node:assert/strict');
const { MINUTE, lasting } = require('../../conformance/tools');
const { create, fresh, load } = require('../../helpers/requests');

/** What is stored, without the cookie. */
async function fieldsOf(store, sid) {
  const { cookie: _, ...fields } = await store.get(sid);
  return fields;
}

/** A session that two requests, of two stores, have loaded. */
async function bothLoaded(lab, fields) {
  const one = await lab.createStore({ concurrencyMerge: true });
  const other = await lab.createStore({ concurrencyMerge: true });
  await one.set('a', fresh(fields));
  return { one, other, mine: await load(one, 'a'), theirs: await load(other, 'a') };
}

const several = [
  {
    title: 'getMany gives a session or null for each id, in their order',
    async run(lab) {
      const store = await lab.createStore({ scanCount: 20 });
      for (let n = 0; n < 50; n += 2) await store.set(`s${n}`, lasting(MINUTE, { n }));
      const sids = Array.from({ length: 50 }, (_, n) => `s${n}`);
      const found = await store.access.getMany([...sids, 's0']);
      const numbers = found.map((session) => session?.n ?? null);
      const expected = sids.map((_, n) => (n % 2 === 0 ? n : null));
      assert.deepEqual(numbers, [...expected, 0]);
      assert.ok(found[0].cookie.expires);
      assert.deepEqual(await store.access.getMany([]), []);
    },
  },
  {
    title: 'getMany passes over what is no string',
    needs: ['redis'],
    async run(lab) {
      const store = await lab.createStore();
      await store.set('a', lasting(MINUTE, { n: 1 }));
      await lab.admin.about('HSET', 'sess:hash', 'field', 'value');
      const found = await store.access.getMany(['hash', 'a']);
      assert.deepEqual([found[0], found[1].n], [null, 1]);
      assert.deepEqual(await store.access.getMany(['hash']), [null]);
    },
  },
  {
    title: 'exists and ttl tell what there is',
    async run(lab) {
      const store = await lab.createStore();
      assert.deepEqual([await store.access.exists('a'), await store.access.ttl('a')], [false, -2]);
      await store.set('a', lasting(MINUTE));
      assert.equal(await store.access.exists('a'), true);
      const left = await store.access.ttl('a');
      assert.ok(left > 50 && left <= 60, String(left));
      const endless = await lab.createStore({ ttl: false });
      await endless.set('b', {});
      assert.equal(await endless.access.ttl('b'), -1);
      assert.equal(await endless.touch('b', {}), 'OK');
      assert.equal(await endless.touch('none', {}), 'EXPIRED');
    },
  },
  {
    title: 'each operation gives the result that the README promises',
    async run(lab) {
      const store = await lab.createStore();
      const session = () => lasting(MINUTE, { n: 1 });
      assert.equal(await store.touch('a', session()), 'EXPIRED');
      assert.equal(await store.destroy('a'), 0);
      assert.equal(await store.get('a'), null);
      assert.equal(await store.set('a', session()), 'OK');
      assert.equal(await store.touch('a', session()), 'OK');
      assert.equal(await store.set('a', lasting(-1)), 1);
      assert.equal(await store.set('a', lasting(-1)), 0);
      assert.equal(await store.access.set('a', session()), true);
      assert.equal(await store.access.touch('a', session()), true);
      assert.equal((await store.access.get('a')).n, 1);
      assert.equal(await store.access.destroy('a'), true);
      assert.equal(await store.access.destroy('a'), false);
      assert.equal(await store.access.touch('a', session()), false);
    },
  },
];

const atomic = [
  {
    title: 'twenty updates at once lose nothing',
    async run(lab) {
      const stores = [await lab.createStore(), await lab.createStore()];
      await stores[0].set('a', lasting(MINUTE, { n: 0 }));
      await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          stores[i % 2].access.update('a', async (session) => {
            await null; // others come between
            return { ...session, n: session.n + 1 };
          }),
        ),
      );
      assert.deepEqual(await fieldsOf(stores[0], 'a'), { n: 20 });
      const left = await stores[0].access.ttl('a');
      assert.ok(left > 50 && left <= 60, String(left));
    },
  },
  {
    title:
      'update of a session that is not there, or ends meanwhile, gives null and stores nothing',
    async run(lab) {
      const store = await lab.createStore();
      assert.equal(await store.access.update('a', () => assert.fail('was called')), null);
      await store.set('a', lasting(MINUTE));
      const updated = store.access.update('a', async (session) => {
        await store.destroy('a');
        return { ...session, n: 1 };
      });
      assert.equal(await updated, null);
      assert.equal(await store.access.exists('a'), false);
    },
  },
  {
    title: 'update keeps a session endless that has no expiry',
    async run(lab) {
      const store = await lab.createStore({ ttl: false });
      await store.set('a', { n: 1 });
      await store.access.update('a', (session) => ({ ...session, n: 2 }));
      assert.deepEqual([await fieldsOf(store, 'a'), await store.access.ttl('a')], [{ n: 2 }, -1]);
    },
  },
  {
    title: 'with concurrencyMerge, what two requests changed is merged',
    async run(lab) {
      const { one, other, mine, theirs } = await bothLoaded(lab, {
        cart: { apple: 1, pear: 1 },
        user: 'ann',
      });
      mine.cart.apple = 2;
      mine.color = 'red';
      delete theirs.cart.pear;
      theirs.cart.plum = 3;
      assert.equal(await one.set('a', mine), 'OK');
      assert.equal(await other.set('a', theirs), 'OK');
      assert.deepEqual(await fieldsOf(one, 'a'), {
        cart: { apple: 2, plum: 3 },
        user: 'ann',
        color: 'red',
      });
    },
  },
  {
    title: 'with concurrencyMerge, twenty requests that save at once all see their change stored',
    async run(lab) {
      const store = await lab.createStore({ concurrencyMerge: true });
      await store.set('a', fresh({ seen: {} }));
      const sessions = await Promise.all(Array.from({ length: 20 }, () => load(store, 'a')));
      await Promise.all(
        sessions.map((session, n) => {
          session.seen[`r${n}`] = n;
          return store.set('a', session);
        }),
      );
      const { seen } = await fieldsOf(store, 'a');
      assert.deepEqual(Object.values(seen).sort((a, b) => a - b), [...Array(20).keys()]); // prettier-ignore
    },
  },
];

const sticking = [false, true].flatMap((concurrencyMerge) => [
  {
    title: `a logout sticks${concurrencyMerge ? ', with concurrencyMerge' : ''}`,
    async run(lab) {
      const store = await lab.createStore({ concurrencyMerge });
      await store.set('a', fresh({ user: 'ann' }));
      const slow = await load(store, 'a');
      slow.visits = 1;
      assert.equal(await store.destroy('a'), 1);
      assert.equal(await store.set('a', slow), null);
      assert.equal(await store.access.exists('a'), false);
    },
  },
  {
    title: `so does one of a session that its own request has made${concurrencyMerge ? ', with concurrencyMerge' : ''}`,
    async run(lab) {
      const store = await lab.createStore({ concurrencyMerge });
      const session = create(store, 'a', { user: 'ann' });
      assert.equal(await store.set('a', session), 'OK');
      session.visits = 1;
      assert.equal(await store.set('a', session), 'OK');
      assert.deepEqual(await fieldsOf(store, 'a'), { user: 'ann', visits: 1 });
      await store.destroy('a');
      assert.equal(await store.set('a', session), null);
      assert.equal(await store.access.exists('a'), false);
    },
  },
]);

module.exports = [
  { group: 'Several at once', cases: several },
  { group: 'Atomic changes', cases: atomic },
  { group: 'Logouts', cases: sticking },
];
