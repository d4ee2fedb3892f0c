// Events have types, of the store and of the client, whether express-session has its own or not.
import { type Client, type RedisError, RedisStore, createClient } from 'connect-hiredis';

const client = createClient().on('ready', () => {});
const store = new RedisStore({ client });
store.on('error', (error) => {
  const code: RedisError['code'] = error.code;
  return code;
});
store.once('disconnect', (lost: Client) => lost.state);
store.on('connect', (found) => found.close());
store.off('connect', () => {}).emit('error', new Error('of a test'));
client.on('error', (error) => error.reply?.toUpperCase());
// @ts-expect-error there is no such property
store.on('error', (error) => error.nonsense);
