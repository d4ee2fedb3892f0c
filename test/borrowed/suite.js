'use strict';

// The one suite of behaviours, for all borrowed clients of a family.

const { openClient } = require('../helpers/borrowed-clients');
const { isFull } = require('../helpers/depth');
const { readPage, table } = require('../helpers/markdown');
const { openPlace } = require('../helpers/places');
const { casesOf, groupsOf } = require('./cases');
const { reasonFor } = require('./left-out');
const { prepare, runOne } = require('./runs');
const { NAME, rowOf } = require('./table');

/** Of the others older versions and variants are for the full run: there are more than forty. */
const ALWAYS = new Set([
  ...['node-redis 3', 'node-redis 4', 'node-redis 5', 'node-redis 6', 'node-redis 6, pool'],
  ...['node-redis 6, Buffers', 'node-redis 6, keyPrefix', 'node-redis 4, legacyMode'],
  ...['ioredis 4', 'ioredis 5', 'ioredis 6', 'ioredis 6, keyPrefix', 'iovalkey'],
  ...['sendCommand alone', 'call alone', 'redis-mock'],
  ...['node-redis 6, Sentinel', 'ioredis 6, Sentinel'],
  ...['node-redis 6, Cluster', 'ioredis 6, Cluster', 'ioredis 6, Cluster, keyPrefix'],
]);

/** What was not as it should be, in one error. */
function expectNothing(wrong, count) {
  if (wrong.length === 0) return;
  const told = wrong.map(({ title, error, reason }) =>
    reason
      ? `- ${title}\n  passes, though it is said not to: ${reason}`
      : `- ${title}\n  ${error.stack ?? error}`,
  );
  throw new Error(`${wrong.length} of ${count} cases:\n${told.join('\n')}`);
}

/**
 * @param {import('../helpers/borrowed-clients').BorrowedClient[]} family clients of one place
 * @returns what was opened, for more tests of the same file
 */
function describeFamily(family) {
  const clients = family.filter(({ name }) => isFull() || ALWAYS.has(name));
  const opened = new Map();
  const closers = [];
  const shared = { place: undefined, opened };
  let prepared;

  beforeAll(async () => {
    shared.place = await openPlace(clients[0].place);
    for (const borrowed of clients) {
      const { client, close } = await openClient(borrowed, shared.place.where);
      closers.push(close);
      opened.set(borrowed, client);
    }
    prepared = await prepare(shared.place, opened);
  });

  afterAll(async () => {
    for (const close of closers) await close();
    await shared.place?.stop();
  });

  /** @type {Map<any, Map<any, any>>} of each client, by case */
  const outcomes = new Map(clients.map((borrowed) => [borrowed, new Map()]));
  const outcomeOf = async (borrowed, each) => {
    const known = outcomes.get(borrowed);
    if (!known.has(each)) {
      const client = opened.get(borrowed);
      known.set(each, await runOne(borrowed, client, each, shared.place, prepared));
    }
    return known.get(each);
  };

  describe.each(clients.map((borrowed) => [borrowed.name, borrowed]))('%s', (name, borrowed) => {
    test.each(groupsOf(borrowed))('does what this package’s own client does: %s', async (group) => {
      const wrong = [];
      const cases = casesOf(group);
      for (const each of cases) {
        const outcome = await outcomeOf(borrowed, each);
        const reason = reasonFor(name, each);
        const expected = reason ? 'no' : 'yes';
        if (outcome.verdict === '-' || outcome.verdict === expected) continue;
        wrong.push({ title: each.title, error: outcome.error, reason });
      }
      expectNothing(wrong, cases.length);
    });

    test('docs/borrowed.md says of it what is so', async () => {
      for (const each of groupsOf(borrowed).flatMap(casesOf)) await outcomeOf(borrowed, each);
      const row = table(readPage('docs/borrowed.md')).find((each) => each[NAME] === name);
      expect(row).toEqual(rowOf(borrowed, (each) => outcomes.get(borrowed).get(each)));
    });

    test('a callback that throws disturbs no other of its tick', () => {
      const others = Object.values(prepared.throwing[name]).map((report) => report.others);
      expect(others).toEqual([6, 6, 6, 6]);
    });
  });

  return shared;
}

module.exports = { describeFamily };
