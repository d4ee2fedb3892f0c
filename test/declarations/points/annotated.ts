// A store can be named by its type without an argument, whatever its client is.
import { type Client, RedisStore, createClient } from 'connect-hiredis';

const own: RedisStore = new RedisStore(createClient());
const borrowed: RedisStore = new RedisStore({
  client: { sendCommand: async (_words: string[]) => null },
});
const made = new RedisStore<Client>({ url: 'redis://127.0.0.1' });
export const state: string = made.client.state;
export const stores: RedisStore[] = [own, borrowed, made];
