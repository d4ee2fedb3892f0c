// The clients of other packages: a store over one of them can be named without a type argument.
import { createClient as createNodeRedis } from 'redis';
import { Cluster, Redis } from 'ioredis';
import { RedisStore } from 'connect-hiredis';

const nodeRedis = createNodeRedis();
const store: RedisStore = new RedisStore({ client: nodeRedis });
export const stores: RedisStore[] = [
  store,
  new RedisStore(new Redis()),
  new RedisStore({ client: new Cluster([]), prefix: 'a:', commandTimeout: 1000 }),
];
export const ready: boolean = new RedisStore({ client: nodeRedis }).client.isReady;
