'use strict';

// Applications put a store, its access or a client behind something of their own: to log, to
// count, to take one method's place.

const { once } = require('node:events');
const { inspect } = require('node:util');
const { RedisStore } = require('../..');
const { startApp } = require('../helpers/app');
const { load } = require('../helpers/requests');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

/** Gives functions bound, and looks everything up itself. */
const logging = (target) =>
  new Proxy(target, {
    get(inner, name) {
      const value = Reflect.get(inner, name);
      return typeof value === 'function' ? value.bind(inner) : value;
    },
  });

const WAYS = [
  ['a Proxy', (target) => new Proxy(target, {})],
  ['a Proxy of a Proxy', (target) => new Proxy(new Proxy(target, {}), {})],
  ['a Proxy that binds methods', logging],
  ['Object.create', (target) => Object.create(target)],
  ['Object.create with methods of its own', (target) => Object.create(target, { mine: { value: 1 } })], // prettier-ignore
];

async function collect(sessions) {
  const all = [];
  for await (const session of sessions) all.push(session);
  return all;
}

/** What the methods of `access` give. */
async function useAccess(access) {
  expect(await access.set('a', { n: 1 })).toBe(true);
  expect(await access.get('a')).toEqual({ n: 1 });
  expect(await access.touch('a', {})).toBe(true);
  expect(await access.getMany(['a', 'b'])).toEqual([{ n: 1 }, null]);
  expect(await access.update('a', () => ({ n: 2 }))).toEqual({ n: 2 });
  expect(await access.exists('a')).toBe(true);
  expect(await access.ttl('a')).toBe(86_400);
  expect(await access.length()).toBe(1);
  expect(await access.ids()).toEqual(['a']);
  expect(await access.all()).toEqual([{ n: 2, id: 'a' }]);
  expect(await collect(access.scan())).toEqual([{ n: 2, id: 'a' }]);
  expect(await access.destroy('a')).toBe(true);
  expect(await access.clear()).toBe(0);
}

describe.each(WAYS)('behind %s', (_, wrap) => {
  test('a store serves an application from login to logout', async () => {
    const store = wrap(redis.store());
    const app = redis.track(await startApp(store));
    const ann = app.visitor();
    const { id } = await ann.post('/login/ann');
    await expect(ann.get('/who')).resolves.toEqual({ status: 200, id, user: 'ann' });
    await ann.post('/save');
    const { id: newId } = await ann.post('/regenerate');
    await expect(ann.get('/who')).resolves.toEqual({ status: 200, id: newId, user: 'ann' });
    await expect(store.ids()).resolves.toEqual([newId]);
    await ann.post('/logout');
    await expect(ann.get('/who')).resolves.toMatchObject({ status: 200, user: null });
    await expect(store.length()).resolves.toBe(0);
  });

  test('each method of a store works, and closes it', async () => {
    const store = wrap(redis.store());
    await expect(store.set('a', { n: 1 })).resolves.toBe('OK');
    await expect(store.get('a')).resolves.toEqual({ n: 1 });
    await expect(store.touch('a', {})).resolves.toBe('OK');
    await expect(store.all()).resolves.toEqual([{ n: 1, id: 'a' }]);
    await expect(store.ids()).resolves.toEqual(['a']);
    await expect(store.length()).resolves.toBe(1);
    await expect(store.destroy('a')).resolves.toBe(1);
    await expect(store.clear()).resolves.toBe(0);
    await useAccess(store.access);
    await store.close();
    await store.close();
    expect(store.client.state).toBe('closed');
  });

  test('the properties of a store are there, and ttl can be set', async () => {
    const store = redis.store({ prefix: 'p:', scanCount: 7 });
    const wrapped = wrap(store);
    expect(wrapped).toMatchObject({ prefix: 'p:', scanCount: 7, ttl: 86_400, serializer: JSON });
    expect(wrapped).toMatchObject({ disableTouch: false, disableTTL: false });
    expect(wrapped.client).toBe(store.client);
    expect(wrapped.clients).toEqual([store.client]);
    wrapped.ttl = 50;
    expect([wrapped.ttl, store.ttl]).toEqual([50, 50]);
    await wrapped.set('a', {});
    await expect(wrapped.access.ttl('a')).resolves.toBe(50);
    expect(() => {
      wrapped.ttl = -1;
    }).toThrow(/"ttl"/);
  });

  test('what a request destroyed stays destroyed', async () => {
    const store = wrap(redis.store());
    await store.set('a', { cookie: {} });
    const session = await load(store, 'a');
    await store.destroy('a');
    await expect(store.set('a', session)).resolves.toBeNull();
  });

  test('the listeners of a store are those of what is around it', async () => {
    const store = redis.store();
    const wrapped = wrap(store);
    const heard = [];
    wrapped.on('disconnect', () => heard.push('disconnect'));
    wrapped.once('connect', () => heard.push('connect'));
    // The last of its own: those that came through the other stay.
    await once(store, 'ready');
    const nothing = () => {};
    store.on('disconnect', nothing);
    store.off('disconnect', nothing);
    store.emit('disconnect');
    wrapped.emit('disconnect');
    expect(heard).toEqual(['connect', 'disconnect', 'disconnect']);
    expect(store.listenerCount('disconnect')).toBe(1);
    wrapped.removeAllListeners('disconnect');
    expect(store.listenerCount('disconnect')).toBe(0);
  });

  test('access works', async () => {
    const store = redis.store();
    const access = wrap(store.access);
    await useAccess(access);
    await access.close();
    expect(store.client.state).toBe('closed');
  });

  test.each([
    ['new RedisStore(client)', (client) => new RedisStore(client)],
    ['new RedisStore({ client })', (client) => new RedisStore({ client })],
    ['new RedisStore({ clients: [client] })', (client) => new RedisStore({ clients: [client] })],
  ])('a client does for %s', async (_form, make) => {
    const client = wrap(redis.client());
    const store = redis.track(make(client));
    expect(store.client).toBe(client);
    await once(store, 'ready').then(([told]) => expect(told).toBe(client));
    await useAccess(store.access);
    await store.close();
    expect(client.state).toBe('ready');
  });

  test('a client can be looked at, kept and closed', async () => {
    const client = wrap(redis.client());
    await client.connect();
    expect(client.state).toBe('ready');
    expect(client.stats()).toMatchObject({ state: 'ready', timeouts: 0 });
    client.unref();
    client.ref();
    await client.close();
    expect(client.state).toBe('closed');
  });

  test('errors name the client that was given', async () => {
    const client = wrap(redis.client({ url: 'redis://127.0.0.1:1' }));
    const store = redis.track(new RedisStore(client));
    const [error] = await new Promise((resolve) => store.once('error', (...args) => resolve(args)));
    expect(error.client).toBe(client);
    const group = redis.track(new RedisStore({ clients: [client] }));
    const [another] = await new Promise((resolve) =>
      group.once('error', (...args) => resolve(args)),
    );
    expect(another.client).toBe(client);
  });

  test('a client that is given twice is found out', () => {
    const client = redis.client();
    expect(() => new RedisStore({ clients: [client, wrap(client)] })).toThrow(
      '"clients[1]" is given twice',
    );
  });
});

test('a class of its own over RedisStore works', async () => {
  class Counting extends RedisStore {
    sets = 0;
    set(...args) {
      ++this.sets;
      return super.set(...args);
    }
  }
  const store = redis.track(new Proxy(new Counting({ url: redis.server.url }), {}));
  await expect(store.set('a', {})).resolves.toBe('OK');
  expect(store.sets).toBe(1);
});

test('nothing is shown that was private: of the password, or of what is under way', async () => {
  const store = redis.store({ url: 'redis://:sesame@127.0.0.1:1', commandTimeout: 100 });
  const failed = store.set('s-e-c-r-e-t-id', { user: 'mallory' }).catch((error) => error);
  for (const what of [store, store.client, store.access]) {
    for (const getters of [false, true]) {
      const options = { showHidden: true, depth: 20, getters, customInspect: false };
      expect(inspect(what, options)).not.toMatch(/sesame|s-e-c-r-e-t-id|mallory/);
    }
  }
  await expect(failed).resolves.toMatchObject({ code: 'ERR_REDIS_TIMEOUT' });
});
