// A store is what express-session takes, with what the application adds to its sessions.
import session from 'express-session';
import { RedisStore } from 'connect-hiredis';

declare module 'express-session' {
  interface SessionData {
    cart?: string[];
  }
}

const store = new RedisStore('redis://127.0.0.1');
const base: session.Store = store;
export const middleware = session({ store, secret: 'x', resave: false, saveUninitialized: false });
export const carts = async () => (await store.access.get('a'))?.cart ?? base.constructor.name;
store.get('a', (_error, found) => found?.cart?.length);
