'use strict';

// cookie.expires × cookie.originalMaxAge as a store is given them: what get shows after set, what
// a request makes of it, what touch changes.

const assert = require('node:assert/strict');
const { Cookie } = require('express-session');
const { MINUTE, assertExpires, future, isEndless, lasting, promised } = require('../tools');

const EXPIRES = {
  'a Date': () => future(MINUTE),
  'an ISO string': () => future(MINUTE).toISOString(),
  null: () => null,
  false: () => false,
  undefined: () => undefined,
};
const MAX_AGES = { 'a number': MINUTE, null: null, undefined };

const dueOf = (expires) => (isEndless(expires) ? null : new Date(expires));

const combinations = Object.entries(EXPIRES).flatMap(([expiresName, makeExpires]) =>
  Object.entries(MAX_AGES).map(([maxAgeName, originalMaxAge]) => ({
    name: `expires ${expiresName}, originalMaxAge ${maxAgeName}`,
    makeCookie: () => ({ originalMaxAge, expires: makeExpires(), path: '/' }),
  })),
);

/** `set` and what `get` gives after it. */
async function setAndGet(lab, cookie) {
  const store = await lab.createStore();
  await lab.ask(store, 'set', 'a', { cookie, user: 'ann' });
  return { store, session: await lab.ask(store, 'get', 'a') };
}

const stored = combinations.map(({ name, makeCookie }) => ({
  title: `${name}: get gives the session, with this expiry and age`,
  async run(lab) {
    const cookie = makeCookie();
    const { session } = await setAndGet(lab, cookie);
    assert.equal(session.user, 'ann');
    assert.equal(session.cookie.path, '/');
    assert.equal(session.cookie.originalMaxAge, cookie.originalMaxAge);
    assertExpires(session.cookie, dueOf(cookie.expires));
  },
}));

const loaded = combinations
  // Without an age express-session takes the expiry for it, and refuses what is no number.
  .filter(({ name }) => name !== 'expires an ISO string, originalMaxAge undefined')
  .map(({ name, makeCookie }) => ({
    title: `${name}: a request loads the session, touches and saves it, and the next one has it`,
    async run(lab) {
      const { store } = await setAndGet(lab, makeCookie());
      store.generate = () => {};
      const session = await promised(store, 'load', 'a');
      assert.ok(session.cookie instanceof Cookie);
      assert.ok(isEndless(session.cookie.expires) || session.cookie.expires instanceof Date);
      session.user = 'bob';
      session.touch();
      const due = dueOf(session.cookie.expires);
      await promised(session, 'save');
      const next = await lab.ask(store, 'get', 'a');
      assert.equal(next.user, 'bob');
      assertExpires(next.cookie, due);
    },
  }));

const through = combinations.map(({ name, makeCookie }) => ({
  title: `${name}: touch keeps the session`,
  async run(lab) {
    const cookie = makeCookie();
    const { store } = await setAndGet(lab, cookie);
    await lab.ask(store, 'touch', 'a', { cookie, user: 'ann' });
    assert.equal((await lab.ask(store, 'get', 'a')).user, 'ann');
  },
  needs: ['touch'],
}));

const cases = [
  ...stored,
  ...loaded,
  ...through,
  {
    title: 'a Cookie of express-session, with a maxAge, is kept',
    async run(lab) {
      const session = lasting(MINUTE);
      const { session: got } = await setAndGet(lab, session.cookie);
      assert.equal(got.cookie.originalMaxAge, MINUTE);
      assertExpires(got.cookie, session.cookie.expires);
    },
  },
  {
    title: 'every attribute of the cookie comes back',
    async run(lab) {
      const attributes = {
        path: '/app',
        domain: 'example.org',
        secure: true,
        httpOnly: false,
        sameSite: 'strict',
        priority: 'high',
        partitioned: true,
      };
      const { session } = await setAndGet(lab, new Cookie({ ...attributes, maxAge: MINUTE }));
      const { originalMaxAge: _age, expires: _expires, ...rest } = session.cookie;
      assert.deepEqual(rest, attributes);
    },
  },
  {
    title: 'an originalMaxAge of half a second is no expiry by itself: expires decides',
    async run(lab) {
      const expires = future(MINUTE);
      const { session } = await setAndGet(lab, { originalMaxAge: 500, expires });
      assert.equal(session.cookie.originalMaxAge, 500);
      assertExpires(session.cookie, expires);
    },
  },
];

module.exports = { group: 'What a store is given as a cookie', cases };
