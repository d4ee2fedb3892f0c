'use strict';

// Stores that are wrong in one way each: what proves that the cases can fail.

const { MemoryStore } = require('express-session');

const now = (callback, ...args) => callback && setImmediate(callback, ...args);

/** What is wrong: the methods that make it so, over a MemoryStore. */
const wrongs = {
  'finds nothing': () => ({ get: (sid, cb) => now(cb, null, null) }),
  'stores nothing': () => ({ set: (sid, data, cb) => now(cb, null) }),
  'destroys nothing': () => ({ destroy: (sid, cb) => now(cb, null) }),
  'clears nothing': () => ({ clear: (cb) => now(cb, null) }),
  'fails to get': () => ({ get: (sid, cb) => now(cb, new Error('no')) }),
  'fails to destroy': () => ({ destroy: (sid, cb) => now(cb, new Error('no')) }),
  'fails to touch': () => ({ touch: (sid, data, cb) => now(cb, new Error('no')) }),
  'touches nothing': () => ({ touch: (sid, data, cb) => now(cb, null) }),
  'destroys at touch': (base) => ({ touch: (sid, data, cb) => base.destroy(sid, cb) }),
  'saves at touch': (base) => ({ touch: (sid, data, cb) => base.set(sid, data, cb) }),
  'touches the expiry alone': (base) => ({
    touch: (sid, { cookie }, cb) =>
      base.get(sid, (error, found) => {
        if (!found) return cb(error);
        found.cookie.expires = cookie.expires;
        base.set(sid, found, cb);
      }),
  }),
  'stores a session under one id only': (base) => {
    const known = new WeakMap();
    return {
      set(sid, data, cb) {
        if (known.has(data) && known.get(data) !== sid) return now(cb, null);
        known.set(data, sid);
        base.set(sid, data, cb);
      },
    };
  },
  'stores what was loaded only where there is something': (base, store) => {
    const loaded = new WeakSet();
    return {
      createSession(req, data) {
        const session = MemoryStore.prototype.createSession.call(store, req, data);
        loaded.add(session);
        return session;
      },
      set(sid, data, cb) {
        if (loaded.has(data) && !base.sessions[sid]) now(cb, null);
        else base.set(sid, data, cb);
      },
    };
  },
  'never takes an id again that was destroyed': (base) => {
    const dead = new Set();
    return {
      destroy(sid, cb) {
        dead.add(sid);
        base.destroy(sid, cb);
      },
      set: (sid, data, cb) => (dead.has(sid) ? now(cb, null) : base.set(sid, data, cb)),
    };
  },
  'finds a session for every id': (base) => ({
    get: (sid, cb) =>
      base.get(sid, (error, found) =>
        cb(error, found ?? { cookie: { originalMaxAge: null, expires: null } }),
      ),
  }),
  'knows one session only': (base) => ({
    get: (sid, cb) => base.get('x', cb),
    set: (sid, data, cb) => base.set('x', data, cb),
    destroy: (sid, cb) => base.destroy('x', cb),
    touch: (sid, data, cb) => base.touch('x', data, cb),
  }),
  'cuts ids at 1 character': (base) => ({
    get: (sid, cb) => base.get(sid[0], cb),
    set: (sid, data, cb) => base.set(sid[0], data, cb),
    destroy: (sid, cb) => base.destroy(sid[0], cb),
  }),
  'merges what it stores': (base) => ({
    set: (sid, data, cb) =>
      base.get(sid, (error, found) =>
        base.set(sid, { ...found, ...JSON.parse(JSON.stringify(data)) }, cb),
      ),
  }),
  'stores the session only once': (base) => ({
    set: (sid, data, cb) =>
      base.get(sid, (error, found) => (found ? now(cb, null) : base.set(sid, data, cb))),
  }),
  'stores later than it says': (base) => ({
    set(sid, data, cb) {
      now(cb, null);
      setTimeout(() => base.set(sid, data), 100);
    },
  }),
  'stores what the session is a little later': (base) => ({
    set: (sid, data, cb) => setTimeout(() => base.set(sid, data, cb), 20),
  }),
  'gives always the same object': (base) => {
    const objects = new Map();
    return {
      get(sid, cb) {
        base.get(sid, (error, found) => {
          if (found && !objects.has(sid)) objects.set(sid, found);
          cb(error, found && objects.get(sid));
        });
      },
    };
  },
  'changes the session that it stores': (base) => ({
    set(sid, data, cb) {
      base.set(sid, data, cb);
      data.stored = true;
    },
  }),
  'ends sessions at once': (base) => ({
    set: (sid, data, cb) => base.set(sid, { ...data, cookie: { expires: new Date(0) } }, cb),
  }),
  'ends no session': (base) => ({
    get(sid, cb) {
      now(cb, null, base.sessions[sid] && JSON.parse(base.sessions[sid]));
    },
  }),
  'loses the expiry': (base) => ({
    get: (sid, cb) =>
      base.get(sid, (error, found) => {
        if (found?.cookie) found.cookie.expires = null;
        cb(error, found);
      }),
  }),
  'loses the age': (base) => ({
    get: (sid, cb) =>
      base.get(sid, (error, found) => {
        if (found?.cookie) found.cookie.originalMaxAge = 1;
        cb(error, found);
      }),
  }),
  'loses the attributes of the cookie': (base) => ({
    get: (sid, cb) =>
      base.get(sid, (error, found) => {
        const { expires, originalMaxAge } = found?.cookie ?? {};
        if (found) found.cookie = { expires, originalMaxAge };
        cb(error, found);
      }),
  }),
  'gives an expiry to sessions without one': (base) => ({
    get: (sid, cb) =>
      base.get(sid, (error, found) => {
        if (found?.cookie) found.cookie.expires ||= new Date(Date.now() + 86_400_000);
        cb(error, found);
      }),
  }),
  'refuses sessions without an expiry': (base) => ({
    set: (sid, data, cb) =>
      data.cookie.expires ? base.set(sid, data, cb) : now(cb, new Error('no expiry')),
  }),
  'keeps sessions half a second too long': (base) => ({
    set(sid, data, cb) {
      const copy = JSON.parse(JSON.stringify(data));
      const { expires } = copy.cookie;
      if (expires) copy.cookie.expires = new Date(new Date(expires).getTime() + 500);
      base.set(sid, copy, cb);
    },
  }),
  'spoils the data': (base) => ({
    get: (sid, cb) =>
      base.get(sid, (error, found) => {
        const { cookie } = found ?? {};
        cb(error, found && { cookie, spoiled: true });
      }),
  }),
  'calls back at once': (base) =>
    eachMethod((method, args, cb) => {
      base[method](...args, () => {});
      if (method === 'get') cb(null, null);
      else cb(null);
    }),
  'calls back twice': (base) =>
    eachMethod((method, args, cb) => {
      base[method](...args, (...results) => {
        cb(...results);
        cb(...results);
      });
    }),
  'calls back out of context': (base) => {
    const waiting = [];
    const timer = setInterval(() => waiting.splice(0).forEach((call) => call()), 1);
    timer.unref();
    return { get: (sid, cb) => base.get(sid, (...got) => waiting.push(() => cb(...got))) };
  },
  'needs callbacks': (base) =>
    eachMethod((method, args, cb) => {
      if (!cb) throw new TypeError('no callback');
      base[method](...args, cb);
    }),
  'answers out of order': (base) => ({
    set(sid, data, cb) {
      const text = JSON.parse(JSON.stringify(data));
      setTimeout(() => base.set(sid, text, cb), 20);
    },
  }),
  'counts nothing': () => ({
    length: (cb) => now(cb, null, 0),
    all: (cb) => now(cb, null, []),
  }),
  'counts what has expired': (base) => ({
    length: (cb) => now(cb, null, Object.keys(base.sessions).length),
  }),
  'hears no events': () => ({ emit: () => true }),
  'is disconnected for ever': (base, store) => ({
    emit: (event) => event && MemoryStore.prototype.emit.call(store, 'disconnect'),
  }),
  'is no Store': () => ({ regenerate: undefined }),
};

/** The cases that must notice it. */
const noticedBy = {
  'finds nothing': ['what a request puts into its session is there for the next one'],
  'stores nothing': ['an explicit save is in the store before the request goes on'],
  'destroys nothing': ['destroy ends the session, and the next request begins a new one'],
  'clears nothing': ['clear removes every session'],
  'fails to get': ['get of a session that is not there gives nothing, and no error'],
  'fails to destroy': ['destroy of a session that is not there is no error'],
  'fails to touch': ['touch of a session that is not there is no error'],
  'touches nothing': [
    'touch renews the expiry that the next get shows',
    'a session that is touched outlives its first expiry',
  ],
  'destroys at touch': ['a request that changes nothing renews the expiry that get shows'],
  'saves at touch': [
    'touch leaves the data alone',
    'touch of a session that is not there makes none',
    'resave: false leaves alone what was saved while a request changed nothing',
    'a request that changes nothing but its cookie leaves what another saved meanwhile',
    'a request that changes nothing but its cookie does not bring back a destroyed session',
  ],
  'touches the expiry alone': [
    'a request that changes maxAge to null, and no data: the requests after the next keep it',
    "a request that changes the cookie's path, and no data: it is kept",
  ],
  'stores a session under one id only': [
    'a session that is stored under a second id before its own first save is there under both',
  ],
  'stores what was loaded only where there is something': [
    'a session that was loaded is stored under another id, too',
    'createSession makes a session of data that was got under another id, which can be saved',
    'createSession makes a session of data that was never stored, which can be saved',
  ],
  'never takes an id again that was destroyed': [
    'regenerate under the same id (genid) begins a session that is stored',
  ],
  'finds a session for every id': ['a visitor whose session is gone gets a new, empty one'],
  'knows one session only': ['two visitors have two sessions'],
  'cuts ids at 1 character': ['id: two ids are never one session'],
  'merges what it stores': ['set replaces the whole session'],
  'stores the session only once': ['reload shows what was saved meanwhile'],
  'stores later than it says': ['an explicit save is in the store before the request goes on'],
  'stores what the session is a little later': [
    'set stores what the session was when it was called',
  ],
  'gives always the same object': ['what one request makes of its copy is not seen by another'],
  'changes the session that it stores': ['set does not change the session that it is given'],
  'ends sessions at once': [
    'cookie option with maxAge a number: the session lives as long, and goes on living by use',
  ],
  'ends no session': [
    'a session of 5 ms is gone after 10 ms',
    'set of a session that has expired removes it',
    'touch of a session that has expired ends it',
  ],
  'loses the expiry': ['the expiry that get shows is the one that was set, to the millisecond'],
  'loses the age': ['a Cookie of express-session, with a maxAge, is kept'],
  'loses the attributes of the cookie': ['every attribute of the cookie comes back'],
  'gives an expiry to sessions without one': [
    'expires null, originalMaxAge null: get gives the session, with this expiry and age',
  ],
  'refuses sessions without an expiry': [
    'cookie option with maxAge null: the session lives as long, and goes on living by use',
  ],
  'keeps sessions half a second too long': [
    'the expiry that get shows is the one that was set, to the millisecond',
    'a session is there until its expiry, and gone at it, to the millisecond',
  ],
  'spoils the data': ['data: a string comes back as JSON has it'],
  'calls back at once': [
    'get calls back once, after it has returned, without an error',
    'set calls back once, after it has returned, without an error',
  ],
  'calls back twice': [
    'get calls back once, after it has returned, without an error',
    'touch calls back once, after it has returned, without an error',
  ],
  'calls back out of context': ['each callback runs in the async context of its call'],
  'needs callbacks': ['set, touch and destroy need no callback'],
  'answers out of order': ['operations of one tick keep their order'],
  'counts nothing': [
    'length tells how many sessions there are',
    'all gives every session, with its data',
  ],
  'counts what has expired': ['a session whose 5 ms are over is neither counted nor given'],
  'hears no events': ['after disconnect, requests are served without a session'],
  'is disconnected for ever': ['after disconnect and connect, they have their session again'],
  'is no Store': ["the store is one of express-session's own kind"],
};

/** Overrides for each method with `run(method, args, callback)`. */
function eachMethod(run) {
  return Object.fromEntries(
    ['get', 'set', 'destroy', 'touch', 'all', 'length', 'clear'].map((method) => [
      method,
      (...args) => {
        const callback = typeof args.at(-1) === 'function' ? args.pop() : undefined;
        return run(method, args, callback);
      },
    ]),
  );
}

/** @type {(import('../helpers/subjects').Subject & { noticedBy: string[] })[]} */
module.exports = Object.entries(wrongs).map(([name, makeWrong]) => ({
  name,
  version: '',
  noticedBy: noticedBy[name],
  features: ['touch', 'all', 'length', 'clear'],
  async open() {
    // What is overridden calls the base, whose own calls do not come back to it.
    const base = new MemoryStore();
    const store = new MemoryStore();
    store.sessions = base.sessions;
    for (const method of ['get', 'set', 'destroy', 'touch', 'all', 'length', 'clear']) {
      store[method] = (...args) => base[method](...args);
    }
    return { store: Object.assign(store, makeWrong(base, store)), close() {} };
  },
}));
