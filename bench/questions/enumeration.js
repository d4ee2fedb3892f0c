'use strict';

// What do all(), length(), ids(), clear() and scan() over very many sessions cost, and how long do
// they keep the event loop and the server from everything else?

const assert = require('node:assert/strict');

const { Child } = require('../process/child');
const { watchServer } = require('../process/heartbeat');
const { makeIdPrefix, makeSession } = require('../process/session');
const { withServer } = require('../process/server');
const { formatInterval } = require('../report/interval');
const { estimate, estimateRatio, typical } = require('../report/statistics');
const { formatTable } = require('../report/table');
const { interleave } = require('../rounds');
const { SUBJECTS } = require('../subjects');

const IDS = ['hiredis', 'node-redis'];
const METHODS = ['length', 'all', 'scan', 'clear'];
const SIZES = [100_000, 1_000_000];
const QUICK_SIZES = [100_000];

/** How long one may take, milliseconds. */
const PATIENCE = 600_000;

/** @typedef {InstanceType<typeof import('../process/server').Server>} Server */

/**
 * One operation of one subject, in a process of its own: what the one before left in memory is
 * no concern of the next.
 * @param {Server} server
 * @param {string} id
 * @param {string} method
 * @param {number} count
 */
async function measure(server, id, method, count) {
  const child = new Child(id, 'subject.js');
  try {
    await child.ask('open', { subject: id, server: server.address, sessions: 0 });
    const heartbeat = watchServer(server.admin);
    let figures;
    try {
      figures = await child.ask('enumerate', { method }, PATIENCE);
    } catch (error) {
      // The figure is that it cannot be done: out of memory, or too many arguments.
      return { failed: String(error).split('\n')[0] };
    } finally {
      await heartbeat.stop();
    }
    // connect-redis does not say how many it has cleared.
    if (figures.count !== null) assert.equal(figures.count, count, `${id}: sessions ${method} met`);
    if (method === 'clear') assert.equal(await server.admin.dbSize(), 0, `${id}: left by clear`);
    await child.close();
    return { ...figures, serverDelay: heartbeat.longest };
  } finally {
    child.kill();
  }
}

/** @param {import('../run').Context} context */
async function run({ options, print }) {
  const { quick } = options;
  const ids = IDS.filter((id) => options.subjects?.includes(id) ?? true);
  const sizes = quick ? QUICK_SIZES : SIZES;
  const value = JSON.stringify(makeSession());
  print(
    'COUNT of each SCAN is 100, the default of both stores. delay: the longest that the event loop ' +
      'of the store was kept waiting, in the worst\nround; server: the longest that another ' +
      "client's PING waited; memory: at most, above what the process held before.\nMedians else, and their intervals.\n",
  );

  const results = [];
  for (const size of sizes) {
    const count = options.rounds ?? (quick ? 3 : 6);
    for (const method of METHODS) {
      const subjects = ids
        .filter((id) => method !== 'scan' || id === 'hiredis')
        .map((id) => ({ id }));
      if (subjects.length === 0) continue;
      const rows = await withServer(async (server) => {
        const fill = async () => {
          await server.flush();
          await server.seed(makeIdPrefix(), 0, size, value);
        };
        await fill();
        return interleave(subjects, count, async ({ id }) => {
          if ((await server.admin.dbSize()) !== size) await fill();
          return measure(server, id, method, size);
        });
      });
      results.push({ method, size, rows });
      print(`${formatResult({ method, size, rows }, subjects)}\n`);
    }
  }
  return { results };
}

/**
 * @param {{ method: string, size: number, rows: import('../report/statistics').Row[] }} result
 * @param {{ id: string }[]} subjects
 */
function formatResult({ method, size, rows }, subjects) {
  const base = subjects[0].id;
  const head = [
    `${method}(), ${size.toLocaleString('en')} sessions`,
    'seconds',
    'ratio',
    'CPU s',
    'delay ms',
    'server ms',
    'memory MB',
  ];
  const lines = subjects.map(({ id }) => {
    const failed = rows.map((row) => row[id].failed).find(Boolean);
    if (failed) return [`${SUBJECTS[id].name}: ${failed}`, '-', '-', '-', '-', '-', '-'];
    return [
      SUBJECTS[id].name,
      formatInterval(typical(rows, id, 'seconds')),
      formatInterval(estimateRatio(rows, (row) => row[id].seconds / row[base].seconds)),
      formatInterval(typical(rows, id, 'cpuSeconds')),
      Math.max(...rows.map((row) => row[id].delay)).toFixed(1),
      Math.max(...rows.map((row) => row[id].serverDelay)).toFixed(1),
      formatInterval(
        estimate(rows, (row) => row[id].memory / 1e6),
        0,
      ),
    ];
  });
  return formatTable(head, lines);
}

module.exports = { run };
