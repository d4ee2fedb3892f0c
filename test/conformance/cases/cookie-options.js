'use strict';

// The cookie in an application: as the options make it, and as a request changes it.

const assert = require('node:assert/strict');
const {
  MINUTE,
  SECOND,
  assertExpires,
  expiresOf,
  future,
  plain,
  startSlow,
  startVisit,
} = require('../tools');

const HOUR = 60 * MINUTE;

/** [what is given, the option, milliseconds that the session lives; null: to the browser's end] */
const options = [
  ['nothing', () => ({}), null],
  ['maxAge a number', () => ({ maxAge: MINUTE }), MINUTE],
  ['maxAge null', () => ({ maxAge: null }), null],
  ['maxAge undefined', () => ({ maxAge: undefined }), null],
  ['expires a Date', () => ({ expires: future(MINUTE) }), MINUTE],
  ['expires null', () => ({ expires: null }), null],
  ['expires false', () => ({ expires: false }), null],
  ['expires undefined', () => ({ expires: undefined }), null],
  ['maxAge null, expires a Date', () => ({ maxAge: null, expires: future(MINUTE) }), MINUTE],
  ['maxAge a number, expires null', () => ({ maxAge: MINUTE, expires: null }), null],
  ['expires null, maxAge a number', () => ({ expires: null, maxAge: MINUTE }), MINUTE],
  ['expires a Date, maxAge a number', () => ({ expires: future(HOUR), maxAge: MINUTE }), MINUTE],
  ['a function that gives a maxAge', () => () => ({ maxAge: MINUTE }), MINUTE],
];

const made = options.map(([name, makeCookie, life]) => ({
  title: `cookie option with ${name}: the session lives as long, and goes on living by use`,
  async run(lab) {
    const { visitor } = await startVisit(lab, { cookie: makeCookie() });
    const due = () => (life === null ? null : future(life));
    await visitor.post('/login/ann');
    assert.equal(expiresOf(visitor.setCookie) !== null, life !== null);
    let age;
    for (let visit = 0; visit < 3; visit++) {
      const { data, expires, originalMaxAge } = await visitor.get('/session');
      assert.deepEqual(plain(data), { user: 'ann' });
      assertExpires({ expires }, due());
      // It must not wear away from request to request.
      if (visit > 0) assert.equal(originalMaxAge, age);
      age = originalMaxAge;
    }
  },
}));

const starts = [
  ['a minute', () => ({ maxAge: MINUTE })],
  ['no end', () => ({ maxAge: null })],
];

/** [what, the change, milliseconds that the session lives from then on; 0: it is over] */
const changes = [
  ['maxAge to a longer time', (cookie) => (cookie.maxAge = HOUR), HOUR],
  ['maxAge to a shorter time', (cookie) => (cookie.maxAge = 30 * SECOND), 30 * SECOND],
  ['maxAge to null', (cookie) => (cookie.maxAge = null), null],
  ['expires to a Date', (cookie) => (cookie.expires = future(HOUR)), HOUR],
  ['expires to null', (cookie) => (cookie.expires = null), null],
  ['expires to false', (cookie) => (cookie.expires = false), null],
  ['originalMaxAge to a longer time', (cookie) => (cookie.originalMaxAge = HOUR), HOUR],
  ['maxAge to 0', (cookie) => (cookie.maxAge = 0), 0],
  ['expires to a past Date', (cookie) => (cookie.expires = future(-MINUTE)), 0],
];

const changed = starts.flatMap(([startName, makeCookie]) =>
  changes.map(([changeName, change, life]) => ({
    title: `a request with data of its own changes ${changeName}, from ${startName}`,
    async run(lab) {
      const { store, visitor } = await startVisit(lab, { cookie: makeCookie() }, (req) => {
        req.session.changed = true;
        change(req.session.cookie);
      });
      const { id } = await visitor.post('/login/ann');
      await visitor.post('/change');
      if (life === 0) {
        assert.ok(!(await lab.ask(store, 'get', id)));
        return;
      }
      // As the next request has it, and, renewed by that one, the one after it.
      for (let visit = 0; visit < 2; visit++) {
        const stored = await lab.ask(store, 'get', id);
        assertExpires(stored.cookie, life === null ? null : future(life));
        const { data } = await visitor.get('/session');
        assert.deepEqual(plain(data), { user: 'ann', changed: true });
      }
    },
  })),
);

/** Attributes that a request may change, and what it changes them to. */
const attributes = {
  path: '/somewhere',
  domain: 'example.org',
  httpOnly: false,
  secure: true,
  sameSite: 'strict',
  priority: 'high',
  partitioned: true,
};

/** The store gets a touch only. */
const touched = [
  {
    title: 'a request that changes maxAge to a longer time, and no data: the next get shows it',
    async run(lab) {
      const { store, visitor } = await startVisit(lab, {}, (req) => {
        req.session.cookie.maxAge = HOUR;
      });
      const { id } = await visitor.post('/login/ann');
      await visitor.post('/change');
      assertExpires((await lab.ask(store, 'get', id)).cookie, future(HOUR));
    },
  },
  {
    title: 'a request that changes maxAge to a shorter time, and no data: the next get shows it',
    async run(lab) {
      const { store, visitor } = await startVisit(lab, {}, (req) => {
        req.session.cookie.maxAge = 30 * SECOND;
      });
      const { id } = await visitor.post('/login/ann');
      await visitor.post('/change');
      assertExpires((await lab.ask(store, 'get', id)).cookie, future(30 * SECOND));
    },
  },
  ...[
    ['maxAge to a longer time', MINUTE, HOUR],
    ['maxAge to null', MINUTE, null],
    ['maxAge from null to a time', null, MINUTE],
  ].map(([name, from, to]) => ({
    title: `a request that changes ${name}, and no data: the requests after the next keep it`,
    async run(lab) {
      const { store, visitor } = await startVisit(lab, { cookie: { maxAge: from } }, (req) => {
        req.session.cookie.maxAge = to;
      });
      const { id } = await visitor.post('/login/ann');
      await visitor.post('/change');
      await visitor.get('/who');
      const { cookie } = await lab.ask(store, 'get', id);
      assertExpires(cookie, to === null ? null : future(to));
    },
  })),
  ...Object.entries(attributes).map(([name, value]) => ({
    title: `a request that changes the cookie's ${name}, and no data: it is kept`,
    async run(lab) {
      const { store, visitor } = await startVisit(lab, {}, (req) => {
        req.session.cookie[name] = value;
      });
      const { id } = await visitor.post('/login/ann');
      await visitor.post('/change');
      const { cookie, user } = await lab.ask(store, 'get', id);
      assert.deepEqual([cookie[name], user], [value, 'ann']);
    },
  })),
  {
    title: 'a request that changes nothing but its cookie leaves what another saved meanwhile',
    async run(lab) {
      const { store, id, visitor, release } = await startSlow(lab, {}, (req) => {
        req.session.cookie.maxAge = HOUR;
      });
      await visitor.post('/login/bob');
      await release();
      const { cookie, user } = await lab.ask(store, 'get', id);
      assert.equal(user, 'bob');
      assertExpires(cookie, future(HOUR));
      assert.ok(cookie.originalMaxAge > HOUR - SECOND);
    },
  },
  {
    title: 'a request that changes nothing but its cookie does not bring back a destroyed session',
    async run(lab) {
      const { store, id, release } = await startSlow(lab, {}, (req) => {
        req.session.cookie.maxAge = HOUR;
      });
      await lab.ask(store, 'destroy', id);
      assert.equal((await release()).status, 200);
      assert.ok(!(await lab.ask(store, 'get', id)));
    },
  },
];

module.exports = {
  group: 'The cookie in an application',
  cases: [...made, ...changed, ...touched],
};
