// The package in an ES module: default and named imports, and types by name.

import session from 'express-session';
import connectHiredis, { RedisStore, createClient } from 'connect-hiredis';
import type {
  Access,
  Client,
  ClientOptions,
  RedisError,
  Serializer,
  SessionOptions,
  StoreOptions,
  StoredSession,
} from 'connect-hiredis';

const options: ClientOptions = { host: '::1', port: 6380, db: 1, backoff: { max: 500 } };
const client: Client = createClient(options);
const sessions: SessionOptions = { prefix: 'p:', ttl: 60 };
const storeOptions: StoreOptions = { client, ...sessions };
const store = new RedisStore(storeOptions);
const base: session.Store = store;

const Bound = connectHiredis(session);
const bound: RedisStore = new Bound(client);

const serializer: Serializer = store.serializer;
const access: Access = store.access;
const all: StoredSession[] = await access.all();
const ids: string[] = all.map(({ id }) => id);

client.on('error', (error: RedisError) => error.reply?.toUpperCase());

// @ts-expect-error the default export is no constructor of stores
new connectHiredis(client);
// @ts-expect-error there is no such type
import type { RedisClient } from 'connect-hiredis';

export { base, bound, ids, serializer };
