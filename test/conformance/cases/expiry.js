'use strict';

// When sessions end, by the clock of where they are stored; and what touch does about it.

const assert = require('node:assert/strict');
const {
  MINUTE,
  SECOND,
  assertExpires,
  future,
  lasting,
  promised,
  startVisit,
} = require('../tools');

const get = (lab, store, sid) => lab.ask(store, 'get', sid);

const expiry = [
  {
    title: 'a session of 5 ms is gone after 10 ms',
    async run(lab) {
      const store = await lab.createStore();
      await get(lab, store, 'connected');
      await lab.ask(store, 'set', 'a', lasting(5));
      await lab.reach((await lab.now()) + 10);
      assert.ok(!(await get(lab, store, 'a')));
    },
  },
  {
    title: 'a session is there until its expiry, and gone at it, to the millisecond',
    async run(lab) {
      const store = await lab.createStore();
      await get(lab, store, 'connected');
      const before = await lab.now();
      const expires = new Date(Math.ceil(before) + 100);
      await lab.ask(store, 'set', 'a', { cookie: { originalMaxAge: 100, expires } });
      // Sent as a time to live, it counts from when it arrived.
      const delay = (await lab.now()) - before;
      for (;;) {
        const asked = await lab.now();
        const found = await get(lab, store, 'a');
        const answered = await lab.now();
        if (answered < expires.getTime() - 2) assert.ok(found, 'gone too early');
        if (asked > expires.getTime() + delay + 2) assert.ok(!found, 'there for too long');
        if (!found) return;
      }
    },
  },
  {
    title: 'the expiry that get shows is the one that was set, to the millisecond',
    async run(lab) {
      const store = await lab.createStore();
      await get(lab, store, 'connected');
      const started = Date.now();
      const session = lasting(MINUTE + 123);
      await lab.ask(store, 'set', 'a', session);
      const { cookie } = await get(lab, store, 'a');
      assertExpires(cookie, session.cookie.expires, Date.now() - started + 2);
    },
  },
  {
    title: "the server's own expiry is the one that was set, to the millisecond",
    needs: ['redis'],
    async run(lab) {
      const store = await lab.createStore();
      await get(lab, store, 'connected');
      const started = Date.now();
      const expires = future(100_500);
      await lab.ask(store, 'set', 'a', { cookie: { expires } });
      const slack = Date.now() - started + 2;
      const real = await lab.admin.pExpireTime('sess:a');
      assertExpires({ expires: new Date(real) }, expires, slack);
    },
  },
  {
    title: 'set of a session that has expired removes it',
    async run(lab) {
      const store = await lab.createStore();
      await lab.ask(store, 'set', 'a', lasting(MINUTE));
      await lab.ask(store, 'set', 'a', lasting(-1));
      assert.ok(!(await get(lab, store, 'a')));
    },
  },
  {
    title: 'set gives a session a new expiry, later or sooner',
    async run(lab) {
      const store = await lab.createStore();
      for (const life of [MINUTE, 90 * MINUTE, 5 * MINUTE]) {
        const session = lasting(life);
        await lab.ask(store, 'set', 'a', session);
        assertExpires((await get(lab, store, 'a')).cookie, session.cookie.expires);
      }
    },
  },
  {
    title: 'set of a session without expiry ends the expiry that it had',
    async run(lab) {
      const store = await lab.createStore();
      await lab.ask(store, 'set', 'a', lasting(50));
      await lab.ask(store, 'set', 'a', lasting(null, { n: 2 }));
      await lab.reach((await lab.now()) + 60);
      assert.equal((await get(lab, store, 'a')).n, 2);
    },
  },
];

const touch = [
  {
    title: 'touch renews the expiry that the next get shows',
    async run(lab) {
      const store = await lab.createStore();
      await lab.ask(store, 'set', 'a', lasting(MINUTE));
      const session = lasting(90 * MINUTE);
      await lab.ask(store, 'touch', 'a', session);
      assertExpires((await get(lab, store, 'a')).cookie, session.cookie.expires);
    },
  },
  {
    title: 'touch may bring the expiry that get shows nearer',
    async run(lab) {
      const store = await lab.createStore();
      await lab.ask(store, 'set', 'a', lasting(90 * MINUTE));
      const session = lasting(MINUTE);
      await lab.ask(store, 'touch', 'a', session);
      assertExpires((await get(lab, store, 'a')).cookie, session.cookie.expires);
    },
  },
  {
    title: 'a session that is touched outlives its first expiry',
    waits: true,
    async run(lab) {
      const store = await lab.createStore();
      await Promise.all([
        lab.ask(store, 'set', 'a', lasting(2 * SECOND, { n: 1 })),
        lab.ask(store, 'touch', 'a', lasting(MINUTE)),
      ]);
      await lab.reach((await lab.now()) + 2 * SECOND + 10);
      assert.equal((await get(lab, store, 'a')).n, 1);
    },
  },
  {
    title: 'an explicit save of a session that touches kept alive keeps it',
    async run(lab) {
      const store = await lab.createStore();
      store.generate = () => {};
      // Together, so that nothing can come between them while the first one counts.
      await Promise.all([
        lab.ask(store, 'set', 'a', lasting(100, { n: 1 })),
        lab.ask(store, 'touch', 'a', lasting(MINUTE)),
      ]);
      await lab.reach((await lab.now()) + 110);
      const session = await promised(store, 'load', 'a');
      session.n = 2;
      await promised(session, 'save');
      assert.equal((await get(lab, store, 'a'))?.n, 2);
    },
  },
  {
    title: 'touch of a session that has expired ends it',
    async run(lab) {
      const store = await lab.createStore();
      await lab.ask(store, 'set', 'a', lasting(MINUTE));
      await lab.ask(store, 'touch', 'a', lasting(-1));
      assert.ok(!(await get(lab, store, 'a')));
    },
  },
  {
    title: 'touch leaves the data alone',
    async run(lab) {
      const store = await lab.createStore();
      await lab.ask(store, 'set', 'a', lasting(MINUTE, { user: 'ann' }));
      await lab.ask(store, 'touch', 'a', lasting(MINUTE, { user: 'eve', more: true }));
      const { cookie: _, ...data } = await get(lab, store, 'a');
      assert.deepEqual(data, { user: 'ann' });
    },
  },
  {
    title: 'touch of a session that is not there is no error',
    async run(lab) {
      const store = await lab.createStore();
      const { error, calls } = await lab.call(store, 'touch', 'none', lasting(MINUTE));
      assert.deepEqual([error, calls], [null, 1]);
    },
  },
  {
    title: 'touch of a session that is not there makes none',
    async run(lab) {
      const store = await lab.createStore();
      await lab.call(store, 'touch', 'none', lasting(MINUTE, { user: 'ann' }));
      assert.ok(!(await get(lab, store, 'none')));
    },
  },
  {
    title: 'a request whose session is destroyed under it, and which changes nothing, is answered',
    async run(lab) {
      const { store, visitor } = await startVisit(lab, {}, async (req) => {
        await lab.ask(store, 'destroy', req.sessionID);
      });
      await visitor.post('/login/ann');
      assert.equal((await visitor.post('/change')).status, 200);
    },
  },
].map((each) => ({ ...each, needs: ['touch'] }));

module.exports = { group: 'Expiry and touch', cases: [...expiry, ...touch] };
