'use strict';

// Makes an address swallow what it is sent: a server that is stopped, and whose backlog is full,
// neither takes a connection nor refuses it.

const net = require('node:net');
const { startRedis } = require('./redis-server');

/** What Redis is told, and some more: Linux takes one beyond it. */
const BACKLOG = 1;
const ENOUGH = 8;

/**
 * A redis-server that can be made to swallow SYNs.
 * @param {{ host?: string, port?: number }} [where]
 */
async function startBlackHole(where) {
  const server = await startRedis({
    tcp: true,
    ...where,
    args: ['--tcp-backlog', String(BACKLOG)],
  });
  let waiting = [];
  return {
    server,
    host: server.host,
    port: server.port,
    /** Resolves when it takes no connection any more. */
    async swallow() {
      await server.kill('SIGSTOP');
      waiting = Array.from({ length: ENOUGH }, () => net.connect(server.address));
      let taken = 0;
      for (const socket of waiting) socket.on('error', () => {}).on('connect', () => taken++);
      // One turn of the loop after it was asked, the kernel has taken what it takes.
      await new Promise((resolve) => waiting[0].once('connect', () => setImmediate(resolve)));
      if (taken >= ENOUGH) throw new Error('the backlog has no end');
    },
    /** Lets it go on. */
    async answer() {
      for (const socket of waiting.splice(0)) socket.destroy();
      await server.kill('SIGCONT');
    },
    async close() {
      for (const socket of waiting.splice(0)) socket.destroy();
      await server.stop();
    },
  };
}

module.exports = { startBlackHole };
