'use strict';

// A proxy before a Redis that cuts a connection while a command or its answer is on the way: the
// client cannot know whether it was carried out.

const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { once } = require('node:events');
const { deferred } = require('./until');

/**
 * @param {{ address: import('node:net').NetConnectOpts }} server
 * @param {{ tcp?: boolean }} [options] `tcp`: listens on a port rather than on a unix socket
 */
async function startCuttingProxy(server, { tcp = false } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-proxy-'));
  const socket = path.join(folder, 'proxy.sock');
  const open = new Set();
  let armed; // { word, forwarded, done } from cutAfter or cutBefore
  let gate = Promise.resolve(); // new connections wait for it

  async function connect(client) {
    open.add(client);
    client.on('error', () => {}).on('close', () => open.delete(client));
    await gate;
    if (client.destroyed) return;
    const upstream = net.connect(server.address);
    open.add(upstream);
    upstream.on('error', () => {}).on('close', () => open.delete(upstream) && client.destroy());
    client.on('close', () => upstream.destroy());
    let cut; // what is to be told when the next answer has come
    client.on('data', (chunk) => {
      if (armed && chunk.includes(armed.word)) {
        const { forwarded, done } = armed;
        armed = undefined;
        if (!forwarded) {
          client.destroy();
          done.resolve();
          return;
        }
        cut = done;
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (!cut) return client.write(chunk);
      client.destroy();
      cut.resolve();
    });
  }

  const proxy = net.createServer(connect);
  if (tcp) proxy.listen(0, '127.0.0.1');
  else proxy.listen(socket);
  await once(proxy, 'listening');

  return {
    socket,
    port: tcp ? proxy.address().port : undefined,
    /**
     * The connection on which `word` is sent next is cut when the server has answered it.
     * @param {string} word
     * @returns {Promise<void>} resolves when that has happened
     */
    cutAfter(word) {
      armed = { word, forwarded: true, done: deferred() };
      return armed.done.promise;
    },
    /** As cutAfter, but the server never gets it. @param {string} word */
    cutBefore(word) {
      armed = { word, forwarded: false, done: deferred() };
      return armed.done.promise;
    },
    /** Lets nobody through to the server until what it returns is called. */
    hold() {
      const { promise, resolve } = deferred();
      gate = promise;
      return resolve;
    },
    async close() {
      const closed = once(proxy, 'close');
      proxy.close();
      for (const connection of open) connection.destroy();
      await closed;
      fs.rmSync(folder, { recursive: true });
    },
  };
}

module.exports = { startCuttingProxy };
