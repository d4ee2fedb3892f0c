'use strict';

// Defects of single operations: callbacks, times to live, expiries.

const assert = require('node:assert/strict');
const { seen, future, lasting } = require('./defect');
const { startMonitor } = require('../helpers/monitor');

const MINUTE = 60_000;

const monitor = async (lab) => lab.track(await startMonitor(lab.server, lab.admin));

/** The error of an operation that may not call back at all. */
const settle = (lab, ...args) =>
  lab.call(...args).then(
    ({ error }) => ({ error, silent: false }),
    (error) => ({ error, silent: true }),
  );

module.exports = [
  {
    title: 'a callback that throws is called once',
    listed: 'a callback that throws is called twice',
    seenIn: ['connect-redis'],
    async run(lab) {
      const reports = {};
      for (const method of ['get', 'set', 'touch', 'destroy']) {
        reports[method] = await lab.throwInCallback(method);
      }
      const twice = Object.keys(reports).filter((method) => reports[method].calls === 2);
      seen(twice.length > 0, `called twice by ${twice.join(', ')}`);
      const once = { calls: 1, uncaught: 1, rejections: 0 };
      for (const report of Object.values(reports)) assert.deepEqual({ ...report }, { ...once });
    },
  },
  {
    title: 'a ttl function that throws gives its error to the callback',
    listed: 'a `ttl` function that throws in `set` never calls back',
    seenIn: ['connect-redis'],
    async run(lab) {
      const failure = new Error('no ttl today');
      const ttl = () => {
        throw failure;
      };
      const store = await lab.createStore({ ttl });
      for (const method of ['set', 'touch']) {
        const { error, silent } = await settle(lab, store, method, 'a', lasting(MINUTE));
        seen(silent, `${method} never calls back`);
        assert.equal(error, failure);
      }
    },
  },
  {
    title: 'a ttl of 0 is never taken for a day',
    listed: '`ttl: 0` silently becomes a day',
    seenIn: ['connect-redis'],
    async run(lab) {
      let store;
      try {
        store = await lab.createStore({ ttl: 0 });
      } catch (error) {
        assert.ok(error instanceof TypeError);
        assert.match(error.message, /ttl/);
        return;
      }
      await lab.ask(store, 'set', 'a', { cookie: { expires: null } });
      const left = await lab.admin.pTTL('sess:a');
      seen(left > 80_000_000, 'the session lives for a day');
      assert.fail('0 is neither refused nor anything else that could be meant');
    },
  },
  {
    title: 'an expiry that is no date is taken as none, and never sent',
    listed: 'an invalid date sends `EXPIRE NaN`',
    seenIn: ['connect-redis'],
    async run(lab) {
      const store = await lab.createStore();
      await lab.ask(store, 'set', 'a', lasting(MINUTE));
      const watch = await monitor(lab);
      const { error } = await lab.call(store, 'touch', 'a', {
        cookie: { expires: new Date(NaN) },
      });
      const sent = await watch.commands();
      const wrong = sent.find((words) => words.includes('NaN'));
      seen(wrong, `touch sends ${wrong?.filter((word) => word !== 'sess:a').join(' ')}`);
      assert.equal(error, null);
      assert.ok((await lab.admin.pTTL('sess:a')) > MINUTE);
    },
  },
  {
    title: 'saving a session whose expiry is no date does not remove it',
    listed: '(found beside it) with an invalid date, `set` removes the session and reports success',
    seenIn: ['connect-redis'],
    async run(lab) {
      const store = await lab.createStore();
      await lab.ask(store, 'set', 'a', lasting(MINUTE));
      const { error } = await lab.call(store, 'set', 'a', { cookie: { expires: new Date(NaN) } });
      const stillThere = await lab.admin.exists('sess:a');
      seen(!error && !stillThere, 'the session is removed, without an error');
      assert.equal(error, null);
      assert.equal(stillThere, 1);
    },
  },
  {
    title: 'an expiry is kept to the millisecond',
    listed: 'expiry rounded to seconds',
    seenIn: ['connect-redis'],
    async run(lab) {
      const store = await lab.createStore();
      await lab.ask(store, 'get', 'connected');
      for (const method of ['set', 'touch']) {
        const started = Date.now();
        const expires = future(100_500);
        await lab.ask(store, method, 'a', { cookie: { expires } });
        const slack = Date.now() - started + 2;
        const late = (await lab.admin.pExpireTime('sess:a')) - expires.getTime();
        // Half a second more than asked for, less what the way there took.
        seen(late > slack && late <= 500 + slack, `the key of a ${method} expires too late`);
        assert.ok(late >= -2 && late <= slack, `${method}: ${late} ms late`);
      }
    },
  },
  {
    title: 'a cookie without expiry can be saved',
    listed: '`cookie.expires: null` throws in `set`',
    seenIn: ['red-store'],
    async run(lab) {
      const store = await lab.createStore();
      const session = { cookie: { originalMaxAge: null, expires: null }, user: 'ann' };
      const { error } = await settle(lab, store, 'set', 'a', session);
      seen(error, 'set fails');
      assert.equal((await lab.ask(store, 'get', 'a')).user, 'ann');
      assert.ok((await lab.admin.pTTL('sess:a')) > 0);
    },
  },
  {
    title: 'a store without any server refuses at construction or calls back with an error',
    listed: 'no clients means no callback',
    seenIn: ['expredis'],
    async run(lab) {
      let store;
      try {
        store = await lab.createStore({ clients: [] }, {});
      } catch (error) {
        assert.ok(error instanceof TypeError);
        assert.match(error.message, /clients/);
        return;
      }
      for (const [method, ...args] of [['get'], ['set', lasting(MINUTE)], ['destroy']]) {
        const { error, silent } = await settle(lab, store, method, 'a', ...args);
        seen(silent, `${method} never calls back`);
        assert.ok(error instanceof Error);
      }
    },
  },
];
