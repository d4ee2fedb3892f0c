'use strict';

// connect-redis as it was released, each version with the client that its users have.

const session = require('express-session');
const { connectAdmin } = require('./use-redis');

const { RedisStore: Nine } = require('connect-redis-9');
const { RedisStore: Ten } = require('connect-redis');
const Six = require('connect-redis-6')(session);

const address = ({ socket, host, port }) => (socket ? { path: socket } : { host, port });

const redis3 = {
  connect: (server) => require('redis-3').createClient(address(server)),
  close: (client) => new Promise((resolve) => client.quit(resolve)),
};
const ioredis = {
  connect: (server) => new (require('ioredis').Redis)(address(server)),
  close: (client) => client.quit(),
};
const nodeRedis = {
  connect: connectAdmin,
  close: (client) => client.close(),
};

/** @returns {(server: any, options?: object) => Promise<{ store: any, close: () => Promise<any> }>} */
function opener(Store, kind) {
  return async (server, options) => {
    const client = await kind.connect(server);
    let closed;
    return {
      store: new Store({ client, ...options }),
      close: () => (closed ??= kind.close(client)),
    };
  };
}

/** Rows for describe.each: a name, and what opens a store of a server. */
const versions = [
  ['connect-redis 6 on redis 3', opener(Six, redis3)],
  ['connect-redis 6 on ioredis', opener(Six, ioredis)],
  ['connect-redis 9', opener(Nine, nodeRedis)],
  ['connect-redis 10', opener(Ten, nodeRedis)],
];

/** Calls a method of a store of any version. */
function call(store, method, ...args) {
  return new Promise((resolve, reject) => {
    store[method](...args, (error, result) => (error ? reject(error) : resolve(result)));
  });
}

/** Loads a session as express-session does for a request. */
async function load(store, sid) {
  const request = { sessionID: sid, sessionStore: store };
  store.createSession(request, await call(store, 'get', sid));
  return request.session;
}

module.exports = { versions, call, load };
