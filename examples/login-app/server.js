'use strict';

// A login, a visit counter and a logout with express-session and connect-hiredis.

const { randomBytes } = require('node:crypto');
const http = require('node:http');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

const express = require('express');
const session = require('express-session');
const { RedisStore } = require('connect-hiredis');

const views = require('./views');

const PASSWORD = 'hiredis';
const MAX_AGE = 30 * 60 * 1000;
const MAX_NAME = 40;
const COOKIE = 'login-app';

/**
 * express-session takes callbacks; this is one of its calls as a Promise.
 * @param {(done: (error?: unknown) => void) => void} call
 * @returns {Promise<void>}
 */
function finished(call) {
  return new Promise((resolve, reject) => {
    call((error) => (error ? reject(error) : resolve()));
  });
}

/**
 * @param {string} name
 * @param {unknown} password
 * @returns {{ field: 'name' | 'password', text: string } | undefined} what is wrong, and where
 */
function loginError(name, password) {
  if (!name) return { field: 'name', text: 'Please give a name.' };
  if (name.length > MAX_NAME) {
    return { field: 'name', text: `This name is longer than ${MAX_NAME} characters.` };
  }
  if (password !== PASSWORD) return { field: 'password', text: 'This is not the password.' };
  return undefined;
}

/**
 * The Express application.
 * @param {{ store: import('connect-hiredis').RedisStore, secret: string }} options
 */
function createApp({ store, secret }) {
  const app = express();
  const server = { pid: process.pid, startedAt: Date.now() - process.uptime() * 1000 };

  app.disable('x-powered-by');
  app.use((_request, response, next) => {
    response.set({
      'Content-Security-Policy': "default-src 'self'; frame-ancestors 'none'",
      'X-Content-Type-Options': 'nosniff',
    });
    next();
  });

  // Before the session, so that neither costs a round trip to Redis.
  app.get('/healthz', (_request, response) => {
    // A balancer is to send visitors elsewhere while this process cannot reach the sessions.
    const redis = store.client.state;
    const ok = redis === 'ready';
    response.status(ok ? 200 : 503).json({ ok, redis, ...server });
  });
  app.use(express.static(path.join(__dirname, 'public')));

  app.use((_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  app.use(
    session({
      store,
      secret,
      name: COOKIE,
      resave: false, // what did not change is not written again,
      rolling: true, // but each visit moves the end of the session,
      saveUninitialized: false, // and who has not logged in has no session
      cookie: { httpOnly: true, sameSite: 'lax', secure: 'auto', maxAge: MAX_AGE },
    }),
  );
  app.use((request, response, next) => {
    // express-session goes on without a session while the store is disconnected.
    if (request.session) return next();
    response
      .status(503)
      .send(`${views.errorPage(server, 'One moment', 'The session store cannot be reached.')}`);
  });

  app.get('/', (request, response) => {
    const { user, since = 0, slow = 0 } = request.session;
    if (user === undefined) {
      return void response.send(`${views.loginPage(server, { password: PASSWORD })}`);
    }
    const visits = (request.session.visits ?? 0) + 1;
    request.session.visits = visits;
    request.session.touch(); // now, so that the page tells the new end
    const expires = Number(request.session.cookie.expires);
    const visitor = { user, since, expires, maxAge: MAX_AGE, visits, slow };
    response.send(`${views.homePage(server, visitor)}`);
  });

  app.post('/login', express.urlencoded(), async (request, response) => {
    const name = String(request.body?.name ?? '').trim();
    const error = loginError(name, request.body?.password);
    if (error) {
      const form = { password: PASSWORD, name: name.slice(0, MAX_NAME), error };
      return void response.status(401).send(`${views.loginPage(server, form)}`);
    }
    // A new id: somebody may know the one from before the login (session fixation).
    await finished((done) => request.session.regenerate(done));
    Object.assign(request.session, { user: name, since: Date.now(), visits: 0 });
    // Saved before the redirect: the browser may follow it faster than the session is stored.
    await finished((done) => request.session.save(done));
    response.redirect(303, '/');
  });

  app.post('/logout', async (request, response) => {
    await finished((done) => request.session.destroy(done));
    response.clearCookie(COOKIE).redirect(303, '/');
  });

  // What goes wrong with other stores: log out while this runs, and see that it stays so.
  app.get('/slow', async (request, response) => {
    if (request.session.user === undefined) return void response.redirect(303, '/');
    const ms = Math.min(Math.max(Number(request.query.ms) || 0, 0), 60_000);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const page = views.slowPage(server, ms);
    response.type('html').write(page.start);
    try {
      await sleep(ms, undefined, { signal: gone.signal });
    } catch {
      return; // the visitor closed the page
    }
    request.session.slow = (request.session.slow ?? 0) + 1;
    await finished((done) => request.session.save(done));
    const stored = await new Promise((resolve, reject) => {
      store.get(request.sessionID, (error, found) => (error ? reject(error) : resolve(found)));
    });
    response.end(page.end(Boolean(stored)));
  });

  app.use((/** @type {express.Request} */ _request, /** @type {express.Response} */ response) => {
    response
      .status(404)
      .send(`${views.errorPage(server, 'Nothing here', 'There is no such page.', 'Home')}`);
  });

  /** @type {express.ErrorRequestHandler} */
  const onError = (error, _request, response, next) => {
    process.stderr.write(`${error?.stack ?? error}\n`);
    if (response.headersSent) return next(error);
    const message = 'The session could not be read or written.';
    response.status(500).send(`${views.errorPage(server, 'That went wrong', message)}`);
  };
  app.use(onError);

  return app;
}

/**
 * Starts to listen. Resolves with the address and a function that ends everything in good order.
 * @param {{ redisUrl: string, secret: string, port: number, host?: string }} options
 */
async function start({ redisUrl, secret, port, host = '127.0.0.1' }) {
  const store = new RedisStore({ url: redisUrl, prefix: 'login-app:' });
  store.on('error', (error) => process.stderr.write(`redis: ${error.message}\n`));

  const server = http.createServer(createApp({ store, secret }));
  let running = 0;
  let closing = false;
  // Browsers open connections ahead of their requests, and server.close() would wait for those.
  const closeIdle = () => {
    if (closing && running === 0) server.closeAllConnections();
  };
  server.on('request', (_request, response) => {
    running += 1;
    response.once('close', () => {
      running -= 1;
      closeIdle();
    });
  });

  await finished((done) => server.once('error', done).listen(port, host, done));
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://${host}:${address.port}`,
    async close() {
      closing = true;
      const closed = finished((done) => server.close(done));
      closeIdle();
      await closed;
      await store.close();
    },
  };
}

async function main() {
  const { PORT, REDIS_URL = 'redis://127.0.0.1:6379', SESSION_SECRET } = process.env;
  if (!SESSION_SECRET) {
    process.stderr.write('SESSION_SECRET is not set: a restart will log everybody out\n');
  }
  const secret = SESSION_SECRET || randomBytes(32).toString('hex');
  const running = await start({ redisUrl: REDIS_URL, secret, port: Number(PORT ?? 3000) });
  process.stdout.write(`listening on ${running.url} (pid ${process.pid})\n`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, running.close);
}

module.exports = { createApp, start, PASSWORD };

if (require.main === module) main();
