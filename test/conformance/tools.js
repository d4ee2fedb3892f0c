'use strict';

// What the cases have in common.

const assert = require('node:assert/strict');
const { Cookie } = require('express-session');
const { deferred } = require('../helpers/until');

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** The Date so many milliseconds from now. */
const future = (ms) => new Date(Date.now() + ms);

/** A session as a request has it, as far as a store sees: lives so long, with this data. */
function lasting(ms, data = {}) {
  const cookie = new Cookie({ maxAge: ms });
  // Cookie derives it from the clock, which may have gone on by a millisecond.
  cookie.originalMaxAge = ms;
  return { cookie, ...data };
}

/** A response's object as one of ours: Jest's fetch makes them of classes that assert tells apart. */
const plain = (value) => JSON.parse(JSON.stringify(value));

/** Whether a cookie ends with the browser. */
const isEndless = (expires) => expires === undefined || expires === null || expires === false;

/**
 * Asserts that `cookie.expires` is `due`, or that both mean no expiry.
 * @param {any} cookie
 * @param {Date | null} due
 * @param {number} [slack] milliseconds by which it may differ: what the way there may have taken,
 *   on a machine that is busy
 */
function assertExpires(cookie, due, slack = 10 * SECOND) {
  if (due === null) {
    assert.ok(isEndless(cookie.expires), `expires ${cookie.expires} instead of never`);
    return;
  }
  assert.ok(!isEndless(cookie.expires), 'expires never');
  const wrong = new Date(cookie.expires).getTime() - due.getTime();
  assert.ok(Math.abs(wrong) <= slack, `expires ${wrong} ms from when it should`);
}

/**
 * An application whose session is changed by `change(req)` at POST /change, and told by GET /.
 * @param {import('../helpers/lab').Lab} lab
 * @param {object} [options] of express-session
 * @param {(req: any) => any} [change] may be asynchronous
 */
async function startVisit(lab, options, change = () => {}) {
  const store = await lab.createStore();
  const app = await lab.startApp(store, {
    session: options,
    routes(routes) {
      routes.post('/change', async (req, res) => {
        await change(req);
        res.json({ id: req.sessionID });
      });
      routes.get('/session', (req, res) => {
        const { cookie, ...data } = req.session;
        const { expires, originalMaxAge } = cookie;
        res.json({ id: req.sessionID, data, expires: expires ?? null, originalMaxAge });
      });
    },
  });
  return { store, app, visitor: app.visitor() };
}

/** An application with a request that waits, its session loaded, until `release` is called. */
async function startSlow(lab, options, change) {
  const arrived = deferred();
  const released = deferred();
  const visit = await startVisit(lab, options, async (req) => {
    arrived.resolve();
    await released.promise;
    await change?.(req);
  });
  const { id } = await visit.visitor.post('/login/ann');
  const slow = visit.visitor.post('/change');
  await arrived.promise;
  return {
    ...visit,
    id,
    async release() {
      released.resolve();
      return slow;
    },
  };
}

/** The Date of a Set-Cookie header; null if it has none. */
function expiresOf(setCookie) {
  const found = /expires=([^;]+)/i.exec(setCookie);
  return found ? new Date(found[1]) : null;
}

/** A method of a request's session, as a Promise. */
const promised = (sessionOrStore, method, ...args) =>
  new Promise((resolve, reject) => {
    sessionOrStore[method](...args, (error, result) => (error ? reject(error) : resolve(result)));
  });

module.exports = {
  SECOND,
  MINUTE,
  future,
  lasting,
  plain,
  isEndless,
  assertExpires,
  startSlow,
  startVisit,
  expiresOf,
  promised,
};
