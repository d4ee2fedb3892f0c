'use strict';

// How long from nothing to the first session, and what lands in node_modules for it?

const { execFile } = require('node:child_process');
const path = require('node:path');
const { promisify } = require('node:util');

const { withServer } = require('../process/server');
const { packageSize } = require('../process/package-size');
const { formatInterval, surenessOf } = require('../report/interval');
const { estimate, estimateRatio, typical } = require('../report/statistics');
const { formatTable } = require('../report/table');
const { interleave } = require('../rounds');
const { STORES, SUBJECTS, choose } = require('../subjects');

const SCRIPT = path.join(__dirname, '..', 'process', 'start.js');
const execute = promisify(execFile);

/** How long one start may take, milliseconds. */
const PATIENCE = 30_000;

/** @param {import('../run').Context} context */
async function run({ options, print }) {
  const defaults = STORES.filter((id) => id !== 'access' && id !== 'ioredis-auto');
  const ids = choose(options, defaults, ['store']);
  const count = options.rounds ?? (options.quick ? 6 : 10);
  const rows = await withServer((server) =>
    interleave(
      ids.map((id) => ({ id })),
      count,
      async ({ id }) => {
        const args = [SCRIPT, id, JSON.stringify(server.address)];
        const { stdout } = await execute(process.execPath, args, { timeout: PATIENCE });
        return JSON.parse(stdout);
      },
    ),
  );
  const sizes = Object.fromEntries(ids.map((id) => [id, packageSize(SUBJECTS[id].packages)]));

  const head = ['', 'first get ms', 'ratio', 'CPU ms', 'resident MB', 'packages', 'size MB'];
  const lines = ids.map((id) => [
    SUBJECTS[id].name,
    formatInterval(typical(rows, id, 'answered'), 1),
    formatInterval(estimateRatio(rows, (row) => row[id].answered / row[ids[0]].answered)),
    formatInterval(typical(rows, id, 'cpu'), 0),
    formatInterval(
      estimate(rows, (row) => row[id].rss / 1e6),
      1,
    ),
    String(sizes[id].packages),
    (sizes[id].bytes / 1e6).toFixed(2),
  ]);
  print(
    `From before the first require to the first answer of get(), connecting included; CPU and memory of ` +
      `the process then. Medians of ${count} and their intervals (${surenessOf(count)}).\nSize: unpacked, with all that ` +
      `the package depends on, on this system; express-session, which all need, left out.\n\n` +
      `${formatTable(head, lines)}\n`,
  );
  return { rounds: count, rows, sizes };
}

module.exports = { run };
