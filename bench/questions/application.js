'use strict';

// What does a whole Express 5 application with express-session cost per request, with this store,
// with its peers, with MemoryStore and without sessions?

const assert = require('node:assert/strict');

const { Child } = require('../process/child');
const { withServer } = require('../process/server');
const { medianOf, typical } = require('../report/statistics');
const { formatTable } = require('../report/table');
const { interleave } = require('../rounds');
const { STORES, SUBJECTS, choose } = require('../subjects');

const CONNECTIONS = 32;
const VISITORS = 1024;
/** Requests per second of the fixed rate: about a quarter of what the application can do. */
const RATE = 1500;

const DEFAULT_SUBJECTS = [
  'memory',
  'hiredis',
  'none',
  ...STORES.filter((id) => id !== 'hiredis' && id !== 'access'),
];
const QUICK_SUBJECTS = ['memory', 'hiredis', 'none', 'node-redis'];

/** What is asked for, how, and what the store is asked for meanwhile. */
const LOADS = [
  { name: 'touch', path: '/', operations: ['get', 'touch'], title: 'GET / that touches' },
  { name: 'save', path: '/count', operations: ['get', 'set'], title: 'GET /count that saves' },
  {
    name: 'rate',
    path: '/',
    operations: ['get', 'touch'],
    rate: RATE,
    title: 'GET / that touches',
  },
];

/** @typedef {(typeof LOADS)[number]} Load */

/** One application and what sends requests to it. */
class Application {
  #server;

  /**
   * @param {string} id
   * @param {InstanceType<typeof import('../process/server').Server>} server
   */
  constructor(id, server) {
    this.id = id;
    this.#server = server;
    this.application = new Child(id, 'application.js');
    this.load = new Child(`requests to ${id}`, 'load.js');
  }

  async open() {
    const redis = this.#server.address;
    const { port } = await this.application.ask('open', { subject: this.id, redis });
    await this.load.ask('connect', { port, count: CONNECTIONS, people: VISITORS });
  }

  /**
   * @param {Load} load
   * @param {number} milliseconds
   */
  async round({ path, rate, operations }, milliseconds) {
    await this.#server.startCounting();
    await this.application.ask('start');
    const { answered, ...figures } = await this.load.ask('run', { path, rate, milliseconds });
    const cpu = await this.application.ask('stop');
    this.#compare(operations, answered, await this.#server.counted());
    return {
      ...figures,
      requests: answered,
      cpu: cpu / answered,
      throughput: answered / figures.seconds,
    };
  }

  /**
   * One session loaded and one renewed or saved per request, no more and no less.
   * @param {string[]} operations
   * @param {number} answered
   * @param {Record<string, number>} counted
   */
  #compare(operations, answered, counted) {
    const { commands } = SUBJECTS[this.id];
    /** @type {Record<string, number>} */
    const expected = {};
    for (const operation of operations) {
      for (const name of Object.keys(commands[operation] ?? {})) expected[name] = answered;
    }
    assert.deepEqual(counted, expected, `${this.id}: the server counted other commands`);
  }

  async close() {
    await this.load.close();
    await this.application.close();
  }

  kill() {
    this.load.kill();
    this.application.kill();
  }
}

/** @param {import('../run').Context} context */
async function run({ options, print }) {
  const { quick } = options;
  const defaults = quick ? QUICK_SUBJECTS : DEFAULT_SUBJECTS;
  const ids = choose(options.subjects, defaults, ['store', 'none']);
  const loads = quick ? LOADS.slice(0, 1) : LOADS;
  const count = options.rounds ?? (quick ? 5 : 9);
  const milliseconds = options.milliseconds ?? (quick ? 700 : 1500);

  return withServer(async (server) => {
    /** @type {Application[]} */
    const applications = [];
    try {
      for (const id of ids) {
        const application = new Application(id, server);
        applications.push(application);
        await application.open();
      }
      print(
        `Express 5 and express-session, ${CONNECTIONS} connections, ${VISITORS} visitors; medians ` +
          `of ${count} rounds of ${milliseconds} ms, each application\nin a process of its own, in ` +
          'turn. express-session itself (cookie, signature, hash) is most of what sessions cost.\n',
      );
      const results = [];
      for (const load of loads) {
        const { name, title, rate } = load;
        await interleave(applications, 1, (each) =>
          each.round(load, quick ? 1000 : 2 * milliseconds),
        );
        const rows = await interleave(applications, count, (each) =>
          each.round(load, milliseconds),
        );
        results.push({ load: name, title, rate, rows });
        print(`${formatResult({ title, rate, rows }, ids)}\n`);
      }
      for (const application of applications) await application.close();
      return { milliseconds, rounds: count, connections: CONNECTIONS, results };
    } finally {
      for (const application of applications) application.kill();
    }
  });
}

/**
 * @param {{ title: string, rate?: number, rows: import('../report/statistics').Row[] }} result
 * @param {string[]} ids
 */
function formatResult({ title, rate, rows }, ids) {
  const [base] = ids;
  const how = rate ? `${rate} requests/s` : 'as many as it can';
  const head = [
    `${title}, ${how}`,
    'CPU us/request',
    `to ${SUBJECTS[base].name}`,
    'requests/s',
    'p50 ms',
    'p99 ms',
  ];
  const lines = ids.map((id) => [
    id === 'none' ? SUBJECTS[id].name : SUBJECTS[id].name.replace('connect-redis + ', ''),
    typical(rows, id, 'cpu').toFixed(1),
    `${medianOf(rows, (row) => row[id].cpu / row[base].cpu).toFixed(3)}x`,
    Math.round(typical(rows, id, 'throughput')).toLocaleString('en'),
    typical(rows, id, 'p50').toFixed(2),
    typical(rows, id, 'p99').toFixed(2),
  ]);
  return formatTable(head, lines);
}

module.exports = { run };
