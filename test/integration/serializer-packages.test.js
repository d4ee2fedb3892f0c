'use strict';

// Serializers that keep more than JSON does, as their users write them: msgpackr, and Node's own.

const v8 = require('node:v8');
const { Packr } = require('msgpackr');
const { fresh, load } = require('../helpers/requests');
const { startApp } = require('../helpers/app');
const { until } = require('../helpers/until');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const packr = new Packr({ structuredClone: true });
const serializers = [
  ['msgpackr', { parse: (data) => packr.unpack(data), stringify: (data) => packr.pack(data) }],
  ['v8.serialize', { parse: v8.deserialize, stringify: v8.serialize }],
];

const rich = () => ({
  when: new Date(1_700_000_000_123),
  bytes: Buffer.from([0, 255, 0xf0, 0x9f, 13, 10]),
  map: new Map([['a', 1], ['b', { deep: new Date(5) }]]), // prettier-ignore
  set: new Set([1, 'two']),
  text: 'é\u{1f600}\0',
  list: [1, [2, { three: 3 }]],
  nothing: null,
});

/** What came back is what went in. (Of another realm: so toEqual would not take the classes.) */
function expectRich(session) {
  const { when, bytes, map, set, text, list, nothing } = session;
  expect(when.toISOString()).toBe('2023-11-14T22:13:20.123Z');
  expect([...bytes]).toEqual([0, 255, 0xf0, 0x9f, 13, 10]);
  expect([...map.keys()]).toEqual(['a', 'b']);
  expect(map.get('b').deep.valueOf()).toBe(5);
  expect([...set]).toEqual([1, 'two']);
  expect({ text, list, nothing }).toEqual({
    text: 'é\u{1f600}\0',
    list: [1, [2, { three: 3 }]],
    nothing: null,
  });
}

const routes = (app) => {
  app.post('/fill', (req, res) => {
    Object.assign(req.session, rich(), { user: 'ann', n: 0 });
    res.json({ id: req.sessionID });
  });
  app.post('/count', (req, res) => {
    // express-session itself sees changes as JSON would: that of the Map alone it would not.
    req.session.map.set('n', (req.session.map.get('n') ?? 0) + 1);
    req.session.bytes = Buffer.concat([req.session.bytes, Buffer.from([1])]);
    res.json({ n: req.session.map.get('n'), when: req.session.when.valueOf() });
  });
};

describe.each(serializers)('%s', (name, functions) => {
  // Without `binary`, bytes that happen to be UTF-8 would come as a string.
  const serializer = { ...functions, binary: true };

  test('keeps Dates, Buffers, Maps and BigInts of sessions', async () => {
    const store = redis.store({ serializer });
    await store.set('a', fresh(rich()));
    expectRich(await store.get('a'));
    await store.set('b', { big: 2n ** 60n });
    await expect(store.get('b')).resolves.toEqual({ big: 2n ** 60n });
    await store.destroy('b');
    expectRich(await store.access.get('a'));
    expectRich((await store.access.getMany(['a']))[0]);
    expectRich((await store.all())[0]);
    for await (const session of store.access.scan()) {
      expect(session.id).toBe('a');
      expectRich(session);
    }
  });

  test('has the bytes stored that it made, and no others', async () => {
    const store = redis.store({ serializer });
    const data = fresh(rich());
    await store.set('a', data);
    const held = await redis.admin.sendCommand(['STRLEN', 'sess:a']);
    expect(held).toBe(functions.stringify(data).length);
  });

  test('changes them by update', async () => {
    const store = redis.store({ serializer });
    await store.set('a', fresh(rich()));
    await store.access.update('a', (session) => {
      session.map.set('c', new Date(7));
    });
    const { map } = await store.get('a');
    expect(map.get('c').valueOf()).toBe(7);
    expect(map.get('a')).toBe(1);
  });

  test('serves an application', async () => {
    const store = redis.store({ serializer });
    const app = redis.track(await startApp(store, { routes }));
    const visitor = app.visitor();
    const { id } = await visitor.post('/fill');
    await expect(visitor.get('/who')).resolves.toMatchObject({ id, user: 'ann' });
    expectRich(await store.get(id));
    for (let n = 1; n <= 3; n++) {
      await expect(visitor.post('/count')).resolves.toMatchObject({ n, when: 1_700_000_000_123 });
    }
    const { bytes } = await store.get(id);
    expect([...bytes].slice(-4)).toEqual([10, 1, 1, 1]);
    const regenerated = await visitor.post('/regenerate');
    expect(regenerated.id).not.toBe(id);
    await expect(visitor.get('/who')).resolves.toMatchObject({ user: 'ann' });
    await visitor.post('/logout');
    await expect(visitor.get('/who')).resolves.toMatchObject({ user: null });
  });

  test('shows a request the true expiry: a late save does not end a live session', async () => {
    const store = redis.store({ serializer });
    const app = redis.track(
      await startApp(store, { routes, session: { cookie: { maxAge: 500 } } }),
    );
    const visitor = app.visitor();
    const { id } = await visitor.post('/fill');
    const stale = Date.now() + 500;
    // Touched by each request, it outlives the expiry that is in its bytes.
    await until(async () => (await visitor.get('/who')) && Date.now() > stale, { every: 20 });
    await expect(visitor.post('/save')).resolves.toMatchObject({ status: 200, id });
    await expect(visitor.get('/who')).resolves.toMatchObject({ id, user: 'ann' });
  });

  test('shows get the true expiry of a session that a request stored', async () => {
    const store = redis.store({ serializer });
    const app = redis.track(await startApp(store, { routes }));
    const { id } = await app.visitor().post('/fill');
    await redis.admin.pExpire(`sess:${id}`, 500_000);
    const session = await load(store, id);
    expect(session.cookie.expires - Date.now()).toBeGreaterThan(400_000);
    // express-session counts it anew when it makes the cookie: a slow machine takes a millisecond.
    expect(Math.abs(session.cookie.originalMaxAge - 60_000)).toBeLessThan(1000);
  });

  test('has update keep the expiry of a session that a request stored', async () => {
    const store = redis.store({ serializer });
    const app = redis.track(await startApp(store, { routes }));
    const { id } = await app.visitor().post('/fill');
    await store.access.update(id, (session) => {
      session.n++;
    });
    expect(await redis.admin.pTTL(`sess:${id}`)).toBeLessThanOrEqual(60_000);
  });

  test('merges the changes of requests at once', async () => {
    const options = { serializer, concurrencyMerge: true };
    const stores = [redis.store(options), redis.store(options)];
    const apps = await Promise.all(stores.map((store) => startApp(store, { routes })));
    apps.forEach(redis.track);
    const { id } = await apps[0].visitor().post('/fill');
    const sessions = await Promise.all(stores.map((store) => load(store, id)));
    sessions[0].when = new Date(9);
    sessions[1].map.set('z', 1);
    sessions[1].list = [9];
    await stores[0].set(id, sessions[0]);
    await stores[1].set(id, sessions[1]);
    const { when, map, list, bytes, user } = await stores[0].get(id);
    expect({ when: when.valueOf(), z: map.get('z'), list, user }).toEqual({
      when: 9,
      z: 1,
      list: [9],
      user: 'ann',
    });
    expect([...bytes].slice(0, 2)).toEqual([0, 255]);
  });
});

describe('binary: true', () => {
  const parse = jest.fn((data) => packr.unpack(data));
  const stringify = (data) => packr.pack(data);
  beforeEach(() => parse.mockClear());

  test('has parse be given a Buffer also where the bytes are UTF-8', async () => {
    // Short MessagePack of ASCII is ASCII itself, or nearly.
    for (const data of [
      Buffer.from('{}'),
      Buffer.from('é'),
      Buffer.from([0xff]),
      Buffer.alloc(0),
    ]) {
      const given = [];
      const serializer = { parse: (bytes) => given.push(bytes) && {}, stringify, binary: true };
      const store = redis.store({ serializer });
      await redis.admin.sendCommand(['SET', 'sess:a', data]);
      await store.get('a');
      await store.all();
      await store.access.getMany(['a']);
      expect(given.map((bytes) => Buffer.isBuffer(bytes))).toEqual([true, true, true]);
      for (const bytes of given) expect([...bytes]).toEqual([...data]);
    }
  });

  test('gives each session a Buffer of its own', async () => {
    const store = redis.store({ serializer: { parse, stringify, binary: true } });
    await store.set('a', { bytes: Buffer.alloc(9, 1) });
    const first = await store.get('a');
    first.bytes.fill(7);
    const second = await store.get('a');
    expect([...second.bytes]).toEqual(Array(9).fill(1));
  });

  test('false leaves text text', async () => {
    const store = redis.store({ serializer: { parse: (data) => ({ data }), stringify: String } });
    await redis.admin.set('sess:a', 'text');
    await expect(store.get('a')).resolves.toEqual({ data: 'text' });
  });
});
