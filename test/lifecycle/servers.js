'use strict';

// The servers that hold a store at a step of its life: see STEPS in fixtures/steps.js.

const net = require('node:net');
const { once } = require('node:events');
const { startRedis } = require('../helpers/redis-server');
const { startScriptedServer } = require('../helpers/scripted-server');

/** A port that neither takes a connection nor refuses it: a listener with a full backlog. */
async function startFull() {
  const server = await startRedis({ tcp: true, args: ['--tcp-backlog', '1'] });
  await server.kill('SIGSTOP');
  const sockets = Array.from({ length: 16 }, () => net.connect(server.address));
  for (const socket of sockets) socket.on('error', () => {});
  // All have knocked when the first was let in.
  await once(sockets[0], 'connect');
  return {
    port: server.port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await server.stop();
    },
  };
}

/** Accepts connections, and reads what comes. */
async function startMute() {
  const sockets = new Set();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: server.address().port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function startServers() {
  const healthy = await startRedis({ tcp: true });
  const full = await startFull();
  const mute = await startMute();
  // Answers the handshake, and nothing else.
  const deaf = await startScriptedServer({});
  return {
    healthy,
    ports: {
      healthy: healthy.port,
      full: full.port,
      mute: mute.port,
      deaf: deaf.port,
      nobody: 1,
    },
    close: () => Promise.all([healthy.stop(), full.close(), mute.close(), deaf.close()]),
  };
}

module.exports = { startServers };
