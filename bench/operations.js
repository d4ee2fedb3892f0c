'use strict';

// What do get, set, touch and destroy cost the Node process, beside the peers?

const { Child } = require('./child');
const { SESSION_BYTES, makeSession } = require('./session');
const { median } = require('./statistics');
const { SUBJECTS } = require('./subjects');
const { formatTable } = require('./table');

const OPERATIONS = ['get', 'set', 'touch', 'destroy'];
const OUTSTANDING = [1, 16, 64, 256];

/** The number of outstanding operations that the main figures are quoted for. */
const MAIN = 64;

/** Sessions that a round of destroy finds; it ends early when all of them are gone. */
const DOOMED_PER_MILLISECOND = 400;
const DOOMED_AT_MOST = 200_000;

/** Writes the sessions that destroy is given. They expire, so that a failed run leaves nothing. */
const SEED = `
  for index = tonumber(ARGV[2]), tonumber(ARGV[3]) - 1 do
    redis.call('SET', 'sess:' .. ARGV[1] .. string.format('%08d', index), ARGV[4], 'EX', 86400)
  end
`;
const SEED_BATCH = 20_000;

/**
 * @typedef {object} Options
 * @property {boolean} quick
 * @property {string[]} [operations]
 * @property {number[]} [outstanding]
 * @property {string[]} subjects
 * @property {number} [rounds]
 * @property {'plain' | 'express'} sessions
 *
 * @typedef {import('./loop').Round} Round
 *
 * @typedef {object} Subject a child, and how many of its doomed sessions are gone from Redis
 * @property {InstanceType<typeof Child>} child
 * @property {string} doomedPrefix
 * @property {number} destroyed
 */

/**
 * How long and how often: at least five rounds of the main figures.
 * @param {Options} options
 */
function plan({ quick, rounds }) {
  return {
    milliseconds: quick ? 300 : 1000,
    warmUp: quick ? 120 : 400,
    roundsAt: (/** @type {number} */ outstanding) =>
      rounds ?? (quick ? (outstanding === MAIN ? 5 : 3) : 7),
  };
}

/**
 * @param {{ server: { url: string }, options: Options, print: (text: string) => void }} context
 */
async function run({ server, options, print }) {
  const { operations = OPERATIONS, outstanding: levels = OUTSTANDING, subjects: ids } = options;
  const { milliseconds, warmUp, roundsAt } = plan(options);
  const { createClient } = await import('redis');
  const admin = await createClient({ url: server.url }).connect();
  /** @type {Subject[]} */
  const subjects = [];
  const doomed = operations.includes('destroy')
    ? Math.min(DOOMED_AT_MOST, milliseconds * DOOMED_PER_MILLISECOND)
    : 0;

  /** @param {Subject} subject */
  async function writeDoomed({ doomedPrefix, destroyed }) {
    const json = JSON.stringify(makeSession());
    for (let from = 0; from < destroyed; from += SEED_BATCH) {
      const to = Math.min(destroyed, from + SEED_BATCH);
      await admin.eval(SEED, { arguments: [doomedPrefix, String(from), String(to), json] });
    }
  }

  /**
   * One round of one subject.
   * @param {Subject} subject
   * @param {string} operation
   * @param {number} outstanding
   * @param {number} duration milliseconds
   * @returns {Promise<Round>}
   */
  async function measure(subject, operation, outstanding, duration) {
    const request = { operation, outstanding, milliseconds: duration };
    if (operation !== 'destroy') return subject.child.ask('round', request);
    await writeDoomed(subject);
    const before = await admin.dbSize();
    const round = await subject.child.ask('round', { ...request, limit: doomed });
    const gone = before - (await admin.dbSize());
    if (gone !== round.operations) {
      throw new Error(`${subject.child.subject}: ${round.operations} destroyed, ${gone} gone`);
    }
    subject.destroyed = round.operations;
    return round;
  }

  try {
    for (const id of ids) {
      const child = new Child(id);
      const subject = { child, doomedPrefix: '', destroyed: doomed };
      subjects.push(subject);
      const opening = { subject: id, server: { url: server.url }, sessions: options.sessions };
      Object.assign(subject, await child.ask('open', { ...opening, doomed }));
    }
    print(introduction(options, ids[0]));
    const results = [];
    for (const operation of operations) {
      for (const outstanding of levels) {
        for (const subject of subjects) await measure(subject, operation, outstanding, warmUp);
        /** @type {Round[][]} by round, then by subject */
        const rounds = [];
        for (let round = 0; round < roundsAt(outstanding); round++) {
          const row = [];
          for (const subject of subjects) {
            row.push(await measure(subject, operation, outstanding, milliseconds));
          }
          rounds.push(row);
        }
        const result = { operation, outstanding, subjects: summarize(ids, rounds) };
        results.push(result);
        print(formatResult(result));
      }
    }
    for (const { child } of subjects) {
      await child.ask('close');
      await child.exited;
    }
    if (ids.length > 1) print(formatMain(results));
    return { sessionBytes: SESSION_BYTES, milliseconds, baseline: ids[0], results };
  } finally {
    for (const { child } of subjects) child.kill();
    admin.destroy();
  }
}

/**
 * Medians over the rounds. A ratio is the median of the rounds' ratios: the two figures of each
 * were measured one right after the other.
 * @param {string[]} ids
 * @param {Round[][]} rounds
 */
function summarize(ids, rounds) {
  return ids.map((id, column) => {
    const over = (/** @type {(row: Round[]) => number} */ figure) => median(rounds.map(figure));
    return {
      subject: id,
      cpu: over((row) => row[column].cpu),
      cpuRatio: over((row) => row[column].cpu / row[0].cpu),
      cpuDifference: over((row) => row[column].cpu - row[0].cpu),
      throughput: over((row) => row[column].throughput),
      throughputRatio: over((row) => row[column].throughput / row[0].throughput),
      latency: over((row) => row[column].latency),
      rounds: rounds.map((row) => row[column]),
    };
  });
}

/** @typedef {{ operation: string, outstanding: number, subjects: ReturnType<typeof summarize> }} Result */

/**
 * @param {Options} options
 * @param {string} baseline
 */
function introduction({ sessions }, baseline) {
  const { name } = SUBJECTS[baseline];
  const what =
    sessions === 'express' ? ', as the Session objects that express-session loads and saves' : '';
  return (
    `Sessions of ${SESSION_BYTES} bytes of JSON${what}, JSON work included; closed loop; each ` +
    `subject in a process of its own, in turn.\n` +
    `CPU: microseconds of processor time of that process per operation. ` +
    `"x CPU" and "x ops/s": the row's figure\ndivided by that of ${name} in the same round; ` +
    `"us more" is the difference. All figures are medians over the rounds.\n`
  );
}

/** @param {Result} result */
function formatResult({ operation, outstanding, subjects }) {
  const base = SUBJECTS[subjects[0].subject].name;
  const rows = subjects.map(({ subject, ...figures }) => [
    SUBJECTS[subject].name,
    figures.cpu.toFixed(2),
    `${figures.cpuRatio.toFixed(2)}x`,
    figures.cpuDifference.toFixed(2),
    Math.round(figures.throughput).toLocaleString('en'),
    `${figures.throughputRatio.toFixed(2)}x`,
    (figures.latency * 1000).toFixed(0),
  ]);
  const head = ['', 'CPU us/op', 'x CPU', 'us more', 'ops/s', 'x ops/s', 'latency us'];
  const count = subjects[0].rounds.length;
  return (
    `${operation}, ${outstanding} outstanding (${count} rounds; ratios to ${base})\n\n` +
    `${formatTable(head, rows)}\n`
  );
}

/**
 * The main table: all of CPU per operation in one.
 * @param {Result[]} results
 */
function formatMain(results) {
  const [base, ...others] = results[0].subjects.map(({ subject }) => SUBJECTS[subject].name);
  const head = ['CPU us/op', base, ...others.map((name) => `${name} (ratio)`)];
  const rows = results.map(({ operation, outstanding, subjects }) => [
    `${operation}, ${outstanding} outstanding`,
    ...subjects.map(({ cpu, cpuRatio }, column) =>
      column === 0 ? cpu.toFixed(2) : `${cpu.toFixed(2)} (${cpuRatio.toFixed(2)}x)`,
    ),
  ]);
  return (
    `In short: CPU per operation of the Node process, and in brackets its ratio to the CPU of ` +
    `${base}\n\n${formatTable(head, rows)}\n\n` +
    'In a whole application express-session itself comes on top: about 47 us per request (README.md).\n'
  );
}

module.exports = { run, OPERATIONS };
