'use strict';

// The operations of a load: how each is called, and what it may give.

const { now } = require('./clock');

const MANY = 5;
const PADDING = 'x'.repeat(80);

/** Of 100 operations so many are of each kind. */
const MIX = {
  get: 34,
  accessGet: 12,
  set: 20,
  accessSet: 6,
  touch: 10,
  accessTouch: 3,
  destroy: 3,
  accessDestroy: 2,
  getMany: 3,
  exists: 2,
  ttl: 2,
  update: 3,
};
const KINDS = Object.entries(MIX).flatMap(([kind, share]) => Array(share).fill(kind));

/** One call, from its issue to its callback. */
class Operation {
  calls = 0;
  hasReturned = false;

  constructor(load, kind, entry, { write, floor } = {}) {
    this.load = load;
    this.kind = kind;
    this.entry = entry;
    this.write = write;
    this.floor = floor;
    this.phase = load.current;
    this.at = now();
    this.callback = (error, result) => load.settle(this, error ?? null, result);
  }

  /** @param {Promise<any>} promise */
  follow(promise) {
    promise.then((result) => this.callback(null, result), this.callback);
  }
}

// ---- What is called ----

const anyOf = (load) => load.chance.pick(load.entries);
const cookie = { originalMaxAge: 3_600_000, httpOnly: true, path: '/' };
const contentOf = (entry, write) => ({
  cookie,
  key: entry.sid,
  version: write.version,
  padding: PADDING,
});

function reading(start) {
  return (load, kind) => {
    const entry = anyOf(load);
    const operation = new Operation(load, kind, entry, { floor: entry.floor() });
    start(load.store, entry.sid, operation);
    return operation;
  };
}

function writing(start, gone) {
  return (load, kind) => {
    const entry = anyOf(load);
    const write = entry.begin(gone);
    const operation = new Operation(load, kind, entry, { write });
    start(load.store, entry.sid, operation, contentOf(entry, write));
    return operation;
  };
}

const ISSUE = {
  get: reading((store, sid, { callback }) => store.get(sid, callback)),
  accessGet: reading((store, sid, operation) => operation.follow(store.access.get(sid))),
  exists: reading((store, sid, operation) => operation.follow(store.access.exists(sid))),
  ttl: reading((store, sid, operation) => operation.follow(store.access.ttl(sid))),
  touch: reading((store, sid, { callback }) => store.touch(sid, { cookie }, callback)),
  accessTouch: reading((store, sid, operation) =>
    operation.follow(store.access.touch(sid, { cookie })),
  ),
  set: writing((store, sid, { callback }, content) => store.set(sid, content, callback), false),
  accessSet: writing(
    (store, sid, operation, content) => operation.follow(store.access.set(sid, content)),
    false,
  ),
  destroy: writing((store, sid, { callback }) => store.destroy(sid, callback), true),
  accessDestroy: writing(
    (store, sid, operation) => operation.follow(store.access.destroy(sid)),
    true,
  ),
  getMany(load, kind) {
    const entries = Array.from({ length: MANY }, () => anyOf(load));
    const floors = entries.map((entry) => entry.floor());
    const operation = new Operation(load, kind, entries, { floor: floors });
    operation.follow(load.store.access.getMany(entries.map(({ sid }) => sid)));
    return operation;
  },
  update(load, kind) {
    const counter = load.chance.pick(load.counters);
    const operation = new Operation(load, kind, counter);
    const by = load.account.issued; // no two updates write the same bytes
    operation.follow(
      load.store.access.update(counter.sid, (session) => ({ ...session, n: session.n + 1, by })),
    );
    return operation;
  },
};

// ---- What may come back ----

const oneOf =
  (...allowed) =>
  (result) =>
    allowed.includes(result) ? undefined : `stranger: got ${JSON.stringify(result)}`;
const read = (session, entry, floor) => entry.judgeRead(floor, session);

const CHECK = {
  get: read,
  accessGet: read,
  getMany: (sessions, entries, floors) =>
    entries.map((entry, n) => entry.judgeRead(floors[n], sessions[n])).find(Boolean),
  set: oneOf('OK'),
  accessSet: oneOf(true),
  touch: oneOf('OK', 'EXPIRED'),
  accessTouch: oneOf(true, false),
  destroy: oneOf(0, 1),
  accessDestroy: oneOf(true, false),
  exists: oneOf(true, false),
  ttl: (seconds) => (Number.isInteger(seconds) ? undefined : `stranger: got ${String(seconds)}`),
  update: (session, counter) => counter.acknowledge(session),
};

module.exports = { CHECK, ISSUE, KINDS };
