'use strict';

// concurrencyMerge: requests that save the same session at once do not undo each other's changes.

const { create, fresh, load } = require('../helpers/requests');
const { outcome } = require('../helpers/outcome');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

/** Stores of two processes. */
const two = (options) => [
  redis.store({ concurrencyMerge: true, ...options }),
  redis.store({ concurrencyMerge: true, ...options }),
];

/** A session is stored, and two requests in two processes have loaded it. */
async function bothLoaded(fields, options) {
  const [one, other] = two(options);
  await one.set('a', fresh(fields));
  return { one, other, mine: await load(one, 'a'), theirs: await load(other, 'a') };
}

/** What is stored, without the cookie. */
async function stored(sid = 'a') {
  const { cookie: _, ...fields } = JSON.parse(await redis.admin.get(`sess:${sid}`));
  return fields;
}

describe('two requests', () => {
  test('that change different keys both see their change stored', async () => {
    const { one, other, mine, theirs } = await bothLoaded({ user: 'ann', n: 0 });
    mine.n = 1;
    theirs.color = 'red';
    await expect(one.set('a', mine)).resolves.toBe('OK');
    await expect(other.set('a', theirs)).resolves.toBe('OK');
    await expect(stored()).resolves.toEqual({ user: 'ann', n: 1, color: 'red' });
  });

  test('that change different keys at depth do, too', async () => {
    const cart = { items: { apple: 1, pear: 1 }, note: '' };
    const { one, other, mine, theirs } = await bothLoaded({ cart });
    mine.cart.items.apple = 2;
    mine.cart.items.plum = 1;
    delete theirs.cart.items.pear;
    theirs.cart.note = 'ring twice';
    await one.set('a', mine);
    await other.set('a', theirs);
    const items = { apple: 2, plum: 1 };
    await expect(stored()).resolves.toEqual({ cart: { items, note: 'ring twice' } });
  });

  test('both have their deletions carried out', async () => {
    const { one, other, mine, theirs } = await bothLoaded({ a: 1, b: 2, c: 3 });
    delete mine.a;
    delete theirs.b;
    await one.set('a', mine);
    await other.set('a', theirs);
    await expect(stored()).resolves.toEqual({ c: 3 });
  });

  test('that change the same value: the one that saves last wins', async () => {
    const { one, other, mine, theirs } = await bothLoaded({ n: 0, list: [0], kept: 1 });
    Object.assign(mine, { n: 1, list: [1] });
    Object.assign(theirs, { n: 2, list: [2] });
    await one.set('a', mine);
    await other.set('a', theirs);
    await expect(stored()).resolves.toEqual({ n: 2, list: [2], kept: 1 });
  });

  test('of which one only resaves: it undoes nothing', async () => {
    const { one, other, mine, theirs } = await bothLoaded({ n: 0 });
    mine.n = 1;
    await one.set('a', mine);
    await other.set('a', theirs);
    await expect(stored()).resolves.toEqual({ n: 1 });
  });

  test('of which one logs the user out of a branch: the other does not log in again', async () => {
    const { one, other, mine, theirs } = await bothLoaded({ user: { id: 7, seen: 1 } });
    mine.user.seen = 2;
    delete theirs.user;
    await other.set('a', theirs);
    await one.set('a', mine);
    expect((await stored()).user?.id).toBeUndefined();
  });

  test('have the last one that saves decide on the cookie', async () => {
    const { one, other, mine, theirs } = await bothLoaded({});
    mine.cookie.maxAge = 600_000;
    mine.n = 1;
    theirs.cookie.maxAge = 300_000;
    await one.set('a', mine);
    await other.set('a', theirs);
    const { cookie } = JSON.parse(await redis.admin.get('sess:a'));
    expect(cookie).toMatchObject({ originalMaxAge: 300_000, path: '/' });
    expect(new Date(cookie.expires)).toEqual(theirs.cookie.expires);
    await expect(stored()).resolves.toEqual({ n: 1 });
  });

  test('without the option: the last write wins, whole', async () => {
    const off = { concurrencyMerge: undefined };
    const { one, other, mine, theirs } = await bothLoaded({ n: 0 }, off);
    mine.n = 1;
    theirs.color = 'red';
    await one.set('a', mine);
    await other.set('a', theirs);
    await expect(stored()).resolves.toEqual({ n: 0, color: 'red' });
  });
});

test('a hundred requests of two processes at once all see their change stored', async () => {
  const stores = two();
  await stores[0].set('a', fresh({ cart: {} }));
  const keys = Array.from({ length: 100 }, (_, n) => `item${n}`);
  const save = async (key, index) => {
    const store = stores[index % 2];
    const session = await load(store, 'a');
    session.cart[key] = index;
    return store.set('a', session);
  };
  await expect(Promise.all(keys.map(save))).resolves.toEqual(keys.map(() => 'OK'));
  const cart = Object.fromEntries(keys.map((key, index) => [key, index]));
  await expect(stored()).resolves.toEqual({ cart });
});

describe('a request that saves again', () => {
  test('keeps what others changed between its loading and its first save', async () => {
    const { one, other, mine, theirs } = await bothLoaded({ n: 0, old: 1 });
    theirs.theirs = 1;
    delete theirs.old;
    await other.set('a', theirs);
    mine.first = 1;
    await one.set('a', mine);
    await expect(stored()).resolves.toEqual({ n: 0, theirs: 1, first: 1 });
    mine.second = 1;
    delete mine.first;
    await one.set('a', mine);
    await expect(stored()).resolves.toEqual({ n: 0, theirs: 1, second: 1 });
  });

  test('keeps what others changed between its two saves', async () => {
    const { one, other, mine } = await bothLoaded({ n: 0 });
    mine.n = 1;
    await one.set('a', mine);
    const third = await load(other, 'a');
    third.theirs = { n: third.n };
    await other.set('a', third);
    mine.second = 1;
    await one.set('a', mine);
    await expect(stored()).resolves.toEqual({ n: 1, theirs: { n: 1 }, second: 1 });
  });

  test('does not write again what it wrote before and another has changed since', async () => {
    const { one, other, mine } = await bothLoaded({ n: 0 });
    mine.n = 1;
    await one.set('a', mine);
    const third = await load(other, 'a');
    third.n = 2;
    await other.set('a', third);
    mine.second = 1;
    await one.set('a', mine);
    await expect(stored()).resolves.toEqual({ n: 2, second: 1 });
  });

  test('and reloads in between sees the merged session', async () => {
    const { one, other, mine, theirs } = await bothLoaded({ n: 0 });
    theirs.theirs = 1;
    await other.set('a', theirs);
    mine.n = 1;
    await one.set('a', mine);
    await new Promise((resolve, reject) => {
      mine.reload((error) => (error ? reject(error) : resolve()));
    });
    const { session } = mine.req;
    expect(session).toMatchObject({ n: 1, theirs: 1 });
    session.last = 1;
    await expect(outcome((callback) => session.save(callback))).resolves.toMatchObject({
      error: null,
    });
    await expect(stored()).resolves.toEqual({ n: 1, theirs: 1, last: 1 });
  });
});

describe('a new session', () => {
  test('is stored plainly', async () => {
    const [store] = two();
    const monitor = await redis.monitor();
    await store.set('a', create(store, 'a', { n: 1 }));
    const [[name, , , ...rest], ...others] = await monitor.commands();
    expect([name, others]).toEqual(['SET', []]);
    expect(rest).not.toContain('XX');
  });

  test('that its request saves again keeps what others changed meanwhile', async () => {
    const [store, other] = two();
    const session = create(store, 'a', { n: 1 });
    await store.set('a', session);
    const theirs = await load(other, 'a');
    theirs.theirs = 1;
    await other.set('a', theirs);
    session.n = 2;
    await expect(store.set('a', session)).resolves.toBe('OK');
    await expect(stored()).resolves.toEqual({ n: 2, theirs: 1 });
  });

  test('that plain data stands for replaces what is there', async () => {
    const [store] = two();
    await store.set('a', fresh({ old: 1 }));
    await store.get('a');
    await expect(store.set('a', fresh({ n: 1 }))).resolves.toBe('OK');
    await expect(stored()).resolves.toEqual({ n: 1 });
  });
});

describe('a session that was destroyed meanwhile', () => {
  test.each([
    ['and nobody else had changed', async () => {}],
    [
      'and another had changed before',
      async (other) => {
        const theirs = await load(other, 'a');
        theirs.n = 5;
        await other.set('a', theirs);
      },
    ],
  ])('%s is not brought back', async (_, before) => {
    const { one, other, mine } = await bothLoaded({ n: 0 });
    await before(other);
    await other.destroy('a');
    mine.n = 1;
    await expect(outcome((callback) => one.set('a', mine, callback))).resolves.toMatchObject({
      error: null,
      result: null,
    });
    await expect(one.access.set('a', mine)).resolves.toBe(false);
    await expect(redis.admin.dbSize()).resolves.toBe(0);
  });

  test('after its request had saved it, is not brought back by its second save', async () => {
    const { one, other, mine } = await bothLoaded({ n: 0 });
    mine.n = 1;
    await one.set('a', mine);
    await other.destroy('a');
    mine.n = 2;
    await expect(one.set('a', mine)).resolves.toBeNull();
    await expect(redis.admin.exists('sess:a')).resolves.toBe(0);
  });
});
