'use strict';

// A Redis of its own for a test file: started before, emptied between, stopped after its tests,
// together with every store and client that they opened.

const { createClient: createAdmin } = require('redis');
const { startRedis } = require('./redis-server');
const { startMonitor } = require('./monitor');
const { expectEachCalledOnce } = require('./outcome');
const { PATIENCE } = require('./patience');
const { until } = require('./until');

/** A node-redis client of `server`: a witness that shares no code with what is tested. */
async function connectAdmin(server, options = {}) {
  const ca = server.address?.ca;
  const socket = server.socket
    ? { path: server.socket }
    : { host: server.host ?? '127.0.0.1', port: server.port, ...(ca && { tls: true, ca }) };
  const admin = createAdmin({ socket: { ...socket, reconnectStrategy: 20 }, ...options });
  admin.on('error', () => {}); // it reconnects; a command of a test tells
  await admin.connect();
  return admin;
}

/**
 * Call at the top of a describe block or of a file.
 * @param {{ tcp?: boolean, host?: string, args?: string[], admin?: object }} [options]
 */
function useRedis({ admin: adminOptions, ...serverOptions } = {}) {
  // Required late: the pure helpers above must not need the addon.
  const { RedisStore, createClient } = require('../..');
  const open = new Set();
  let connectionsBefore = Infinity; // of a server that does not run

  const patient = () => ({
    url: redis.server.url,
    commandTimeout: PATIENCE,
    connectTimeout: PATIENCE,
  });
  const redis = {
    /** @type {any} */ server: undefined,
    /** @type {any} */ admin: undefined,

    /** Has `close()` called after the test. */
    track(closable) {
      open.add(closable);
      return closable;
    },
    /** A store of this server; no operation of it runs out of time unless it is told to. */
    store(options) {
      return redis.track(new RedisStore({ ...patient(), ...options }));
    },
    /** A client of this server, from createClient; the same holds for it. */
    client(options) {
      return redis.track(createClient({ ...patient(), ...options }));
    },
    /** MONITOR, see there. */
    async monitor() {
      return redis.track(await startMonitor(redis.server, redis.admin));
    },
    /** How often the server was asked `name` since it was last emptied. */
    async calls(name) {
      const stats = await redis.admin.info('commandstats');
      return Number(stats.match(new RegExp(`cmdstat_${name}:calls=(\\d+)`))?.[1] ?? 0);
    },
    /** How many connections the server has. */
    async connections() {
      const list = await redis.admin.sendCommand(['CLIENT', 'LIST']);
      return list.trim().split('\n').length;
    },
  };

  beforeAll(async () => {
    redis.server = await startRedis(serverOptions);
    redis.admin = await connectAdmin(redis.server, adminOptions);
  });

  beforeEach(async () => {
    connectionsBefore = redis.server.process ? await redis.connections() : Infinity;
  });

  afterEach(async () => {
    // Late second calls come at the latest when the connections close.
    await Promise.all([...open].map((closable) => closable.close()));
    open.clear();
    expectEachCalledOnce();
    if (redis.server.process) {
      // The server notices a closed connection in a turn of its own: the next test must not see it.
      await until(async () => (await redis.connections()) <= connectionsBefore, {
        what: `a server with ${connectionsBefore} connections again`,
      });
      await redis.admin.flushAll();
      await redis.admin.sendCommand(['CONFIG', 'RESETSTAT']);
    }
  });

  afterAll(async () => {
    if (redis.admin) redis.admin.destroy();
    if (redis.server) await redis.server.stop();
  });

  return redis;
}

module.exports = { useRedis, connectAdmin };
