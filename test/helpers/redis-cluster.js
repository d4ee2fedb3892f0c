'use strict';

// Starts private Redis clusters: primaries, each with a part of the slots, and replicas if there
// are to be any.

const { startRedis } = require('./redis-server');
const { freePort, isLinked, onFreePort } = require('./server-start');
const { until } = require('./until');
const { connectAdmin } = require('./use-redis');

const SLOTS = 16_384;

/**
 * Milliseconds. Servers ask each other for news twice in this time, and believe one to be dead that
 * was silent for as long: while they get to know each other it is short, later such that no machine
 * that stands still for a moment makes them elect another primary.
 */
const NODE_TIMEOUT = { early: 1000, later: 60_000 };

/** One of the servers; it is its own judge of nothing but its slots. */
async function startNode(program) {
  const busPort = await freePort();
  const args = [
    ...['--cluster-enabled', 'yes', '--cluster-port', String(busPort)],
    ...['--cluster-node-timeout', String(NODE_TIMEOUT.early)],
    ...['--repl-diskless-sync-delay', '0'],
    // Replicas that have received nothing yet are not told to clients.
    ...['--repl-ping-replica-period', '1'],
  ];
  const server = await startRedis({ tcp: true, args, program });
  return { server, busPort };
}

/** Gives each primary its slots. */
async function shareSlots(primaries) {
  for (const [index, { admin }] of primaries.entries()) {
    const first = Math.floor((index * SLOTS) / primaries.length);
    const last = Math.floor(((index + 1) * SLOTS) / primaries.length) - 1;
    await admin.sendCommand(['CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1)]);
    await admin.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', String(first), String(last)]);
  }
}

/** Tells the servers of each other: each of all, since gossip takes seconds. */
async function introduce(nodes) {
  for (const [index, { server, busPort }] of nodes.entries()) {
    for (const { admin } of nodes.slice(index + 1)) {
      const address = ['127.0.0.1', String(server.port), String(busPort)];
      await admin.sendCommand(['CLUSTER', 'MEET', ...address]);
    }
  }
}

/** Makes a replica of a primary, as soon as it has heard of it. */
async function follow({ admin }, primary) {
  const id = String(await primary.admin.sendCommand(['CLUSTER', 'MYID']));
  const hasHeard = async () => String(await admin.sendCommand(['CLUSTER', 'NODES'])).includes(id);
  await until(hasHeard, { what: 'the introduction' });
  await admin.sendCommand(['CLUSTER', 'REPLICATE', id]);
  await until(() => isLinked(admin), { what: 'the replica' });
}

/** Whether this server knows that all slots are served, and by whom. */
async function isWhole({ admin }, { primaries, replicas }) {
  const info = String(await admin.sendCommand(['CLUSTER', 'INFO']));
  const slots = await admin.sendCommand(['CLUSTER', 'SLOTS']);
  return (
    info.includes('cluster_state:ok') &&
    slots.length === primaries &&
    // Each has its first slot, its last, and those that serve them.
    slots.every(({ length }) => length === 3 + replicas)
  );
}

/**
 * Resolves when all servers say that the cluster is whole.
 * @param {number} [primaries] how many
 * @param {{ replicas?: number, program?: string }} [options] `replicas`: of each primary
 */
async function startCluster(primaries = 3, { replicas = 0, program } = {}) {
  const nodes = [];
  const stop = async () => {
    for (const { admin } of nodes) admin?.destroy();
    await Promise.all(nodes.map(({ server }) => server.stop()));
  };
  try {
    for (let i = 0; i < primaries * (1 + replicas); i++) {
      nodes.push(await onFreePort(() => startNode(program)));
    }
    for (const node of nodes) node.admin = await connectAdmin(node.server);
    const serving = nodes.slice(0, primaries);
    await shareSlots(serving);
    await introduce(nodes);
    const followers = nodes.slice(primaries);
    await Promise.all(followers.map((node, index) => follow(node, serving[index % primaries])));
    for (const node of nodes) {
      await until(() => isWhole(node, { primaries, replicas }), { what: 'the cluster' });
    }
    const later = ['CONFIG', 'SET', 'cluster-node-timeout', String(NODE_TIMEOUT.later)];
    for (const { admin } of nodes) await admin.sendCommand(later);
    return {
      /** As clients want them. */
      nodes: nodes.map(({ server: { host, port } }) => ({ host, port })),
      servers: nodes.map(({ server }) => server),
      /** A witness for each primary, in the order of their slots. */
      admins: serving.map(({ admin }) => admin),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

module.exports = { startCluster };
