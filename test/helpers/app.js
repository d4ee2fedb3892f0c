'use strict';

// A small Express application over a store, and a visitor with a cookie jar.

const { once } = require('node:events');
const express = require('express');
const session = require('express-session');

/**
 * @param {any} store
 * @param {{ session?: object, routes?: (app: any) => void }} [options]
 */
async function startApp(store, { session: sessionOptions = {}, routes } = {}) {
  const app = express();
  app.use(
    session({
      store,
      secret: 'for tests only',
      resave: false,
      saveUninitialized: false,
      cookie: { maxAge: 60_000 },
      ...sessionOptions,
    }),
  );
  app.get('/who', (req, res) => {
    res.json({ id: req.sessionID ?? null, user: req.session?.user ?? null });
  });
  app.get('/cookie', (req, res) => {
    res.json({ expires: req.session.cookie.expires, maxAge: req.session.cookie.originalMaxAge });
  });
  app.post('/login/:user', (req, res) => {
    req.session.user = req.params.user;
    res.json({ id: req.sessionID });
  });
  app.post('/logout', (req, res, next) => {
    req.session.destroy((error) => (error ? next(error) : res.json({ id: null })));
  });
  app.post('/regenerate', (req, res, next) => {
    const { user } = req.session;
    req.session.regenerate((error) => {
      if (error) return next(error);
      req.session.user = user;
      res.json({ id: req.sessionID });
    });
  });
  app.post('/save', (req, res, next) => {
    req.session.save((error) => (error ? next(error) : res.json({ id: req.sessionID })));
  });
  routes?.(app);
  app.use((error, req, res, next) => {
    if (res.headersSent) return next(error);
    res.status(500).json({ code: error.code ?? null, message: error.message });
  });

  const server = app.listen(0, '127.0.0.1');
  // Else it closes a connection that has been idle for a while just when it is asked again.
  server.keepAliveTimeout = 0;
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  return {
    url,
    visitor: () => new Visitor(url),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A browser, as far as sessions go. */
class Visitor {
  cookie = '';
  /** The session cookie of the last response, if it set one. */
  setCookie = '';
  #url;

  constructor(url) {
    this.#url = url;
  }

  get(path) {
    return this.#ask('GET', path);
  }

  post(path) {
    return this.#ask('POST', path);
  }

  async #ask(method, path) {
    const headers = this.cookie ? { cookie: this.cookie } : {};
    const response = await fetch(this.#url + path, { method, headers });
    this.setCookie = response.headers.getSetCookie()[0] ?? '';
    if (this.setCookie) this.cookie = this.setCookie.split(';')[0];
    return { status: response.status, ...(await response.json()) };
  }
}

module.exports = { startApp };
