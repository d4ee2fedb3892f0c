// Every option as a user writes it, and what the compiler must refuse.

import { type ClientOptions, type Credentials, RedisStore, createClient } from 'connect-hiredis';
import { deserialize, serialize } from 'node:v8';

// Every form of construction.
new RedisStore(createClient());
new RedisStore({ client: createClient('redis://127.0.0.1') });
new RedisStore({ client: createClient(new URL('redis://127.0.0.1')), prefix: 'a:' });
new RedisStore({ url: 'redis://user:pass@host:6379/2' });
new RedisStore({ url: new URL('unix:/run/redis.sock') });
new RedisStore({ host: 'localhost', port: 6379, db: 2, username: 'web', pass: 'x' });
new RedisStore({ path: '/run/redis.sock', database: 2, password: 'x' });
new RedisStore({ socket: '/run/redis.sock' });
new RedisStore('redis://127.0.0.1');
new RedisStore(new URL('redis://127.0.0.1'));
createClient('redis://127.0.0.1', { db: 3 });
// As environment variables are: strings, or undefined.
new RedisStore({ url: process.env.REDIS_URL });
new RedisStore({
  host: process.env.REDIS_HOST,
  port: process.env.REDIS_PORT,
  ttl: process.env.TTL,
});
createClient(process.env.REDIS_URL, { port: process.env.REDIS_PORT });

// Every option of a store.
new RedisStore({
  url: 'redis://127.0.0.1',
  prefix: 'app:',
  ttl: 3600,
  disableTTL: false,
  disableTouch: true,
  touchAfter: 30,
  scanCount: 500,
  serializer: JSON,
  unref: true,
});
new RedisStore({ port: 6379, ttl: false });
new RedisStore({ port: 6379, ttl: (session, sid) => (sid ? session.seconds : false) });
new RedisStore({
  port: 6379,
  serializer: { parse: deserialize, stringify: serialize, binary: true },
});
new RedisStore({
  port: 6379,
  serializer: {
    parse: async (text: string) => JSON.parse(text),
    stringify: async (session: unknown) => JSON.stringify(session),
  },
});

// Every option of a client.
createClient({
  clientName: false,
  connectTimeout: 1000,
  commandTimeout: 500,
  queue: false,
  backoff: { min: 10, max: 100 },
  disconnectAfter: 1000,
  unref: true,
});
createClient({ clientName: 'web', queue: 100 });
createClient({ queue: { commands: 100, bytes: 1e6 } });
createClient({ queue: { bytes: 1e6 } });
createClient({ pingInterval: 30_000 });
new RedisStore({ port: 6379, pingInterval: false });
createClient({ credentials: () => ({ password: 'x' }) });
createClient({ credentials: async () => ({ username: 'web', password: 'x' }) });
createClient({ credentials: () => ({ password: 'x', expiresAt: Date.now() + 1000 }) });
new RedisStore({
  port: 6379,
  credentials: async () => ({ username: 'web', password: 'x', expiresAt: new Date() }),
});
const rotate: NonNullable<ClientOptions['credentials']> = (): Credentials => ({ password: 'x' });
createClient({ credentials: rotate });

const redundant = new RedisStore({
  clients: [{ port: 6379 }, 'redis://127.0.0.1:6380', createClient({ socket: '/run/redis.sock' })],
  pass: 'secret',
  unref: true,
  prefix: 'session',
});
const standings: string[] = redundant.clients.map(
  (client) => client.stats().redundancy?.standing ?? 'alone',
);
console.log(standings);

// @ts-expect-error an option that does not exist
new RedisStore({ port: 6379, prefx: 'a:' });
// @ts-expect-error a prefix is a string
new RedisStore({ port: 6379, prefix: 5 });
// @ts-expect-error true is no ttl
new RedisStore({ port: 6379, ttl: true });
// @ts-expect-error a ttl function gives seconds
new RedisStore({ port: 6379, ttl: () => 'a day' });
// @ts-expect-error a serializer needs both
new RedisStore({ port: 6379, serializer: { parse: JSON.parse } });
// @ts-expect-error stringify gives something to store
new RedisStore({ port: 6379, serializer: { parse: JSON.parse, stringify: () => 5 } });
// @ts-expect-error not delivered yet
new RedisStore({ port: 6379, cache: true });
// @ts-expect-error each of several servers has a port of its own
new RedisStore({ clients: [{ port: 6379 }], port: 6380 });
// @ts-expect-error a store needs to know its server
new RedisStore({});
// @ts-expect-error options of sessions do not say where they are
new RedisStore({ prefix: 'a:' });
// @ts-expect-error two objects
createClient({ port: 1 }, { db: 1 });
// @ts-expect-error a list
new RedisStore({ clients: { port: 6379 } });
// @ts-expect-error a client has one server
createClient({ clients: [{ port: 6379 }] });
// @ts-expect-error a client is one from createClient
new RedisStore({ client: { get() {}, set() {} } });
// @ts-expect-error options of a store are none of a client
createClient({ prefix: 'a:' });
// @ts-expect-error an interval is a number
createClient({ pingInterval: true });
// @ts-expect-error credentials are given by a function
createClient({ credentials: { password: 'x' } });
// @ts-expect-error there is no way in without a password
createClient({ credentials: () => ({ username: 'web' }) });
// @ts-expect-error a function that gives nothing
createClient({ credentials: async () => {} });
// @ts-expect-error an expiry is a Date or a number
createClient({ credentials: () => ({ password: 'x', expiresAt: 'tomorrow' }) });
// @ts-expect-error a queue is bounded by a number
createClient({ queue: true });
// @ts-expect-error its bounds are numbers
createClient({ queue: { commands: false } });
