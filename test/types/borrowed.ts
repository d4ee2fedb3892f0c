// The clients of other packages, given to a store as they are.

import { createClient, createCluster } from 'redis';
import { Cluster, Redis } from 'ioredis';
import { type BorrowedClient, type StoreOptions, RedisStore } from 'connect-hiredis';

const nodeRedis = createClient();
const store = new RedisStore({ client: nodeRedis, prefix: 'a:', concurrencyMerge: true });
// The client keeps its type.
store.client.configGet('maxmemory').then((found) => found.maxmemory);
new RedisStore(nodeRedis).client.isReady.valueOf();

const options: StoreOptions = { client: new Redis(), prefix: 'a:' };
new RedisStore({ client: createCluster({ rootNodes: [] }) });
new RedisStore(new Cluster([])).client.nodes('master');
const any: BorrowedClient = { sendCommand: async (_words: string[]) => null };
new RedisStore({ client: any, ttl: 60 });
new RedisStore(options as StoreOptions & { client: BorrowedClient });

// @ts-expect-error no client
new RedisStore({ client: { url: 'redis://127.0.0.1' } });
// @ts-expect-error a connection is the client's own affair
new RedisStore({ client: nodeRedis, port: 6379 });
