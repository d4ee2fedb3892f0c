'use strict';

// What operations wait for: for no single server while another one answers, and for nothing longer
// than their deadline.

const { failure } = require('../helpers/outcome');
const { PATIENCE, ownWatch } = require('../helpers/patience');
const { HASTY, keepReading, standing, trusted, useRedundant } = require('../helpers/redundant');
const { fresh } = require('../helpers/requests');
const { soon } = require('../helpers/soon');
const { until } = require('../helpers/until');

/** Of the time that this process gets. */
const GRACE = 2000;
const SERVERS = 3;
const redundant = useRedundant(SERVERS);
const each = [0, 1, 2];

const OPERATIONS = [
  ['get', (store, cb) => store.get('a', cb)],
  ['set', (store, cb) => store.set('a', {}, cb)],
  ['touch', (store, cb) => store.touch('a', {}, cb)],
  ['destroy', (store, cb) => store.destroy('a', cb)],
  ['length', (store, cb) => store.length(cb)],
  ['ids', (store, cb) => store.ids(cb)],
  ['all', (store, cb) => store.all(cb)],
  ['clear', (store, cb) => store.clear(cb)],
];

const killAll = () => Promise.all(redundant.members.map((member) => member.kill()));
const stopAll = () => Promise.all(redundant.members.map((member) => member.stop()));

/** A store that has a session 'a', with deadlines so long that none of them can be what is seen. */
async function patientStore() {
  const store = await redundant.trustedStore({ commandTimeout: PATIENCE });
  await store.set('a', fresh({ n: 1 }));
  await until(async () => (await redundant.copies('a')) === SERVERS, { what: 'all copies' });
  return store;
}

/** Each operation on one session, in the time that it takes when nobody is away. */
async function expectPrompt(store) {
  const { access } = store;
  await expect(soon(() => store.get('a'))).resolves.toMatchObject({ n: 1 });
  await expect(soon(() => store.get('none'))).resolves.toBeNull();
  await expect(soon(() => store.touch('a', fresh()))).resolves.toBe('OK');
  await expect(soon(() => store.touch('none', fresh()))).resolves.toBe('EXPIRED');
  await expect(soon(() => access.exists('none'))).resolves.toBe(false);
  await expect(soon(() => access.ttl('a'))).resolves.toBe(60);
  await expect(soon(() => access.getMany(['a', 'none']))).resolves.toMatchObject([{ n: 1 }, null]);
  await expect(soon(() => store.set('b', fresh({ n: 2 })))).resolves.toBe('OK');
  await expect(soon(() => store.get('b'))).resolves.toMatchObject({ n: 2 });
  await expect(soon(() => store.destroy('b'))).resolves.toBe(1);
  await expect(soon(() => store.destroy('none'))).resolves.toBe(0);
  await expect(soon(() => store.get('b'))).resolves.toBeNull();
}

describe('one server that stands still holds up nothing', () => {
  test.each(each)('at once: number %i', async (index) => {
    const store = await patientStore();
    await redundant.members[index].stop();
    await expectPrompt(store);
    await expectPrompt(store);
  });

  test.each(each)('once it is known to be away: number %i', async (index) => {
    const store = await redundant.trustedStore();
    await store.set('a', fresh({ n: 1 }));
    await until(async () => (await redundant.copies('a')) === SERVERS, { what: 'all copies' });
    await redundant.members[index].stop();
    await store.set('noticed', {});
    await standing(store, index, 'away');
    await expectPrompt(store);
  });

  test.each(each)('from the beginning: number %i', async (index) => {
    await redundant.members[index].stop();
    const store = redundant.store({ commandTimeout: PATIENCE });
    for (const other of each.filter((n) => n !== index)) await standing(store, other, 'trusted');
    await soon(() => store.set('a', fresh({ n: 1 })));
    await expectPrompt(store);
  });

  test('and one of them is enough', async () => {
    const store = await patientStore();
    await redundant.members[0].stop();
    await redundant.members[2].stop();
    await expectPrompt(store);
  });

  test('nor does its return', async () => {
    const store = await redundant.trustedStore();
    await store.set('a', { n: 1 });
    await redundant.members[1].stop();
    await store.set('a', { n: 2 });
    await standing(store, 1, 'away');
    const stop = keepReading(store, 'a');
    await redundant.members[1].continue();
    await trusted(store);
    await expect(stop()).resolves.toEqual([{ n: 2 }]);
  });
});

describe('one server that is away', () => {
  test.each(each)('holds up nothing: number %i', async (index) => {
    const store = await patientStore();
    await redundant.members[index].kill();
    await expectPrompt(store);
    await redundant.members[index].start();
    await expectPrompt(store);
  });

  test('leaves to the only one that stands still the time of a deadline, and no answer', async () => {
    const store = await redundant.trustedStore();
    await redundant.members[0].kill();
    await redundant.members[1].kill();
    for (const index of [0, 1]) await standing(store, index, 'away');
    await redundant.members[2].stop();
    const error = await failure((callback) => store.get('none', callback));
    expect(error.code).toBe('ERR_REDIS_TIMEOUT');
  });
});

/** The operation fails at the deadline of HASTY, not sooner and not much later. */
async function expectFailureAtDeadline(store, operation) {
  const { commandTimeout } = HASTY;
  const began = performance.now();
  const own = ownWatch();
  const error = await failure((callback) => operation(store, callback));
  const took = performance.now() - began;
  expect(error).toMatchObject({ code: 'ERR_REDIS_TIMEOUT' });
  // A timer may be a little early by another clock.
  expect(took).toBeGreaterThan(commandTimeout - 50);
  expect(own()).toBeLessThan(commandTimeout + GRACE);
}

describe('while no server is there', () => {
  test.each(OPERATIONS)('%s fails at its deadline', async (_, operation) => {
    const store = await redundant.trustedStore();
    await killAll();
    for (const index of each) await standing(store, index, 'away');
    await expectFailureAtDeadline(store, operation);
  });

  test.each(OPERATIONS)('%s fails at its deadline when all stand still', async (_, operation) => {
    const store = await redundant.trustedStore();
    await stopAll();
    await expectFailureAtDeadline(store, operation);
  });

  test.each(each)('operations wait for the first that comes: number %i', async (index) => {
    const store = await redundant.trustedStore({ commandTimeout: PATIENCE });
    await store.set('a', { n: 1 });
    await until(async () => (await redundant.copies('a')) === SERVERS, { what: 'all copies' });
    await killAll();
    for (const other of each) await standing(store, other, 'away');
    const asked = Promise.all([
      store.set('b', { n: 2 }),
      store.get('a'),
      store.get('none'),
      store.destroy('c'),
      store.access.update('a', (session) => ({ ...session, m: 1 })),
      store.access.getMany(['a', 'none']),
    ]);
    await redundant.members[index].start();
    const [set, a, none, destroyed, updated, many] = await asked;
    expect({ set, none, destroyed, updated }).toEqual({
      set: 'OK',
      none: null,
      destroyed: 0,
      updated: { n: 1, m: 1 },
    });
    for (const session of [a, many[0]]) expect(session).toMatchObject({ n: 1 });
    expect(many[1]).toBeNull();
    await expect(store.get('b')).resolves.toEqual({ n: 2 });
  });

  test('so they do before the first connection', async () => {
    await killAll();
    const store = redundant.store({ commandTimeout: PATIENCE });
    const asked = Promise.all([store.set('a', { n: 1 }), store.get('a')]);
    await redundant.members[1].start();
    await expect(asked).resolves.toEqual(['OK', { n: 1 }]);
  });

  test('a full queue refuses at once', async () => {
    const store = await redundant.trustedStore({ queue: 10, commandTimeout: PATIENCE });
    await killAll();
    for (const index of each) await standing(store, index, 'away');
    const waiting = Array.from({ length: 10 }, () => store.get('a').catch(({ code }) => code));
    const error = await soon(() => failure((callback) => store.get('a', callback)));
    expect(error.code).toBe('ERR_REDIS_QUEUE_FULL');
    await redundant.members[0].start();
    await expect(Promise.all(waiting)).resolves.toEqual(Array(10).fill(null));
  });

  test('a queue that is full of bytes, too', async () => {
    const queue = { bytes: 5000 };
    const store = await redundant.trustedStore({ queue, commandTimeout: PATIENCE });
    await killAll();
    for (const index of each) await standing(store, index, 'away');
    const session = fresh({ text: 'x'.repeat(3000) });
    const waiting = ['a', 'b'].map((sid) => store.set(sid, session));
    const error = await soon(() => failure((callback) => store.set('c', session, callback)));
    expect(error.code).toBe('ERR_REDIS_QUEUE_FULL');
    await redundant.members[0].start();
    await expect(Promise.all(waiting)).resolves.toEqual(['OK', 'OK']);
    await expect(store.set('c', session)).resolves.toBe('OK');
  });

  test('queue: false lets nothing wait, though one server is enough', async () => {
    const store = await redundant.trustedStore({ queue: false, commandTimeout: PATIENCE });
    await redundant.members[0].kill();
    await standing(store, 0, 'away');
    await expect(soon(() => store.set('a', { n: 1 }))).resolves.toBe('OK');
    await expect(soon(() => store.get('a'))).resolves.toEqual({ n: 1 });
    await killAll();
    for (const index of each) await standing(store, index, 'away');
    await soon(() => failure((callback) => store.get('a', callback)));
    await soon(() => failure((callback) => store.set('a', {}, callback)));
  });
});
