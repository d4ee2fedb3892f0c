'use strict';

// Stores written with the defects of packages that can no longer be installed, as they were
// described: what proves that the cases would notice them.

const { Store } = require('express-session');
const { createClient } = require('redis');

const PREFIX = 'sess:';

/** Right as far as the defects below are not concerned. */
class PlainStore extends Store {
  constructor(client) {
    super();
    this.client = client;
  }

  /** Calls back with what a Promise gives. */
  tell(promise, callback) {
    promise.then(
      (result) => setImmediate(callback, null, result),
      (error) => setImmediate(callback, error),
    );
  }

  get(sid, callback) {
    const read = async () => JSON.parse(await this.client.get(PREFIX + sid));
    this.tell(read(), callback);
  }

  set(sid, session, callback) {
    const expires = session.cookie.expires;
    const left = expires === null ? 86_400_000 : new Date(expires) - Date.now();
    const text = JSON.stringify(session);
    const expiration = { type: 'PX', value: left };
    this.tell(this.client.set(PREFIX + sid, text, { expiration }), callback);
  }

  destroy(sid, callback) {
    this.tell(this.client.del(PREFIX + sid), callback);
  }

  async scan() {
    const found = [];
    for await (const keys of this.client.scanIterator({ MATCH: `${PREFIX}*` })) found.push(...keys);
    return found;
  }
}

class RedStore extends PlainStore {
  set(sid, session, callback) {
    if (session.cookie.expires === null) {
      setImmediate(callback, new TypeError("Cannot read properties of null (reading 'getTime')"));
    } else {
      super.set(sid, session, callback);
    }
  }

  length(callback) {
    this.tell(
      this.scan().then((keys) => keys.length),
      callback,
    );
  }

  ids(callback) {
    this.tell(
      this.scan().then((keys) => keys.map((key) => key.slice(PREFIX.length))),
      callback,
    );
  }

  all(callback) {
    const readAll = async () => {
      const keys = await this.scan();
      const values = (await this.client.mGet(keys)).filter((value) => value !== null);
      return values.map((value, index) => ({
        ...JSON.parse(value),
        id: keys[index].slice(PREFIX.length),
      }));
    };
    this.tell(readAll(), callback);
  }
}

class Expredis extends PlainStore {
  clear(callback) {
    this.tell(this.client.flushDb(), callback);
  }

  length(callback) {
    this.tell(
      this.client.keys(`${PREFIX}*`).then((keys) => keys.length),
      callback,
    );
  }
}

/** What asks each of its clients, and calls back with the first answer. */
class WithoutClients extends Store {
  get() {}
  set() {}
  destroy() {}
}

/**
 * @param {'red-store' | 'expredis'} name
 * @returns {import('../helpers/subjects').Subject}
 */
function modelOf(name) {
  return {
    name,
    version: 'as described',
    features: ['redis'],
    async open(server, options) {
      if (options?.clients?.length === 0) return { store: new WithoutClients(), close() {} };
      const client = createClient({ socket: { path: server.socket } });
      client.on('error', () => {}); // the store's callbacks tell
      await client.connect();
      const Model = { 'red-store': RedStore, expredis: Expredis }[name];
      return { store: new Model(client), close: () => client.destroy() };
    },
  };
}

module.exports = { modelOf };
