'use strict';

// A TCP relay in front of a server: it can lead new connections elsewhere, stand still, and reset.

const { once } = require('node:events');
const net = require('node:net');

/** @param {net.NetConnectOpts} address of the server */
async function startRelay(address) {
  let target = address;
  let isStalled = false;
  /** @type {Set<net.Socket>} */
  const sockets = new Set();
  const relay = net.createServer((near) => {
    const far = net.connect(target);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ]) {
      sockets.add(socket);
      socket.setNoDelay();
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.on('data', (chunk) => {
        if (!other.write(chunk)) socket.pause();
      });
      other.on('drain', () => {
        if (!isStalled) socket.resume();
      });
      if (isStalled) socket.pause();
    }
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const { port } = /** @type {net.AddressInfo} */ (relay.address());

  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    /** Where new connections go from now on. @param {net.NetConnectOpts} other */
    leadTo(other) {
      target = other;
    },
    /** Nothing goes through any more, until `resume`; connections are accepted all the same. */
    stall() {
      isStalled = true;
      for (const socket of sockets) socket.pause();
    },
    resume() {
      isStalled = false;
      for (const socket of sockets) socket.resume();
    },
    /** Resets all connections. */
    reset() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    async close() {
      const closed = once(relay, 'close');
      relay.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

module.exports = { startRelay };
