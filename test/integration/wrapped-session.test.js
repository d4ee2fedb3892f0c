'use strict';

// Applications wrap req.session: it is known by its request all the same.

const { create, fresh, load } = require('../helpers/requests');
const { outcome } = require('../helpers/outcome');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const exists = (sid) => redis.admin.exists(`sess:${sid}`);
const stored = async (sid) => JSON.parse(await redis.admin.get(`sess:${sid}`));

/** A store in which another process would work. */
const elsewhere = () => redis.store();

/** What applications make of `req.session`. */
const WRAPPERS = [
  ['a Proxy', (session) => new Proxy(session, {})],
  ['a Proxy in a Proxy', (session) => new Proxy(new Proxy(session, {}), {})],
  [
    'a Proxy that answers for all but what the session has itself',
    (session) =>
      new Proxy(session, {
        get(target, name) {
          if (!(name in target) && name !== 'toJSON') throw new Error(`no ${String(name)}`);
          return target[name];
        },
      }),
  ],
  ['Object.create', (session) => Object.assign(Object.create(session), session)],
  [
    'an object with a getter for its request',
    ({ req, ...data }) => ({
      ...data,
      get req() {
        return req;
      },
      toJSON: () => data,
    }),
  ],
];

describe.each(WRAPPERS)('a session wrapped in %s', (_, wrap) => {
  test('that was loaded is not brought back', async () => {
    const store = redis.store();
    await store.set('a', fresh({ user: 'ann' }));
    const session = wrap(await load(store, 'a'));
    session.slow = true;
    await elsewhere().destroy('a');
    await expect(store.set('a', session)).resolves.toBeNull();
    await expect(exists('a')).resolves.toBe(0);
  });

  test('is saved while it exists', async () => {
    const store = redis.store();
    await store.set('a', fresh({ user: 'ann' }));
    const session = wrap(await load(store, 'a'));
    await expect(store.set('a', session)).resolves.toBe('OK');
  });

  test('that was new is not brought back by its second save', async () => {
    const store = redis.store();
    const session = wrap(create(store, 'a', { n: 1 }));
    await expect(store.set('a', session)).resolves.toBe('OK');
    await elsewhere().destroy('a');
    await expect(store.set('a', session)).resolves.toBeNull();
    await expect(exists('a')).resolves.toBe(0);
  });

  test('is merged', async () => {
    const options = { concurrencyMerge: true };
    const [store, other] = [redis.store(options), redis.store(options)];
    await store.set('a', fresh({ n: 0 }));
    const inner = await load(store, 'a');
    const theirs = await load(other, 'a');
    theirs.theirs = 1;
    await other.set('a', theirs);
    inner.mine = 1;
    await expect(store.set('a', wrap(inner))).resolves.toBe('OK');
    await expect(stored('a')).resolves.toMatchObject({ n: 0, theirs: 1, mine: 1 });
  });
});

test('what wraps a session and shows no request is known by itself, from its first save on', async () => {
  const store = redis.store();
  const session = new Proxy(create(store, 'a', { n: 1 }), {
    get(target, name) {
      if (name === 'req') throw new Error('private');
      return target[name];
    },
  });
  await expect(store.set('a', session)).resolves.toBe('OK');
  await store.destroy('a');
  await expect(store.set('a', session)).resolves.toBeNull();
});

test('a Proxy that refuses everything is an error to the callback', async () => {
  const store = redis.store();
  const { proxy, revoke } = Proxy.revocable(create(store, 'a', {}), {});
  revoke();
  for (const method of ['set', 'touch']) {
    const { error } = await outcome((callback) => store[method]('a', proxy, callback));
    expect(error).toBeInstanceOf(Error);
  }
});
