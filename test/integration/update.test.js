'use strict';

// access.update: reads, changes and writes a session as if nobody else were there.

const { RedisStore } = require('../..');
const { fresh, load } = require('../helpers/requests');
const { deferred } = require('../helpers/until');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const stored = async (sid = 'a') => {
  const { cookie: _, ...fields } = JSON.parse(await redis.admin.get(`sess:${sid}`));
  return fields;
};
const increment = (session) => {
  session.n++;
};

describe('the change', () => {
  test('is given the session as get gives it', async () => {
    const store = redis.store();
    await store.set('a', fresh({ n: 1, list: [1] }));
    const change = jest.fn();
    await store.access.update('a', change);
    expect(change).toHaveBeenCalledTimes(1);
    const [session, ...more] = change.mock.calls[0];
    const { cookie, ...fields } = await store.get('a');
    expect(session).toMatchObject(fields);
    expect(session.cookie.originalMaxAge).toBe(cookie.originalMaxAge);
    expect(session.cookie.expires).toBeInstanceOf(Date);
    expect(more).toEqual([]);
  });

  test('may change the session in place and return nothing', async () => {
    const store = redis.store();
    await store.set('a', fresh({ n: 1 }));
    await expect(store.access.update('a', increment)).resolves.toMatchObject({ n: 2 });
    await expect(stored()).resolves.toEqual({ n: 2 });
  });

  test('may return another session', async () => {
    const store = redis.store();
    await store.set('a', fresh({ n: 1 }));
    const other = fresh({ color: 'red' });
    await expect(store.access.update('a', () => other)).resolves.toBe(other);
    await expect(stored()).resolves.toEqual({ color: 'red' });
  });

  test('may be asynchronous, and give either', async () => {
    const store = redis.store();
    await store.set('a', fresh({ n: 1 }));
    const later = async (session) => {
      await new Promise(setImmediate);
      session.n++;
    };
    await expect(store.access.update('a', later)).resolves.toMatchObject({ n: 2 });
    const other = { then: (resolve) => resolve(fresh({ n: 10 })) };
    await expect(store.access.update('a', () => other)).resolves.toMatchObject({ n: 10 });
    await expect(stored()).resolves.toEqual({ n: 10 });
  });

  test('is not called for a session that is not there: the result is null', async () => {
    const change = jest.fn();
    await expect(redis.store().access.update('none', change)).resolves.toBeNull();
    expect(change).not.toHaveBeenCalled();
    await expect(redis.admin.dbSize()).resolves.toBe(0);
  });

  test.each([
    ['throws', (error) => () => { throw error; }], // prettier-ignore
    ['rejects', (error) => () => Promise.reject(error)],
  ])('that %s gives that very error, and nothing is stored', async (_, make) => {
    const store = redis.store();
    await store.set('a', fresh({ n: 1 }));
    const error = new Error('no change today');
    const change = make(error);
    const mutating = (session) => {
      increment(session);
      return change();
    };
    const before = await redis.admin.get('sess:a');
    await expect(store.access.update('a', mutating)).rejects.toBe(error);
    await expect(redis.admin.get('sess:a')).resolves.toBe(before);
  });

  test('that gives what cannot be serialized is ERR_SESSION_SERIALIZE', async () => {
    const store = redis.store();
    await store.set('a', fresh({ n: 1 }));
    const update = store.access.update('a', (session) => ({ ...session, n: 1n }));
    await expect(update).rejects.toMatchObject({ code: 'ERR_SESSION_SERIALIZE' });
    await expect(stored()).resolves.toEqual({ n: 1 });
  });
});

describe('when somebody else wrote meanwhile', () => {
  test('the change is called again with what is stored now', async () => {
    const store = redis.store();
    await store.set('a', fresh({ n: 1 }));
    const seen = [];
    const updated = await store.access.update('a', async (session) => {
      seen.push(session.n);
      if (seen.length < 3) await redis.admin.set('sess:a', `{"n":${session.n + 10}}`);
      session.n++;
    });
    expect(seen).toEqual([1, 11, 21]);
    expect(updated).toEqual({ n: 22 });
    await expect(stored()).resolves.toEqual({ n: 22 });
  });

  test('what an earlier call of the change did to its session is forgotten', async () => {
    const store = redis.store();
    await redis.admin.set('sess:a', '{"list":[]}');
    let calls = 0;
    await store.access.update('a', async (session) => {
      session.list.push(++calls);
      if (calls === 1) await redis.admin.set('sess:a', '{"list":["theirs"]}');
    });
    await expect(stored()).resolves.toEqual({ list: ['theirs', 2] });
  });

  test('and it is destroyed, it stays so: the result is null', async () => {
    const store = redis.store();
    await store.set('a', fresh({ n: 1 }));
    const change = jest.fn(() => store.destroy('a').then(() => {}));
    await expect(store.access.update('a', change)).resolves.toBeNull();
    expect(change).toHaveBeenCalledTimes(1);
    await expect(redis.admin.exists('sess:a')).resolves.toBe(0);
  });

  test('of 200 increments from two stores at once none is lost', async () => {
    const stores = [redis.store(), redis.store()];
    await stores[0].set('a', fresh({ n: 0 }));
    const updates = Array.from({ length: 200 }, (_, i) =>
      stores[i % 2].access.update('a', increment),
    );
    const counts = (await Promise.all(updates)).map(({ n }) => n);
    expect(counts.sort((x, y) => x - y)).toEqual(counts.map((_, index) => index + 1));
    await expect(stored()).resolves.toEqual({ n: 200 });
  });

  test('without end, it gives up in time', async () => {
    const store = redis.store({ commandTimeout: 1000 });
    await redis.admin.set('sess:a', '{"n":0}');
    let calls = 0;
    const update = store.access.update('a', async (session) => {
      await redis.admin.set('sess:a', `{"n":${++calls}}`);
      session.mine = true;
    });
    await expect(update).rejects.toMatchObject({ code: 'ERR_REDIS_TIMEOUT' });
    expect(calls).toBeGreaterThan(1);
    await expect(stored()).resolves.toEqual({ n: calls });
  });

  test('a request that saves with concurrencyMerge keeps the update', async () => {
    const store = redis.store({ concurrencyMerge: true });
    await store.set('a', fresh({ n: 0 }));
    const session = await load(store, 'a');
    session.mine = 1;
    await store.access.update('a', increment);
    await store.set('a', session);
    await expect(stored()).resolves.toEqual({ n: 1, mine: 1 });
  });

  test('a change that takes long holds up nobody else', async () => {
    const store = redis.store();
    await store.set('a', fresh({ n: 0 }));
    const { promise, resolve } = deferred();
    let calls = 0;
    const slow = store.access.update('a', async (session) => {
      if (++calls === 1) await promise;
      session.slow = true;
    });
    await expect(store.access.update('a', increment)).resolves.toMatchObject({ n: 1 });
    resolve();
    await expect(slow).resolves.toMatchObject({ n: 1, slow: true });
    expect(calls).toBe(2);
  });
});

describe('the expiry', () => {
  test('stays what it is where the cookie has one', async () => {
    const store = redis.store();
    await store.set('a', fresh({ n: 0 }, 3_600_000));
    await redis.admin.pExpire('sess:a', 500_000);
    const before = Number(await redis.admin.sendCommand(['PEXPIRETIME', 'sess:a']));
    await store.access.update('a', increment);
    const after = Number(await redis.admin.sendCommand(['PEXPIRETIME', 'sess:a']));
    expect(Math.abs(after - before)).toBeLessThan(5000);
    const { cookie } = JSON.parse(await redis.admin.get('sess:a'));
    expect(cookie.originalMaxAge).toBe(3_600_000);
    expect(Math.abs(new Date(cookie.expires) - after)).toBeLessThan(5000);
  });

  test('is the one that the change put into the cookie', async () => {
    const store = redis.store();
    await store.set('a', fresh({ n: 0 }));
    const expires = new Date(Date.now() + 1_000_000);
    await store.access.update('a', (session) => {
      session.cookie.expires = expires;
    });
    const at = Number(await redis.admin.sendCommand(['PEXPIRETIME', 'sess:a']));
    expect(at).toBeGreaterThanOrEqual(expires.valueOf() - 1);
    expect(at - expires).toBeLessThan(5000);
  });

  test('is renewed by ttl where the cookie has none', async () => {
    await redis.admin.set('sess:a', '{"n":0}', { PX: 5000 });
    await redis.store({ ttl: 60 }).access.update('a', increment);
    expect(await redis.admin.pTTL('sess:a')).toBeGreaterThan(50_000);
    await redis.store({ ttl: (session) => session.n * 1000 }).access.update('a', increment);
    expect(await redis.admin.pTTL('sess:a')).toBeGreaterThan(1_900_000);
    await redis.store({ ttl: false }).access.update('a', increment);
    await expect(redis.admin.pTTL('sess:a')).resolves.toBe(-1);
  });

  test('that the change puts into the past destroys the session', async () => {
    const store = redis.store();
    await store.set('a', fresh({ n: 0 }));
    const update = store.access.update('a', (session) => {
      session.cookie.expires = new Date(Date.now() - 1);
    });
    await expect(update).resolves.toBeNull();
    await expect(redis.admin.exists('sess:a')).resolves.toBe(0);
  });

  test('from a ttl function that fails is that error, and nothing is stored', async () => {
    const error = new Error('no ttl today');
    await redis.admin.set('sess:a', '{"n":0}');
    const store = redis.store({ ttl: () => Promise.reject(error) });
    await expect(store.access.update('a', increment)).rejects.toBe(error);
    await expect(stored()).resolves.toEqual({ n: 0 });
  });
});

describe('what is refused', () => {
  test.each([[''], [undefined], [5], [null], ['\ud800'], [{}]])('the id %p', async (sid) => {
    const change = jest.fn();
    const update = redis.store().access.update(sid, change);
    await expect(update).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    expect(change).not.toHaveBeenCalled();
  });

  test.each([[undefined], [null], [{}], ['n++']])('%p as the change', async (change) => {
    const update = redis.store().access.update('a', change);
    await expect(update).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    await expect(redis.calls('get')).resolves.toBe(0);
  });

  test('a stored value that cannot be parsed, and it stays', async () => {
    await redis.admin.set('sess:a', 'no JSON');
    const update = redis.store().access.update('a', increment);
    await expect(update).rejects.toMatchObject({ code: 'ERR_SESSION_PARSE' });
    await expect(redis.admin.get('sess:a')).resolves.toBe('no JSON');
  });

  test('a closed store', async () => {
    const store = new RedisStore({ socket: redis.server.socket });
    await store.close();
    await expect(store.access.update('a', increment)).rejects.toMatchObject({
      code: 'ERR_REDIS_CLOSED',
    });
  });
});

describe('bytes', () => {
  test('that are JSON but not quite UTF-8 do not stand in the way', async () => {
    const bytes = Buffer.from('{"n":1,"name":"zo\xeb"}', 'latin1');
    await redis.admin.sendCommand(['SET', 'sess:a', bytes]);
    const update = redis.store().access.update('a', increment);
    await expect(update).resolves.toMatchObject({ n: 2, name: 'zo\ufffd' });
  });

  test('of two sessions are not mixed up by a serializer that uses its Buffer again', async () => {
    const scratch = Buffer.alloc(1024);
    const serializer = {
      parse: (data) => JSON.parse(data.toString()),
      stringify: (session) => scratch.subarray(0, scratch.write(JSON.stringify(session))),
      binary: true,
    };
    const store = redis.store({ serializer });
    const sids = Array.from({ length: 20 }, (_, n) => `s${n}`);
    for (const sid of sids) await redis.admin.set(`sess:${sid}`, JSON.stringify({ owner: sid }));
    await Promise.all(sids.map((sid) => store.access.update(sid, (session) => void (session.n = 1)))); // prettier-ignore
    for (const sid of sids) await expect(stored(sid)).resolves.toEqual({ owner: sid, n: 1 });
  });
});
