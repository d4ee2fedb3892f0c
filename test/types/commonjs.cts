// The package in a CommonJS module, by `import = require` and by named imports.

import connectHiredis = require('connect-hiredis');
import express = require('express');
import session = require('express-session');
import { RedisStore, createClient } from 'connect-hiredis';

// The class, and the same class by another name.
const store: RedisStore = new connectHiredis.RedisStore(createClient());
const sameClass: typeof connectHiredis.RedisStore = RedisStore;

// The factory gives a class bound to the middleware.
const BoundStore = connectHiredis(session);
const bound: connectHiredis.RedisStore = new BoundStore({ url: 'redis://127.0.0.1' });

// A store is what express-session takes.
const app = express();
app.use(session({ secret: 'x', resave: false, saveUninitialized: false, store }));
app.use(session({ secret: 'x', resave: false, saveUninitialized: false, store: bound }));
const asBase: session.Store = store;

// @ts-expect-error a factory needs something with a Store
connectHiredis({});
// @ts-expect-error there is no such export
connectHiredis.RedisStores;
// @ts-expect-error a store needs to know where the server is
new RedisStore();

export { app, asBase, sameClass };
