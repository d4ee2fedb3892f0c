'use strict';

// Stores that are wrong in one way each: what proves that the cases can fail.

const { MemoryStore } = require('express-session');
const noticedBy = require('./noticed-by');

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
