// What throws at construction does not compile.
import { RedisStore, createClient } from 'connect-hiredis';

// @ts-expect-error it needs to know its server
new RedisStore();
// @ts-expect-error it needs to know its server
new RedisStore({});
// @ts-expect-error it needs to know its server
new RedisStore({ prefix: 'a:' });
// @ts-expect-error a misspelt option
new RedisStore({ client: createClient(), preifx: 'a:' });
// @ts-expect-error a Promise of a client
new RedisStore({ client: Promise.resolve(createClient()) });
// @ts-expect-error as node-redis has it
createClient({ socket: { host: '127.0.0.1', port: 6379 } });
// @ts-expect-error options come after the URL
createClient({ db: 1 }, { db: 2 });
