'use strict';

// What is compared. Every subject is used as its own documentation says, defaults throughout but
// for what a comment beside it names.

const path = require('node:path');

const { version } = require('../../package.json');
const { openAccess, openBorrowed, openRedundant, openStore } = require('./ours');
const peers = require('./peers');

/**
 * What the server is asked for one operation: names of INFO commandstats, and how many of each.
 *
 * @typedef {Record<string, Record<string, number>>} Commands
 *
 * @typedef {object} Opened
 * @property {any} store what has get, set, touch and destroy
 * @property {any} [sessionStore] the express-session Store behind it, if it is none itself
 * @property {boolean} [promises] they give Promises instead of calling back
 * @property {() => unknown} close
 *
 * @typedef {object} Subject
 * @property {string} name as the tables show it
 * @property {'store' | 'redundant' | 'json' | 'program' | 'none'} kind redundant: a store over two
 *   servers, which only the question `redundant` has
 * @property {string[]} packages the development dependencies that it stands for
 * @property {Commands} commands those that it has a figure for
 * @property {Commands[string]} [missing] what `get` asks for a session that there is not, if not the same
 * @property {boolean} [exact] whether expiry is exact to the millisecond
 * @property {Record<string, string>} [program] how the C program calls them
 * @property {(server: any) => Promise<Opened>} [open]
 */

const OURS = {
  get: { get: 1, pttl: 1 },
  set: { set: 1 },
  touch: { pexpire: 1 },
  destroy: { del: 1 },
};
const CONNECT_REDIS = {
  get: { get: 1 },
  set: { set: 1 },
  touch: { expire: 1 },
  destroy: { del: 1 },
};

/**
 * @param {string} name
 * @param {string[]} packages
 * @param {NonNullable<Subject['open']>} open
 * @returns {Subject}
 */
const peer = (name, packages, open) => ({
  name: `connect-redis + ${name}`,
  kind: 'store',
  packages: ['connect-redis', ...packages],
  commands: CONNECT_REDIS,
  open,
});

/** @type {Record<string, Subject>} */
const SUBJECTS = {
  hiredis: {
    name: 'connect-hiredis',
    kind: 'store',
    packages: [],
    commands: OURS,
    exact: true,
    open: openStore,
  },
  before: {
    name: 'connect-hiredis before',
    kind: 'store',
    packages: [],
    commands: OURS,
    exact: true,
    open: openStore,
  },
  access: {
    name: 'connect-hiredis, access (Promises)',
    kind: 'store',
    packages: [],
    commands: OURS,
    exact: true,
    open: openAccess,
  },
  borrowed: {
    name: 'connect-hiredis + node-redis',
    kind: 'store',
    packages: ['redis'],
    commands: OURS,
    missing: { get: 1 },
    exact: true,
    open: openBorrowed,
  },
  redundant: {
    name: 'connect-hiredis, two servers',
    kind: 'redundant',
    packages: [],
    commands: OURS,
    exact: true,
    open: openRedundant,
  },
  'node-redis': peer('node-redis', ['redis'], peers.openNodeRedis),
  ioredis: peer('ioredis', ['ioredis'], peers.openIoredis),
  'ioredis-auto': peer('ioredis, autopipelining', ['ioredis'], peers.openIoredisAutopipelining),
  iovalkey: peer('iovalkey', ['iovalkey'], peers.openIovalkey),
  'fast-driver': peer('redis-fast-driver', ['redis-fast-driver'], peers.openFastDriver),
  glide: peer('valkey-glide', ['@valkey/valkey-glide'], peers.openGlide),
  floor: {
    name: 'plain C, no JSON',
    kind: 'program',
    packages: [],
    commands: { get: { get: 1 }, set: { set: 1 }, touch: { pexpire: 1 } },
    program: { get: 'get', set: 'set', touch: 'touch' },
  },
  'floor-expiry': {
    name: 'plain C, GET and PTTL, no JSON',
    kind: 'program',
    packages: [],
    commands: { get: { get: 1, pttl: 1 } },
    program: { get: 'get-expiry' },
  },
  json: {
    name: 'JSON alone',
    kind: 'json',
    packages: [],
    commands: { get: {}, set: {} },
  },
  memory: {
    name: 'MemoryStore',
    kind: 'none',
    packages: ['express-session'],
    commands: {},
  },
  none: {
    name: 'no session',
    kind: 'none',
    packages: ['express'],
    commands: {},
  },
};

/** Those that have a Redis behind them and can be stores. */
const STORES = Object.keys(SUBJECTS).filter(
  (id) => SUBJECTS[id].kind === 'store' && id !== 'borrowed' && id !== 'before',
);

/**
 * What a question measures: of the subjects that were asked for, those that it can. Where there is
 * a build before, it follows this one.
 * @param {{ subjects?: string[], builds?: object }} options
 * @param {string[]} defaults
 * @param {Subject['kind'][]} kinds
 */
function choose({ subjects, builds }, defaults, kinds) {
  const withBefore = defaults.flatMap((id) => (id === 'hiredis' && builds ? [id, 'before'] : [id]));
  const ids = subjects?.filter((id) => kinds.includes(SUBJECTS[id].kind)) ?? withBefore;
  if (ids.length === 0) throw new Error('None of the subjects asked for fits this question');
  return ids;
}

/** @param {string} name */
function versionOf(name) {
  // By its path: not every package exports its package.json.
  return require(path.join(__dirname, '..', '..', 'node_modules', name, 'package.json')).version;
}

/**
 * 'connect-redis 10.0.0 + redis 6.3.1', or this package's own version.
 * @param {string} id
 * @param {import('../builds').Builds} [builds]
 */
function versionsOf(id, builds) {
  const { packages, kind } = SUBJECTS[id];
  if (id === 'before') return builds?.about ?? 'not measured';
  if (packages.length > 0) return packages.map((name) => `${name} ${versionOf(name)}`).join(' + ');
  if (kind === 'program') {
    return "hiredis and its adapter for libuv, as redis-fast-driver's package has them";
  }
  if (kind === 'json') return 'JSON.parse and JSON.stringify of this Node';
  return `${version} (this checkout)`;
}

module.exports = { SUBJECTS, STORES, choose, versionsOf };
