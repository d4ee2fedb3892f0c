'use strict';

// access: getMany, scan, exists and ttl.

const { fresh } = require('../helpers/requests');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const BAD_IDS = [[''], [undefined], [null], [5], ['\ud800'], [{}]];
const refused = { code: 'ERR_INVALID_ARG_TYPE' };

/** Sessions `s1` to `s<count>`, each with its number. */
const fill = (count) =>
  redis.admin.eval(
    `for i = 1, ${count} do redis.call('SET', 'sess:s' .. i, '{"n":' .. i .. '}') end`,
  );

describe('getMany', () => {
  test('gives the sessions in the order of the ids, null for those that are missing', async () => {
    await fill(3);
    const { access } = redis.store();
    await expect(access.getMany(['s3', 'none', 's1', 'no', 's2'])).resolves.toEqual([
      { n: 3 },
      null,
      { n: 1 },
      null,
      { n: 2 },
    ]);
    await expect(access.getMany(['none'])).resolves.toEqual([null]);
    await expect(access.getMany(['s1'])).resolves.toEqual([{ n: 1 }]);
  });

  test('gives a session as often as it is asked for, each an object of its own', async () => {
    await fill(2);
    const found = await redis.store().access.getMany(['s1', 's1', 'no', 's2', 'no', 's1']);
    expect(found).toEqual([{ n: 1 }, { n: 1 }, null, { n: 2 }, null, { n: 1 }]);
    expect(found[0]).not.toBe(found[1]);
  });

  test('of no ids is no command', async () => {
    const { access } = redis.store();
    await access.get('connected');
    const monitor = await redis.monitor();
    await expect(access.getMany([])).resolves.toEqual([]);
    expect(await monitor.commands()).toEqual([]);
  });

  test.each(BAD_IDS)('refuses the id %p, and asks for none', async (sid) => {
    const { access } = redis.store();
    await expect(access.getMany(['a', sid])).rejects.toMatchObject(refused);
    await expect(redis.calls('mget')).resolves.toBe(0);
  });

  test.each([[undefined], [null], ['a'], [{ length: 1, 0: 'a' }]])(
    'refuses %p: no array',
    async (sids) => {
      await expect(redis.store().access.getMany(sids)).rejects.toMatchObject(refused);
    },
  );

  test('of 1,000 ids asks for no more than scanCount keys at once', async () => {
    await fill(1000);
    const { access } = redis.store({ scanCount: 100 });
    const numbers = Array.from({ length: 1000 }, (_, index) => 1000 - index);
    const monitor = await redis.monitor();
    const found = await access.getMany(numbers.map((n) => `s${n}`));
    expect(found.map(({ n }) => n)).toEqual(numbers);
    const commands = await monitor.commands();
    const reads = commands.filter(([name]) => name === 'MGET');
    expect(reads.map((words) => words.length - 1)).toEqual(Array(10).fill(100));
    expect(commands.map(([name]) => name)).not.toContain('GET');
  });

  test('shows the true expiry of each', async () => {
    const store = redis.store();
    const times = [10_000, 20_000, 30_000];
    for (const ms of times) {
      await store.set(`s${ms}`, fresh({}, 999_999));
      await redis.admin.pExpire(`sess:s${ms}`, ms);
    }
    const found = await store.access.getMany(times.map((ms) => `s${ms}`));
    for (const [index, { cookie }] of found.entries()) {
      const left = cookie.expires - Date.now();
      expect(left).toBeLessThanOrEqual(times[index]);
      expect(left).toBeGreaterThan(times[index] - 10_000);
    }
  });

  test('takes a key that holds something else for missing', async () => {
    await fill(1);
    await redis.admin.hSet('sess:hash', 'f', 'v');
    const found = await redis.store().access.getMany(['hash', 's1']);
    expect(found).toEqual([null, { n: 1 }]);
  });

  test('gives null where one cannot be parsed', async () => {
    await fill(1);
    await redis.admin.mSet({ 'sess:x': 'no JSON', 'sess:y': 'none either' });
    for (const serializer of [undefined, { parse: async (s) => JSON.parse(s), stringify() {} }]) {
      const { access } = redis.store(serializer && { serializer });
      await expect(access.getMany(['x', 's1', 'y'])).resolves.toEqual([null, { n: 1 }, null]);
    }
  });

  test('takes ids of any text', async () => {
    const store = redis.store({ prefix: 'é[*]\0' });
    const sids = ['\r\n\0', 'é\u{1f600}', '*', ' '];
    for (const sid of sids) await store.set(sid, { sid });
    const found = await store.access.getMany(sids);
    expect(found).toEqual(sids.map((sid) => ({ sid })));
  });
});

describe('scan', () => {
  const collect = async (sessions) => {
    const all = [];
    for await (const session of sessions) all.push(session);
    return all;
  };

  test('walks over 10,000 sessions, each once, with its data and id', async () => {
    await fill(10_000);
    await redis.admin.mSet({ 'other:1': '{}', 'sess:': '{}' });
    await redis.admin.hSet('sess:hash', 'f', 'v');
    const all = await collect(redis.store().access.scan());
    expect(all.every(({ n, id }) => id === `s${n}`)).toBe(true);
    expect(new Set(all.map(({ n }) => n)).size).toBe(10_000);
    expect(all).toHaveLength(10_000);
  });

  test('of an empty store is over at once', async () => {
    await expect(collect(redis.store().access.scan())).resolves.toEqual([]);
  });

  test('asks for `count` keys at once, or for scanCount', async () => {
    await fill(300);
    const { access } = redis.store({ scanCount: 20 });
    for (const [options, count] of [
      [{ count: 50 }, 50],
      [{}, 20],
      [undefined, 20],
    ]) {
      // prettier-ignore
      const monitor = await redis.monitor();
      await collect(access.scan(options));
      const commands = await monitor.commands();
      monitor.close();
      for (const scan of commands.filter(([name]) => name === 'SCAN')) {
        expect(scan[scan.indexOf('COUNT') + 1]).toBe(String(count));
      }
      const reads = commands.filter(([name]) => name === 'MGET');
      expect(reads.length).toBeGreaterThanOrEqual(300 / count);
      for (const [, ...keys] of reads) expect(keys.length).toBeLessThanOrEqual(count);
    }
  });

  test.each([[0], [-1], [1.5], [NaN], ['ten'], [null]])('refuses a count of %p', (count) => {
    const { access } = redis.store();
    expect(() => access.scan({ count })).toThrow(expect.objectContaining(refused));
  });

  test('sends nothing before it is asked for a session', async () => {
    await fill(10);
    const { access } = redis.store();
    await access.get('connected');
    const monitor = await redis.monitor();
    access.scan();
    await access.exists('a');
    const names = (await monitor.commands()).map(([name]) => name);
    expect(names).toEqual(['EXISTS']);
  });

  test('fetches a batch only when the one before it is used up', async () => {
    await fill(300);
    const { access } = redis.store();
    const monitor = await redis.monitor();
    let fetched = 0;
    let taken = 0;
    for await (const { id } of access.scan({ count: 25 })) {
      expect(id).toMatch(/^s\d+$/);
      taken++;
      const reads = (await monitor.commands()).filter(([name]) => name === 'MGET');
      for (const [, ...keys] of reads) fetched += keys.length;
      // The batch in hand, this session included, and nothing of the next.
      expect(fetched - taken).toBeLessThan(25);
    }
    expect(taken).toBe(300);
    expect(fetched).toBe(300);
  });

  test('that is left early sends no more, and the store works on', async () => {
    await fill(300);
    const store = redis.store();
    const monitor = await redis.monitor();
    for await (const session of store.access.scan({ count: 10 })) {
      expect(session.n).toBeGreaterThan(0);
      break;
    }
    await monitor.commands();
    await expect(store.get('s1')).resolves.toEqual({ n: 1 });
    const names = (await monitor.commands()).map(([name]) => name);
    expect(names).toEqual(['GET', 'PTTL']);
    const sessions = store.access.scan();
    await sessions.next();
    await expect(sessions.return()).resolves.toEqual({ value: undefined, done: true });
    await expect(sessions.next()).resolves.toEqual({ value: undefined, done: true });
  });

  test('goes on while the store changes under it', async () => {
    await fill(500);
    const store = redis.store();
    const seen = [];
    for await (const { id } of store.access.scan({ count: 10 })) {
      seen.push(id);
      await store.destroy(id);
      if (seen.length <= 100) await store.set(`new${seen.length}`, {});
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => id.startsWith('s'))).toHaveLength(500);
  });

  test('can be done twice at once', async () => {
    await fill(200);
    const { access } = redis.store();
    const walks = await Promise.all([1, 2].map(() => collect(access.scan({ count: 7 }))));
    for (const all of walks) expect(new Set(all.map(({ n }) => n)).size).toBe(200);
  });
});

describe('exists', () => {
  test('tells whether there is such a session, and renews nothing', async () => {
    const store = redis.store();
    await store.set('a', fresh({}, 5000));
    await expect(store.access.exists('a')).resolves.toBe(true);
    await expect(store.access.exists('b')).resolves.toBe(false);
    await store.destroy('a');
    await expect(store.access.exists('a')).resolves.toBe(false);
    await expect(redis.calls('pexpire')).resolves.toBe(0);
    await expect(redis.calls('get')).resolves.toBe(0);
  });

  test.each(BAD_IDS)('refuses the id %p', async (sid) => {
    await expect(redis.store().access.exists(sid)).rejects.toMatchObject(refused);
  });
});

describe('ttl', () => {
  test('gives whole seconds, those that began included', async () => {
    const { access } = redis.store();
    await redis.admin.set('sess:a', '{}', { PX: 3_599_500 });
    const seconds = await access.ttl('a');
    expect(Number.isInteger(seconds)).toBe(true);
    expect(seconds).toBeLessThanOrEqual(3600);
    expect(seconds).toBeGreaterThan(3590);
    // Not 0, which would be the past, while it is there.
    await redis.admin.set('sess:a', '{}', { PX: 400 });
    expect([1, -2]).toContain(await access.ttl('a'));
  });

  test('is -1 for a session that never expires, -2 for one that is not there', async () => {
    const store = redis.store({ ttl: false });
    await store.set('a', {});
    await expect(store.access.ttl('a')).resolves.toBe(-1);
    await expect(store.access.ttl('b')).resolves.toBe(-2);
  });

  test.each(BAD_IDS)('refuses the id %p', async (sid) => {
    await expect(redis.store().access.ttl(sid)).rejects.toMatchObject(refused);
  });
});
