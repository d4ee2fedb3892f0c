'use strict';

// What identifies a session: its request, whatever the application wraps it in, and its id.

const { Session } = require('express-session');
const { create, fresh, load } = require('../helpers/requests');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const stored = async (sid) => JSON.parse(await redis.admin.get(`sess:${sid}`));

/** A store in which another process would work. */
const elsewhere = () => redis.store();

describe('under another id', () => {
  test.each([[false], [true]])('with concurrencyMerge: %p', async (concurrencyMerge) => {
    const store = redis.store({ concurrencyMerge });
    await store.set('a', fresh({ user: 'ann' }));
    const session = await load(store, 'a');
    session.device = 1;
    await expect(store.set('b', session)).resolves.toBe('OK');
    await expect(store.set('a', session)).resolves.toBe('OK');
    await expect(stored('b')).resolves.toMatchObject({ user: 'ann', device: 1 });
    await expect(stored('a')).resolves.toMatchObject({ user: 'ann', device: 1 });
    // Under each of them a destroy sticks, and does not concern the other.
    await elsewhere().destroy('b');
    await expect(store.set('b', session)).resolves.toBeNull();
    await expect(store.set('a', session)).resolves.toBe('OK');
    await elsewhere().destroy('a');
    await expect(store.set('a', session)).resolves.toBeNull();
  });

  test('a new session may be stored first', async () => {
    const store = redis.store();
    const session = create(store, 'a', { user: 'ann' });
    await expect(store.set('device-a', session)).resolves.toBe('OK');
    await expect(store.set('a', session)).resolves.toBe('OK');
    await expect(stored('a')).resolves.toMatchObject({ user: 'ann' });
  });

  test('it may be stored under many, of which the last hundred are known', async () => {
    const store = redis.store();
    await store.set('a', fresh({ user: 'ann' }));
    const session = await load(store, 'a');
    const sids = Array.from({ length: 99 }, (_, n) => `copy${n}`);
    await Promise.all(sids.map((sid) => store.set(sid, session)));
    await redis.admin.flushAll();
    for (const sid of ['a', ...sids]) await expect(store.set(sid, session)).resolves.toBeNull();
    await store.set('one more', session);
    await expect(store.set('a', session)).resolves.toBe('OK');
  });

  test.each([
    ['got under another id', (store) => store.get('a')],
    ['got under another id by getMany', async (store) => (await store.access.getMany(['a']))[0]],
    ['never stored', () => fresh({ user: 'ann' })],
  ])('createSession with data that was %s: its first save is a plain one', async (_, read) => {
    const store = redis.store();
    await store.set('a', fresh({ user: 'ann' }));
    const request = { sessionID: 'b', sessionStore: store };
    const session = store.createSession(request, await read(store));
    await expect(store.set('b', session)).resolves.toBe('OK');
    await expect(stored('b')).resolves.toMatchObject({ user: 'ann' });
    await elsewhere().destroy('b');
    await expect(store.set('b', session)).resolves.toBeNull();
  });

  test.each([
    ['get', (store) => store.get('a')],
    [
      'get, and a while later',
      async (store) => {
        const data = await store.get('a');
        for (let n = 0; n < 10; n++) await store.get('other');
        return data;
      },
    ],
    ['getMany', async (store) => (await store.access.getMany(['a']))[0]],
    ['all', async (store) => (await store.all())[0]],
    ['scan', async (store) => (await store.access.scan().next()).value],
    ['update', (store) => store.access.update('a', (session) => void (session.n = 1))],
  ])('createSession knows data that %s gave under the same id', async (_, read) => {
    const store = redis.store();
    await store.set('a', fresh({ user: 'ann' }));
    const session = store.createSession({ sessionID: 'a' }, await read(store));
    await store.destroy('a');
    await expect(store.set('a', session)).resolves.toBeNull();
  });

  test('what another store read under the same id, this one has not loaded', async () => {
    const [store, other] = [redis.store(), redis.store()];
    await other.set('a', fresh({ user: 'ann' }));
    const data = await other.get('a');
    await other.destroy('a');
    const session = store.createSession({ sessionID: 'a' }, data);
    await expect(store.set('a', session)).resolves.toBe('OK');
  });

  test('a second store knows nothing of what the first has loaded', async () => {
    const [store, backup] = [redis.store(), redis.store({ prefix: 'backup:' })];
    await store.set('a', fresh({ user: 'ann' }));
    const session = await load(store, 'a');
    await expect(backup.set('a', session)).resolves.toBe('OK');
    await store.destroy('a');
    await expect(store.set('a', session)).resolves.toBeNull();
    await expect(backup.set('a', session)).resolves.toBe('OK');
    await backup.destroy('a');
    await expect(backup.set('a', session)).resolves.toBeNull();
  });
});

describe('one request', () => {
  test('may begin a new session under the id that it had', async () => {
    const store = redis.store();
    // As express-session's generate does, with a genid that always gives the same.
    store.generate = (request) => {
      request.session = new Session(request, fresh({}));
    };
    await store.set('a', fresh({ user: 'ann' }));
    const old = await load(store, 'a');
    const { req } = old;
    await new Promise((resolve) => old.regenerate(resolve));
    expect(req.session).not.toBe(old);
    req.session.user = 'bob';
    await expect(store.set('a', req.session)).resolves.toBe('OK');
    await expect(stored('a')).resolves.toMatchObject({ user: 'bob' });
    await elsewhere().destroy('a');
    await expect(store.set('a', req.session)).resolves.toBeNull();
  });

  test('remembers the id that it had before a regenerate', async () => {
    const store = redis.store();
    store.generate = (request) => {
      request.sessionID = 'b';
      request.session = new Session(request, fresh({}));
    };
    await store.set('a', fresh({ user: 'ann' }));
    const old = await load(store, 'a');
    await new Promise((resolve) => old.regenerate(resolve));
    await expect(store.set('b', old.req.session)).resolves.toBe('OK');
    await expect(store.set('a', old)).resolves.toBeNull();
  });

  test('that destroyed its session does not bring it back', async () => {
    const store = redis.store();
    await store.set('a', fresh({ user: 'ann' }));
    const session = await load(store, 'a');
    await store.destroy('a');
    await expect(store.set('a', session)).resolves.toBeNull();
  });

  test('that reloads its session goes on knowing it', async () => {
    const store = redis.store();
    await store.set('a', fresh({ user: 'ann' }));
    const old = await load(store, 'a');
    await new Promise((resolve) => old.reload(resolve));
    const { session } = old.req;
    await store.destroy('a');
    await expect(store.set('a', session)).resolves.toBeNull();
    await expect(store.set('a', old)).resolves.toBeNull();
  });
});

test.each([
  ['no id', (store) => ({ sessionStore: store })],
  ['nothing at all', () => ({})],
])('a request with %s: the session is that of the id under which it was read', async (_, make) => {
  const store = redis.store();
  await store.set('a', fresh({ user: 'ann' }));
  const session = store.createSession(make(store), await store.get('a'));
  await store.destroy('a');
  await expect(store.set('a', session)).resolves.toBeNull();
  await expect(store.set('b', session)).resolves.toBe('OK');
});

describe('without a request', () => {
  class CustomSession {
    constructor(fields) {
      Object.assign(this, fresh(fields));
    }
  }

  test.each([
    ["a middleware's own session", async () => new CustomSession({ n: 1 })],
    ['what get gave', (store) => store.get('a')],
  ])('%s is known from its first save on', async (_, make) => {
    const store = redis.store();
    await store.set('a', fresh({ n: 0 }));
    const session = await make(store);
    await store.destroy('a');
    await expect(store.set('a', session)).resolves.toBe('OK');
    await elsewhere().destroy('a');
    await expect(store.set('a', session)).resolves.toBeNull();
    await expect(store.set('b', session)).resolves.toBe('OK');
  });

  test('plain data is stored each time', async () => {
    const store = redis.store();
    const data = fresh({ n: 1 });
    for (let n = 0; n < 3; n++) {
      await expect(store.set('a', data)).resolves.toBe('OK');
      await store.destroy('a');
    }
  });

  test('data with a field named req is data', async () => {
    const store = redis.store();
    for (const req of ['text', null, { path: '/' }]) {
      const data = fresh({ req });
      await expect(store.set('a', data)).resolves.toBe('OK');
      await store.destroy('a');
      await expect(store.set('a', data)).resolves.toBe('OK');
      await expect(stored('a')).resolves.toMatchObject({ req });
    }
  });
});

test('nothing of this shows in sessions, requests and data', async () => {
  const store = redis.store();
  await store.set('a', fresh({ user: 'ann' }));
  const data = await store.get('a');
  expect(Reflect.ownKeys(data)).toEqual(['cookie', 'user']);
  const request = { sessionID: 'a' };
  const session = store.createSession(request, data);
  expect(Reflect.ownKeys(request)).toEqual(['sessionID', 'session']);
  expect(Reflect.ownKeys(session)).toEqual(['req', 'id', 'cookie', 'user']);
  expect(structuredClone({ ...data, cookie: null })).toEqual({ cookie: null, user: 'ann' });
});
