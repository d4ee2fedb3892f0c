'use strict';

// The ways to run a server: how each is started, and which tests are run with it.

const path = require('node:path');

const { ROOT } = require('../setup');

/** @param {string} file below test/helpers, whose types are its own business @returns {any} */
const load = (file) => require(path.join(ROOT, 'test', 'helpers', file));

/**
 * @typedef {object} Started
 * @property {{ port?: number, socket?: string }} server one of its servers with data
 * @property {string[]} addresses for people, each with what is there
 * @property {() => Promise<void>} stop
 *
 * @typedef {object} Deployment
 * @property {string} name
 * @property {string} id for command lines and names of files
 * @property {(program: string) => Promise<Started>} start resolves when it serves
 * @property {string[]} tests for Jest, which starts the same for each file that wants one
 */

/** @param {{ host: string, port: number }} where */
const hostAndPort = ({ host, port }) => `${host}:${port}`;

/** @param {string} program @returns {Promise<Started>} */
async function startSingle(program) {
  const server = await load('redis-server').startRedis({ program });
  return { server, addresses: [server.url], stop: () => server.stop() };
}

/** @param {string} program @returns {Promise<Started>} */
async function startTls(program) {
  const { server, ca, stop } = await load('redis-tls').startTls({ program });
  return { server, addresses: [server.url, `authority: ${ca}`], stop };
}

/** @param {string} program @returns {Promise<Started>} */
async function startSentinels(program) {
  const { name, sentinels, master, replicas, stop } = await load('redis-sentinel').startSentinel({
    sentinels: 3,
    replicas: 1,
    program,
  });
  const addresses = [
    ...sentinels.map((/** @type {any} */ each) => `sentinel of ${name}: ${hostAndPort(each)}`),
    `master: ${hostAndPort(master)}`,
    ...replicas.map((/** @type {any} */ each) => `replica: ${hostAndPort(each)}`),
  ];
  return { server: master, addresses, stop };
}

/** @param {string} program @returns {Promise<Started>} */
async function startCluster(program) {
  const options = { replicas: 1, program };
  const { servers, nodes, stop } = await load('redis-cluster').startCluster(3, options);
  return { server: servers[0], addresses: nodes.map(hostAndPort), stop };
}

/** @type {Deployment[]} */
const DEPLOYMENTS = [
  {
    name: 'one server',
    id: 'single',
    start: startSingle,
    tests: [
      ...['conformance/conformance', 'redundant/conformance', 'integration/*'],
      ...['borrowed/native', 'borrowed/node-redis', 'borrowed/ioredis', 'borrowed/others'],
    ],
  },
  // This package's client does not speak TLS yet.
  {
    name: 'TLS',
    id: 'tls',
    start: startTls,
    tests: [],
  },
  { name: 'Sentinel', id: 'sentinel', start: startSentinels, tests: ['borrowed/sentinel'] },
  { name: 'Cluster', id: 'cluster', start: startCluster, tests: ['borrowed/cluster'] },
];

/**
 * What a server says of its version: Valkey says after its own which Redis it is compatible with.
 * @param {Started['server']} server
 * @returns {Promise<string>}
 */
async function versionOf(server) {
  const admin = await load('use-redis').connectAdmin(server);
  try {
    const info = String(await admin.info('server'));
    const field = (/** @type {string} */ name) =>
      new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
    return field('valkey_version') ?? field('redis_version') ?? 'unknown';
  } finally {
    admin.destroy();
  }
}

module.exports = { DEPLOYMENTS, versionOf };
