'use strict';

// Small sessions and huge ones: what do get and set cost from 200 bytes to 2 megabytes?

const { withParticipants } = require('../process/participants');
const { withServer } = require('../process/server');
const { costTable } = require('../report/cost');
const { surenessOf } = require('../report/interval');
const { inSets, interleave, measureSet } = require('../rounds');
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

/**
 * Everything, once, with a process of its own for each subject.
 * @param {InstanceType<typeof import('../process/server').Server>} server
 * @param {import('../run').Options} options
 * @param {{ ids: string[], operations: string[], rounds: number, milliseconds: number }} plan
 */
function measure(server, { builds }, { ids, operations, rounds, milliseconds }) {
  return withParticipants({ ids, server, builds }, async (participants) => {
    const measured = [];
    for (const size of SIZES) {
      await server.flush();
      for (const { child } of participants) await child?.ask('resize', size);
      for (const operation of operations) {
        const request = { operation, outstanding: size.outstanding, milliseconds };
        await interleave(participants, 2, (each) => each.round(request));
        const figures = await measureSet(participants, rounds, (each) => each.round(request));
        measured.push({ operation, ...size, ...figures });
      }
    }
    return measured;
  });
}

/** @param {import('../run').Context} context */
async function run({ options, print }) {
  const { quick } = options;
  const defaults = [...STORES.filter((id) => id !== 'access'), 'json'];
  const ids = choose(options, defaults, ['store', 'json']);
  const operations = (options.operations ?? OPERATIONS).filter((name) => OPERATIONS.includes(name));
  const sets = options.processes ?? 6;
  const rounds = options.rounds ?? (quick ? 2 : 4);
  const milliseconds = options.milliseconds ?? (quick ? 60 : 100);
  print(
    `Medians of ${sets} processes of each subject, with ${rounds} rounds of ${milliseconds} ms in ` +
      `turn, and how far the interval (${surenessOf(sets)})\nreaches from there; in brackets the ratio.\n`,
  );
  const results = await withServer((server) =>
    inSets(sets, () => measure(server, options, { ids, operations, rounds, milliseconds })),
  );
  for (const size of SIZES) {
    const ofSize = results.filter(
      ({ bytes, plainAscii }) => bytes === size.bytes && plainAscii === size.plainAscii,
    );
    print(costTable(describe(size), ofSize, ids));
  }
  return { milliseconds, rounds, sets, results };
}

module.exports = { run };
