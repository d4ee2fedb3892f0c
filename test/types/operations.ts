// Every operation by callback, by Promise and by access, with the types of its results.

import session = require('express-session');
import {
  type Client,
  type ClientStats,
  type RedisError,
  RedisStore,
  createClient,
} from 'connect-hiredis';

declare module 'express-session' {
  interface SessionData {
    user?: string;
  }
}

const client: Client = createClient();
const store = new RedisStore(client);
const data: session.SessionData = { cookie: new session.Cookie(), user: 'ann' };

/** Compiles only where the type of `value` is Expected, no wider and no narrower. */
function exactly<Expected>() {
  return <Actual>(
    _value: [Actual] extends [Expected] ? ([Expected] extends [Actual] ? Actual : never) : never,
  ) => {};
}

async function promises() {
  exactly<session.SessionData | null>()(await store.get('a'));
  exactly<'OK' | number | null>()(await store.set('a', data));
  exactly<'OK' | 'EXPIRED'>()(await store.touch('a', data));
  exactly<number>()(await store.destroy('a'));
  exactly<number>()(await store.clear());
  exactly<number>()(await store.length());
  exactly<string[]>()(await store.ids());
  for (const { id, user } of await store.all()) exactly<string>()(user ?? id);
  await store.close();
  await client.close();
}

async function more() {
  exactly<session.SessionData | null>()(
    await store.access.update('a', (found) => ({ ...found, user: 'bob' })),
  );
  await store.access.update('a', (found) => {
    found.user = 'bob';
  });
  await store.access.update('a', async (found) => found);
  exactly<(session.SessionData | null)[]>()(await store.access.getMany(['a', 'b']));
  for await (const { id, user } of store.access.scan({ count: 10 })) exactly<string>()(user ?? id);
  exactly<boolean>()(await store.access.exists('a'));
  exactly<number>()(await store.access.ttl('a'));
  store.ttl = 60;
  new RedisStore({ client, concurrencyMerge: true });
}

async function access() {
  exactly<session.SessionData | null>()(await store.access.get('a'));
  exactly<boolean>()(await store.access.set('a', data));
  exactly<boolean>()(await store.access.touch('a', data));
  exactly<boolean>()(await store.access.destroy('a'));
  exactly<number>()(await store.access.clear());
  exactly<number>()(await store.access.length());
  exactly<string[]>()(await store.access.ids());
  exactly<string>()((await store.access.all())[0]!.id);
  await store.access.close();
}

function callbacks() {
  store.get('a', (error, found) => {
    if (!error && found) exactly<string | undefined>()(found.user);
  });
  store.set('a', data, (_error, result) => exactly<'OK' | number | null | undefined>()(result));
  store.touch('a', data, (_error, result) => exactly<'OK' | 'EXPIRED' | undefined>()(result));
  store.destroy('a', (_error, count) => exactly<number | undefined>()(count));
  store.clear((_error, count) => exactly<number | undefined>()(count));
  store.length((_error, count) => exactly<number | undefined>()(count));
  store.ids((_error, ids) => exactly<string[] | undefined>()(ids));
  store.all((_error, sessions) => sessions?.map(({ id }) => exactly<string>()(id)));
  store.close((error) => error?.code);
  exactly<void>()(store.get('a', () => {}));
  // As express-session's own type of a store has it: a callback may take no argument at all.
  store.destroy('a', () => {});
}

function properties() {
  exactly<string>()(store.prefix);
  exactly<number>()(store.scanCount);
  exactly<boolean>()(store.disableTouch);
  exactly<boolean>()(store.disableTTL);
  exactly<Client>()(store.client);
  exactly<string>()(client.state);
  exactly<Client>()(client.unref().ref());
  if (typeof store.ttl === 'number') store.ttl.toFixed();
  // @ts-expect-error what a store was told cannot be changed later
  store.prefix = 'b:';
}

function events() {
  client.on('ready', () => {}).once('close', () => {});
  client.on('error', (error: RedisError) => {
    exactly<string | undefined>()(error.reply);
    exactly<number | undefined>()(error.port);
    exactly<Client | undefined>()(error.client);
    exactly<string | undefined>()(error.id);
    if (error.code === 'ERR_REDIS_TIMEOUT' || error.code === 'ECONNREFUSED') return;
  });
  store.on('connect', () => {}).on('disconnect', () => {});
}

function stats() {
  const all = client.stats();
  exactly<ClientStats>()(all);
  exactly<string>()(all.state);
  exactly<number>()(all.commands + all.replies + all.timeouts + all.reconnections);
  exactly<number>()(
    all.queueLength + all.queueBytes + all.inFlight + all.bytesSent + all.bytesReceived,
  );
  exactly<{ count: number; results: number; largest: number }>()(all.batches);
  for (const [code, count] of Object.entries(all.errors)) exactly<number>()(count + code.length);
  exactly<ClientStats>()(store.client.stats());
}

function refused() {
  // @ts-expect-error an id is a string
  store.get(5);
  // @ts-expect-error a session has a cookie
  store.set('a', { user: 'ann' });
  // @ts-expect-error set needs a session
  store.set('a');
  // @ts-expect-error access gives Promises only
  store.access.get('a', () => {});
  // @ts-expect-error ids come in an array
  store.access.getMany('a');
  // @ts-expect-error update needs a function
  store.access.update('a');
  // @ts-expect-error what it gives is a session
  store.access.update('a', () => 'ann');
  // @ts-expect-error count is a number
  store.access.scan({ count: 'many' });
  // @ts-expect-error a store has no statistics of its own
  store.stats();
  // @ts-expect-error statistics tell, they are not told
  client.stats({ reset: true });
  // @ts-expect-error a result may be null
  store.get('a').then((found) => found.user);
}

export { access, callbacks, events, more, promises, properties, refused, stats };
