'use strict';

// The events of a redundant store: each tells of which client, and `disconnect` is only for an
// outage of all of them.

const { RedisStore, createClient } = require('../..');
const { startApp } = require('../helpers/app');
const { PATIENCE } = require('../helpers/patience');
const { HASTY, standing, trusted, useRedundant } = require('../helpers/redundant');
const { until } = require('../helpers/until');

const redundant = useRedundant(2);

const event = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));

/** What a store emits from now on. */
function eventsOf(store) {
  const events = [];
  for (const name of ['connect', 'ready', 'disconnect', 'error']) {
    store.on(name, (subject) => events.push({ name, subject }));
  }
  return {
    all: events,
    named: (...names) => events.filter(({ name }) => names.includes(name)),
    clear: () => events.splice(0),
  };
}

test('connect and ready come once for each client, with the client', async () => {
  const store = redundant.store();
  const events = eventsOf(store);
  await trusted(store);
  for (const client of store.clients) {
    const own = events.all.filter(({ subject }) => subject === client);
    expect(own.map(({ name }) => name)).toEqual(['connect', 'ready']);
  }
  expect(events.all).toHaveLength(4);
});

test.each([0, 1])('a client that is ready again says so: number %i', async (index) => {
  const store = await redundant.trustedStore();
  const events = eventsOf(store);
  await redundant.members[index].restart();
  await until(() => events.named('ready').length > 0, { what: 'ready' });
  const client = store.clients[index];
  expect(events.named('connect', 'ready').map(({ subject }) => subject)).toEqual([client, client]);
});

test.each([0, 1])('errors tell their client: number %i', async (index) => {
  const store = await redundant.trustedStore();
  const events = eventsOf(store);
  await redundant.members[index].kill();
  await until(() => events.named('error').length > 1, { what: 'errors' });
  for (const { subject } of events.named('error')) {
    expect(subject).toBeInstanceOf(Error);
    expect(subject.code).toEqual(expect.any(String));
    expect(subject.client).toBe(store.clients[index]);
  }
});

test('errors end no process that does not listen for them', async () => {
  const store = await redundant.trustedStore();
  const heard = event(store.clients[1], 'error');
  await redundant.members[1].kill();
  await heard;
  await expect(store.set('a', { n: 1 })).resolves.toBe('OK');
});

describe('disconnect', () => {
  test('is not emitted while one server is there', async () => {
    const store = await redundant.trustedStore({ disconnectAfter: 50 });
    const events = eventsOf(store);
    const told = event(store.clients[1], 'disconnect');
    await redundant.members[1].kill();
    await told;
    await store.set('a', {});
    expect(events.named('disconnect')).toEqual([]);
  });

  test('is emitted once when all are away, and connect ends it', async () => {
    const store = await redundant.trustedStore({ disconnectAfter: 50 });
    const events = eventsOf(store);
    const disconnected = event(store, 'disconnect');
    await Promise.all(redundant.members.map((member) => member.kill()));
    await disconnected;
    for (const index of [0, 1]) await standing(store, index, 'away');
    expect(events.named('disconnect')).toHaveLength(1);
    events.clear();
    const connected = event(store, 'connect');
    await redundant.members[1].start();
    await expect(connected).resolves.toBe(store.clients[1]);
    await expect(store.set('a', {})).resolves.toBe('OK');
    expect(events.named('disconnect')).toEqual([]);
  });

  test('comes when the second one goes, however long the first has been away', async () => {
    const store = await redundant.trustedStore({ disconnectAfter: 50 });
    const events = eventsOf(store);
    const told = event(store.clients[0], 'disconnect');
    await redundant.members[0].kill();
    await told;
    expect(events.named('disconnect')).toEqual([]);
    const disconnected = event(store, 'disconnect');
    await redundant.members[1].kill();
    await disconnected;
    const connected = event(store, 'connect');
    await redundant.members[0].start();
    await connected;
    expect(events.named('disconnect')).toHaveLength(1);
  });

  test('does not come for an outage that is shorter than disconnectAfter', async () => {
    const store = await redundant.trustedStore({ disconnectAfter: PATIENCE });
    const events = eventsOf(store);
    await Promise.all(redundant.members.map((member) => member.kill()));
    for (const index of [0, 1]) await standing(store, index, 'away');
    await redundant.members[0].start();
    await until(() => events.named('ready').length > 0, { what: 'ready' });
    expect(events.named('disconnect')).toEqual([]);
  });

  test('is emitted by a store that is made of clients in an outage', async () => {
    const clients = redundant.clients.map((options) =>
      redundant.track(createClient({ ...options, ...HASTY, disconnectAfter: 50 })),
    );
    await Promise.all(clients.map((client) => event(client, 'ready')));
    const told = clients.map((client) => event(client, 'disconnect'));
    await Promise.all(redundant.members.map((member) => member.kill()));
    await Promise.all(told);
    const store = redundant.track(new RedisStore({ clients }));
    await event(store, 'disconnect');
    const connected = event(store, 'connect');
    await redundant.members[0].start();
    await connected;
  });

  test('is not emitted by a store that is made of clients of which one is in an outage', async () => {
    const clients = redundant.clients.map((options) =>
      redundant.track(createClient({ ...options, ...HASTY, disconnectAfter: 50 })),
    );
    await Promise.all(clients.map((client) => event(client, 'ready')));
    const told = event(clients[0], 'disconnect');
    await redundant.members[0].kill();
    await told;
    const store = redundant.track(new RedisStore({ clients }));
    const events = eventsOf(store);
    await expect(store.set('a', {})).resolves.toBe('OK');
    expect(events.named('disconnect')).toEqual([]);
  });
});

test('express-session serves without a session in an outage of all, and with one after it', async () => {
  const store = await redundant.trustedStore({ disconnectAfter: 50, commandTimeout: PATIENCE });
  const app = redundant.track(await startApp(store));
  const visitor = app.visitor();
  await visitor.post('/login/ann');
  await until(async () => Math.min(...(await sizes())) === 1, { what: 'the session on both' });
  const disconnected = event(store, 'disconnect');
  await Promise.all(redundant.members.map((member) => member.kill()));
  await disconnected;
  await expect(visitor.get('/who')).resolves.toMatchObject({ status: 200, user: null });
  const connected = event(store, 'connect');
  await redundant.members[1].start();
  await connected;
  await expect(visitor.get('/who')).resolves.toMatchObject({ status: 200, user: 'ann' });
});

test('nothing is emitted after close', async () => {
  const store = await redundant.trustedStore();
  const events = eventsOf(store);
  await store.close();
  await redundant.members[0].restart();
  expect(events.all).toEqual([]);
});

const sizes = () => Promise.all(redundant.admins.map((admin) => admin.dbSize()));
