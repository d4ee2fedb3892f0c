'use strict';

// An Express application that counts visits, on whatever session middleware and store, and the
// visitors of any HTTP server.

const { once } = require('node:events');
const http = require('node:http');
const express = require('express');

/** A browser, as far as sessions go. */
class Visitor {
  cookie = '';
  /** The session cookie of the last response, if it set one. */
  setCookie = '';
  #url;

  constructor(url) {
    this.#url = url;
  }

  get(path, headers) {
    return this.#ask('GET', path, headers);
  }

  post(path, headers) {
    return this.#ask('POST', path, headers);
  }

  /** The same visitor at another application. */
  movesTo(app) {
    const visitor = app.visitor();
    visitor.cookie = this.cookie;
    return visitor;
  }

  async #ask(method, path, headers = {}) {
    const cookie = this.cookie ? { cookie: this.cookie } : {};
    const response = await fetch(this.#url + path, { method, headers: { ...cookie, ...headers } });
    this.setCookie = response.headers.getSetCookie()[0] ?? '';
    if (this.setCookie) this.cookie = this.setCookie.split(';')[0];
    return { status: response.status, ...(await response.json()) };
  }
}

/**
 * @param {string} url
 * @param {() => Promise<void>} end
 */
function served(url, end) {
  let closed;
  // Safe to call twice: by a test, and after it.
  return { url, close: () => (closed ??= end()), visitor: () => new Visitor(url) };
}

/** Serves an Express application, or any other function of request and response. */
async function serve(app) {
  const server = http.createServer(app);
  // Else it closes a connection that has been idle for a while just when it is asked again.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return served(`http://127.0.0.1:${server.address().port}`, async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });
}

/**
 * @param {any} store
 * @param {{ middleware?: any, session?: object, routes?: (app: any) => void }} [options]
 *   `middleware`: the session middleware, by default express-session as it is installed;
 *   `session`: its options
 */
async function startCounterApp(store, { middleware, session = {}, routes } = {}) {
  const app = express();
  app.use(
    (middleware ?? require('express-session'))({
      store,
      secret: 'for tests only',
      resave: false,
      saveUninitialized: false,
      cookie: { maxAge: 60_000 },
      ...session,
    }),
  );
  app.post('/login/:user', (req, res) => {
    req.session.user = req.params.user;
    req.session.visits = 0;
    res.json({ id: req.sessionID });
  });
  app.get('/visit', (req, res) => {
    if (req.session.user) req.session.visits++;
    res.json({ user: req.session.user ?? null, visits: req.session.visits ?? null });
  });
  app.get('/who', (req, res) => {
    const { expires, originalMaxAge } = req.session.cookie;
    res.json({ id: req.sessionID, user: req.session.user ?? null, expires, originalMaxAge });
  });
  app.post('/save', (req, res, next) => {
    req.session.save((error) => (error ? next(error) : res.json({ id: req.sessionID })));
  });
  app.post('/logout', (req, res, next) => {
    req.session.destroy((error) => (error ? next(error) : res.json({})));
  });
  routes?.(app);
  app.use((error, req, res, next) => {
    if (res.headersSent) return next(error);
    res.status(500).json({ code: error.code ?? null, message: error.message });
  });
  return serve(app);
}

module.exports = { serve, served, startCounterApp };
