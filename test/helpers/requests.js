'use strict';

// Requests as express-session makes them, without HTTP around them.

const { Session } = require('express-session');

/** What express-session stores for a visitor: `fields`, and a cookie that lives for `ms`. */
const fresh = (fields, ms = 60_000) => ({
  cookie: { originalMaxAge: ms, expires: new Date(Date.now() + ms), httpOnly: true, path: '/' },
  ...fields,
});

/** The session of a request that comes with the cookie of `sid`. */
async function load(store, sid) {
  const request = { sessionID: sid, sessionStore: store };
  store.createSession(request, await store.get(sid));
  return request.session;
}

/** The session of a request that comes without a cookie and is given `sid`. */
function create(store, sid, fields) {
  const request = { sessionID: sid, sessionStore: store };
  request.session = new Session(request, fresh(fields));
  return request.session;
}

module.exports = { create, fresh, load };
