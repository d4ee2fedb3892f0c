// An option that is undefined is as if it was not given, also under exactOptionalPropertyTypes.
import { RedisStore, createClient } from 'connect-hiredis';

const { REDIS_URL, REDIS_PORT, PREFIX } = process.env;
createClient(REDIS_URL);
createClient({ url: REDIS_URL, password: undefined, backoff: { min: undefined } });
createClient(REDIS_URL, { db: undefined });
export const store = new RedisStore({ url: REDIS_URL, prefix: PREFIX, ttl: undefined });
export const other = new RedisStore({ port: REDIS_PORT, serializer: undefined });
