'use strict';

// Small sessions and huge ones: what do get and set cost from 200 bytes to 2 megabytes?

const { withParticipants } = require('../process/participants');
const { withServer } = require('../process/server');
const { costTable } = require('../report/cost');
const { interleave } = require('../rounds');
const { STORES, choose } = require('../subjects');

const OPERATIONS = ['get', 'set'];

/** `count`: how many sessions; they fit into memory many times over. */
const SIZES = [
  { bytes: 200, plainAscii: true, outstanding: 64, count: 1024 },
  { bytes: 2_000, plainAscii: true, outstanding: 64, count: 1024 },
  { bytes: 20_000, plainAscii: true, outstanding: 16, count: 256 },
  { bytes: 20_000, plainAscii: false, outstanding: 16, count: 256 },
  { bytes: 200_000, plainAscii: true, outstanding: 4, count: 32 },
  { bytes: 2_000_000, plainAscii: true, outstanding: 2, count: 8 },
];

/** @param {(typeof SIZES)[number]} size */
function describe({ bytes, plainAscii, outstanding }) {
  const weight =
    bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${bytes / 1000} kB` : `${bytes / 1e6} MB`;
  const letters = plainAscii ? '' : ', not all of it ASCII';
  return `${weight}${letters}, ${outstanding} outstanding`;
}

/** @param {import('../run').Context} context */
async function run({ options, print }) {
  const { quick } = options;
  const defaults = [...STORES.filter((id) => id !== 'access'), 'json'];
  const ids = choose(options.subjects, defaults, ['store', 'json']);
  const operations = (options.operations ?? OPERATIONS).filter((name) => OPERATIONS.includes(name));
  const count = options.rounds ?? 5;
  const milliseconds = options.milliseconds ?? (quick ? 150 : 400);
  return withServer((server) =>
    withParticipants({ ids, server }, async (participants) => {
      print(`Medians of ${count} rounds of ${milliseconds} ms; in brackets the ratio.\n`);
      const results = [];
      for (const size of SIZES) {
        await server.flush();
        for (const { child } of participants) await child?.ask('resize', size);
        const ofSize = [];
        for (const operation of operations) {
          const request = { operation, outstanding: size.outstanding, milliseconds };
          await interleave(participants, 1, (each) => each.round(request));
          const rows = await interleave(participants, count, (each) => each.round(request));
          ofSize.push({ operation, ...size, rows });
        }
        results.push(...ofSize);
        print(costTable(describe(size), ofSize, ids));
      }
      return { milliseconds, rounds: count, results };
    }),
  );
}

module.exports = { run };
