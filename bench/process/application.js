'use strict';

// A whole Express application in a process of its own: express, express-session, one store.

const express = require('express');
const session = require('express-session');

const { serve } = require('./serve');
const { DAY, makeSession } = require('./session');
const { SUBJECTS } = require('../subjects');

/** @type {import('node:http').Server} */
let server;
/** @type {() => unknown} */
let closeStore = () => {};
let cpuBefore = process.cpuUsage();

/**
 * The middleware with the store under test; undefined: none.
 * @param {string} subject
 * @param {any} redis
 */
async function sessions(subject, redis) {
  if (subject === 'none') return undefined;
  let store;
  if (subject === 'memory') store = new session.MemoryStore();
  else {
    const opened = await /** @type {any} */ (SUBJECTS[subject]).open(redis);
    store = opened.sessionStore ?? opened.store;
    closeStore = opened.close;
  }
  return session({
    store,
    secret: 'of the benchmark',
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: DAY, httpOnly: true, sameSite: 'lax' },
  });
}

/** @param {any} middleware */
function createApplication(middleware) {
  const application = express();
  application.disable('x-powered-by');
  if (middleware) application.use(middleware);
  const greet = (/** @type {any} */ request, /** @type {any} */ response) => {
    const visitor = request.session ?? { user: { name: 'Ada Lovelace' }, visitor: 0 };
    response.type('text').send(`Hello ${visitor.user.name}, visitor ${visitor.visitor}`);
  };
  // Loads the session and renews it.
  application.get('/', greet);
  // Loads the session, changes it and saves it.
  application.get('/count', (request, response) => {
    if (request.session) /** @type {any} */ (request.session).views++;
    greet(request, response);
  });
  application.get('/login/:visitor', (request, response) => {
    const { cookie: _, ...data } = makeSession();
    if (request.session) {
      Object.assign(request.session, data, { visitor: Number(request.params.visitor) });
    }
    greet(request, response);
  });
  return application;
}

serve({
  async open({ subject, redis }) {
    const application = createApplication(await sessions(subject, redis));
    return new Promise((resolve) => {
      server = application.listen(0, '127.0.0.1', () => {
        resolve({ port: /** @type {any} */ (server.address()).port });
      });
      // Its connections wait while the others have their rounds.
      server.keepAliveTimeout = 0;
    });
  },
  start() {
    cpuBefore = process.cpuUsage();
  },
  /** @returns {number} microseconds of CPU since `start`, of all threads */
  stop() {
    const { user, system } = process.cpuUsage(cpuBefore);
    return user + system;
  },
  async close() {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await closeStore();
  },
});
