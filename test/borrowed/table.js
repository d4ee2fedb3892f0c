'use strict';

// docs/borrowed.md: what the store does over each borrowed client.

const path = require('node:path');
const { CLIENTS, openClient, versionOf } = require('../helpers/borrowed-clients');
const { openPlace } = require('../helpers/places');
const { pretty } = require('../helpers/pretty');
const cases = require('./cases');
const { LEFT_OUT, NOT_RUN } = require('./left-out');
const { FAMILIES, prepare, runOne } = require('./runs');

const FILE = path.join(__dirname, '../../docs/borrowed.md');

const INTRODUCTION = `# With the client you already have

The same cases, run over each client that an application may have: on real servers, a cluster of
three primaries and a Sentinel, and in redis-mock's memory. So many of so many pass; cases that are
not about a client are not counted, nor are this store's own limits, which
[conformance.md](conformance.md) tells. "-": not run, because the client is that of another row with
an option that does not matter there. \`node scripts/borrowed.js\` runs the cases and writes this
page; a test fails when it is not what would be written now. The cases are in
[test/conformance/cases](../test/conformance/cases) and
[test/borrowed/cases](../test/borrowed/cases).
`;

const NAME = 'client';
const VERSION = 'version';
const COLUMNS = [NAME, VERSION, ...cases.GROUPS];

/**
 * @param {import('../helpers/borrowed-clients').BorrowedClient} borrowed
 * @param {(oneCase: any) => { verdict: string }} outcomeOf
 * @returns {Record<string, string>} by the titles of the columns
 */
function rowOf(borrowed, outcomeOf) {
  const row = { [NAME]: borrowed.name, [VERSION]: versionOf(borrowed.package) };
  for (const group of cases.GROUPS) row[group] = '-';
  for (const group of cases.groupsOf(borrowed)) {
    const verdicts = cases
      .casesOf(group)
      .filter(({ limit }) => !limit)
      .map((each) => outcomeOf(each).verdict)
      .filter((verdict) => verdict !== '-');
    const passed = verdicts.filter((verdict) => verdict === 'yes');
    row[group] = `${passed.length}/${verdicts.length}`;
  }
  return row;
}

/** @param {Record<string, string>[]} rows @returns {string} the page */
function write(rows) {
  const lines = [INTRODUCTION, `| ${COLUMNS.join(' | ')} |`, `|${' --- |'.repeat(COLUMNS.length)}`];
  for (const row of rows) lines.push(`| ${COLUMNS.map((title) => row[title]).join(' | ')} |`);
  for (const [client, reasons] of Object.entries(LEFT_OUT)) {
    const all = [...Object.values(reasons), ...Object.values(NOT_RUN[client] ?? {})];
    const told = [...new Set(all)].map((reason) => `- ${reason}.`);
    lines.push('', `What is missing over ${client}:`, '', ...told);
  }
  return pretty(lines.join('\n'), FILE);
}

/**
 * Runs all cases over all clients.
 * @param {(client: string, title: string, error: any) => void} onFailure
 * @returns {Promise<Record<string, string>[]>} the rows
 */
async function runEverything(onFailure) {
  const rows = new Map();
  for (const clients of Object.values(FAMILIES)) {
    const place = await openPlace(clients[0].place);
    const opened = new Map();
    const closers = [place.stop];
    try {
      for (const borrowed of clients) {
        const { client, close } = await openClient(borrowed, place.where);
        closers.unshift(close);
        opened.set(borrowed, client);
      }
      const prepared = await prepare(place, opened);
      for (const [borrowed, client] of opened) {
        const outcomes = new Map();
        for (const each of cases.groupsOf(borrowed).flatMap(cases.casesOf)) {
          const outcome = await runOne(borrowed, client, each, place, prepared);
          outcomes.set(each, outcome);
          if (outcome.verdict === 'no') onFailure(borrowed.name, each.title, outcome.error);
        }
        rows.set(
          borrowed,
          rowOf(borrowed, (each) => outcomes.get(each)),
        );
      }
    } finally {
      for (const close of closers) await close();
    }
  }
  return CLIENTS.map((borrowed) => rows.get(borrowed));
}

module.exports = { FILE, NAME, rowOf, runEverything, write };
