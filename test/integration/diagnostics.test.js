'use strict';

// The channels of node:diagnostics_channel: what is published, and that nothing is made for nobody.

const { channel, subscribe, unsubscribe } = require('node:diagnostics_channel');
const path = require('node:path');

jest.mock('../../lib/diagnostics', () => {
  const real = jest.requireActual('../../lib/diagnostics');
  return { ...real, observe: jest.fn(real.observe) };
});

const { observe } = require('../../lib/diagnostics');
const { runScript } = require('../helpers/child');
const { failure } = require('../helpers/outcome');
const { until } = require('../helpers/until');
const { useRedis } = require('../helpers/use-redis');

const COMMAND = 'connect-hiredis:command';
const CONNECTION = 'connect-hiredis:connection';
const backoff = { min: 5, max: 50 };
const event = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));

// A server that a failing test left stopped, or dead, would hold up all that follow.
afterEach(async () => {
  if (redis.server.process) await redis.server.kill('SIGCONT');
  else await redis.server.start();
});

const redis = useRedis();

const listening = [];
afterEach(() => listening.splice(0).forEach(([name, listener]) => unsubscribe(name, listener)));

/** What is published from now on. */
function listen(name) {
  const messages = [];
  const listener = (message, channelName) => messages.push({ ...message, channelName });
  subscribe(name, listener);
  listening.push([name, listener]);
  return messages;
}

async function readyStore(options) {
  const store = redis.store({ backoff, ...options });
  await event(store, 'ready');
  return store;
}

async function collect(sessions) {
  for await (const _ of sessions);
}

const keep = (session) => session;
/** What is called, and the operations that it takes. */
const operations = [
  ['get', (store) => store.get('a'), ['get']],
  ['set', (store) => store.set('a', {}), ['set']],
  ['touch', (store) => store.touch('a', {}), ['touch']],
  ['destroy', (store) => store.destroy('a'), ['destroy']],
  ['clear', (store) => store.clear(), ['clear']],
  ['length', (store) => store.length(), ['length']],
  ['ids', (store) => store.ids(), ['scan']],
  ['all', (store) => store.all(), ['scan']],
  ['access.get', ({ access }) => access.get('a'), ['get']],
  ['access.set', ({ access }) => access.set('a', {}), ['set']],
  ['access.touch', ({ access }) => access.touch('a', {}), ['touch']],
  ['access.destroy', ({ access }) => access.destroy('a'), ['destroy']],
  ['access.clear', ({ access }) => access.clear(), ['clear']],
  ['access.length', ({ access }) => access.length(), ['length']],
  ['access.ids', ({ access }) => access.ids(), ['scan']],
  ['access.all', ({ access }) => access.all(), ['scan']],
  ['access.scan', ({ access }) => collect(access.scan()), ['scan']],
  ['access.getMany', ({ access }) => access.getMany(['a', 'b']), ['getMany']],
  ['access.update', ({ access }) => access.update('a', keep), ['get', 'replace']],
  ['access.exists', ({ access }) => access.exists('a'), ['exists']],
  ['access.ttl', ({ access }) => access.ttl('a'), ['ttl']],
];

describe(COMMAND, () => {
  test.each(operations)('tells of %s when it succeeds', async (_, run, names) => {
    const store = await readyStore();
    await store.set('a', {});
    const messages = listen(COMMAND);
    await run(store);
    expect(messages).toEqual(
      names.map((operation) => ({
        client: store.client,
        operation,
        duration: expect.any(Number),
        code: undefined,
        channelName: COMMAND,
      })),
    );
    for (const { duration } of messages) expect(duration).toBeGreaterThan(0);
  });

  test.each(operations)('tells of %s when it is refused at once', async (_, run, names) => {
    const store = redis.store({ backoff, queue: false });
    const messages = listen(COMMAND);
    await expect(run(store)).rejects.toMatchObject({ code: 'ERR_REDIS_QUEUE_FULL' });
    expect(messages).toMatchObject([{ operation: names[0], code: 'ERR_REDIS_QUEUE_FULL' }]);
    await store.close();
    await expect(run(store)).rejects.toMatchObject({ code: 'ERR_REDIS_CLOSED' });
    expect(messages).toMatchObject([{}, { operation: names[0], code: 'ERR_REDIS_CLOSED' }]);
    expect(messages[1].client).toBe(store.client);
  });

  test('tells the code of an operation that Redis refused', async () => {
    await redis.admin.hSet('sess:hash', 'field', 'value');
    const store = await readyStore();
    const messages = listen(COMMAND);
    await failure((callback) => store.get('hash', callback));
    await store.get('other');
    expect(messages).toMatchObject([
      { operation: 'get', code: 'ERR_REDIS_REPLY' },
      { operation: 'get', code: undefined },
    ]);
  });

  test('tells of a session that cannot be parsed, whenever that shows', async () => {
    await redis.admin.set('sess:garbage', 'no JSON');
    const parse = jest.fn(JSON.parse);
    const later = async (text) => parse(text);
    const messages = listen(COMMAND);
    for (const serializer of [JSON, { parse: later, stringify: JSON.stringify }]) {
      const store = await readyStore({ serializer });
      const error = await failure((callback) => store.get('garbage', callback));
      expect(error.code).toBe('ERR_SESSION_PARSE');
    }
    expect(parse).toHaveBeenCalledTimes(1);
    const told = { operation: 'get', code: 'ERR_SESSION_PARSE' };
    expect(messages).toMatchObject([told, told]);
  });

  test('tells how long it took, to its deadline', async () => {
    const store = await readyStore({ commandTimeout: 200 });
    await redis.server.kill('SIGSTOP');
    const messages = listen(COMMAND);
    await failure((callback) => store.set('a', {}, callback));
    expect(messages).toMatchObject([{ operation: 'set', code: 'ERR_REDIS_TIMEOUT' }]);
    expect(messages[0].duration).toBeGreaterThan(199);
  });

  test('tells once of an operation that was sent twice', async () => {
    const store = await readyStore();
    const messages = listen(COMMAND);
    await redis.server.kill('SIGSTOP');
    const waiting = store.set('a', {});
    await redis.server.kill();
    await redis.server.restart();
    await expect(waiting).resolves.toBe('OK');
    expect(messages).toMatchObject([{ operation: 'set', code: undefined }]);
  });

  test('tells before the callback is called, which may listen no more', async () => {
    const store = await readyStore();
    const messages = listen(COMMAND);
    const told = await new Promise((resolve) => store.get('a', () => resolve(messages.length)));
    expect(told).toBe(1);
  });

  test('tells of what begins after somebody listens', async () => {
    const store = await readyStore();
    const before = store.get('a');
    const messages = listen(COMMAND);
    const after = store.destroy('a');
    await Promise.all([before, after]);
    expect(messages).toMatchObject([{ operation: 'destroy' }]);
  });

  test('costs nothing when nobody listens', async () => {
    const store = await readyStore();
    const publish = jest.spyOn(channel(COMMAND), 'publish');
    try {
      expect(channel(COMMAND).hasSubscribers).toBe(false);
      observe.mockClear();
      for (const [, run] of operations) await run(store);
      expect(observe).not.toHaveBeenCalled();
      expect(publish).not.toHaveBeenCalled();
    } finally {
      publish.mockRestore();
    }
    listen(COMMAND);
    await store.get('a');
    expect(observe).toHaveBeenCalledTimes(1);
  });
});

describe(CONNECTION, () => {
  test('tells the life of a connection', async () => {
    const messages = listen(CONNECTION);
    const client = redis.client({
      backoff,
      disconnectAfter: 500,
      credentials: () => ({ username: 'default', password: '' }),
    });
    // Clients of the tests before may still be told of the outage.
    const mine = () => messages.filter((message) => message.client === client);
    const told = (name) => mine().filter((message) => message.event === name).length;
    await until(() => told('ready') === 1, { what: 'ready' });
    await redis.server.kill();
    await until(() => told('disconnect') === 1, { what: 'disconnect' });
    await redis.server.restart();
    await until(() => told('ready') === 2, { what: 'ready again' });
    await client.close();

    // There may be many errors in an outage, and connections to a server that is not ready yet.
    const order = mine()
      .map((message) => message.event)
      .filter((name, n, all) => name !== all[n - 1]);
    expect(order.slice(0, 3)).toEqual(['connect', 'ready', 'error']);
    expect(order.slice(-3)).toEqual(['connect', 'ready', 'close']);
    expect(order.filter((name) => name !== 'error' && name !== 'connect')).toEqual([
      'ready',
      'disconnect',
      'ready',
      'close',
    ]);
    for (const { event: name, code, channelName, ...rest } of mine()) {
      expect(rest).toEqual({ client });
      expect(channelName).toBe(CONNECTION);
      expect(code).toEqual(name === 'error' ? expect.any(String) : undefined);
    }
    expect(mine().find(({ code }) => code).code).toBe('ECONNRESET');
  });

  test('publishes nothing when nobody listens', async () => {
    const publish = jest.spyOn(channel(CONNECTION), 'publish');
    try {
      const store = await readyStore();
      await store.close();
      expect(publish).not.toHaveBeenCalled();
    } finally {
      publish.mockRestore();
    }
  });
});

test('subscribers that throw disturb nobody: it is an uncaught exception of theirs', async () => {
  const fixture = path.join(__dirname, 'fixtures', 'throwing-subscribers.js');
  const { code, signal, lines, stderr } = await runScript(fixture, { args: [redis.server.url] });
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
  expect(JSON.parse(lines[0])).toEqual({
    results: ['OK', { n: 1 }, 1, null],
    calls: [1, 1, 1, 1],
    events: ['connect', 'ready', 'close'],
    // Four operations and three events.
    uncaught: Array(7).fill('subscriber'),
  });
});
