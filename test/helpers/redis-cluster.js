'use strict';

// Starts private Redis clusters: primaries alone, each with a part of the slots.

const { freePort, startRedis } = require('./redis-server');
const { until } = require('./until');
const { connectAdmin } = require('./use-redis');

const SLOTS = 16_384;

/** One of the servers; it is its own judge of nothing but its slots. */
async function startNode() {
  const busPort = await freePort();
  const args = ['--cluster-enabled', 'yes', '--cluster-port', String(busPort)];
  const server = await startRedis({ tcp: true, args });
  return { server, busPort };
}

/** Tells the servers of each other and which slots are whose. */
async function join(nodes, admins) {
  for (const [index, admin] of admins.entries()) {
    const first = Math.floor((index * SLOTS) / admins.length);
    const last = Math.floor(((index + 1) * SLOTS) / admins.length) - 1;
    await admin.sendCommand(['CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1)]);
    await admin.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', String(first), String(last)]);
  }
  const [{ server, busPort }] = nodes;
  for (const admin of admins.slice(1)) {
    await admin.sendCommand(['CLUSTER', 'MEET', '127.0.0.1', String(server.port), String(busPort)]);
  }
  for (const admin of admins) {
    await until(() => isWhole(admin, admins.length), { what: 'the cluster' });
  }
}

/** Whether this server knows that all slots are served, and by whom. */
async function isWhole(admin, size) {
  const info = String(await admin.sendCommand(['CLUSTER', 'INFO']));
  const slots = await admin.sendCommand(['CLUSTER', 'SLOTS']);
  return info.includes('cluster_state:ok') && slots.length === size;
}

/**
 * Resolves when all servers say that the cluster is whole.
 * @param {number} [size] how many primaries
 */
async function startCluster(size = 3) {
  const nodes = [];
  const admins = [];
  const stop = async () => {
    for (const admin of admins) admin.destroy();
    await Promise.all(nodes.map(({ server }) => server.stop()));
  };
  try {
    for (let i = 0; i < size; i++) nodes.push(await startNode());
    for (const { server } of nodes) admins.push(await connectAdmin(server));
    await join(nodes, admins);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    /** As clients want them. */
    nodes: nodes.map(({ server: { host, port } }) => ({ host, port })),
    servers: nodes.map(({ server }) => server),
    /** A witness for each server. */
    admins,
    stop,
  };
}

module.exports = { startCluster };
