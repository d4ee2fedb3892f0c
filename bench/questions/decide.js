'use strict';

// Did get, set, touch or a request of a whole application change by more than 2 % since another
// build, or can nobody tell?

const { OUTSTANDING, duelOfApplications, duelOfStores } = require('../duel');
const { canPin, pin } = require('../process/pin');
const { withServer } = require('../process/server');
const { CONNECTIONS } = require('../process/web');
const { formatInterval, intervalOfRatios } = require('../report/interval');
const { typical } = require('../report/statistics');
const { formatTable } = require('../report/table');
const { LOOKS, LOOK_CONFIDENCE, MARGIN, explain, judge } = require('../report/verdict');
const { whyNoInstructions } = require('../rounds');

/** A request of an application; all others are operations of a store. */
const REQUEST = 'request';
const DEFAULTS = ['get', 'set', 'touch', REQUEST];

/** The most pairs of processes. */
const PAIRS = 40;
/** How long all of it may take, the compiler included. */
const MINUTES = 9.5;

/** @typedef {import('../report/statistics').Row} Row */
/** @typedef {'cpu' | 'instructions'} Figure */

/** Rounds of both that make a turn: A B B A A B B A. */
const TURN = 4;

/**
 * Of one pair of processes: the middle of its turns, in each of which whatever changes steadily
 * changes both alike.
 * @param {Row[]} rounds
 */
function ratioInTurns(rounds) {
  const ratios = [];
  for (let first = 0; first < rounds.length; first += TURN) {
    const turn = rounds.slice(first, first + TURN);
    const cpu = (/** @type {string} */ id) => turn.reduce((sum, each) => sum + each[id].cpu, 0);
    ratios.push(cpu('hiredis') / cpu('before'));
  }
  return intervalOfRatios(ratios).value;
}

/** What is asked about, with the figures of each pair of processes so far. */
class Item {
  /** @type {Row[]} */
  rows = [];
  /** @type {Row[][]} */
  rounds = [];
  decided = false;

  /** @param {string} name */
  constructor(name) {
    this.name = name;
  }

  /** @param {import('../duel').Measured} measured */
  add({ row, rounds }) {
    this.rows.push(row);
    this.rounds.push(rounds);
  }

  /**
   * Of the ratios of now to before.
   * @param {Figure} figure
   */
  interval(figure) {
    const ratios =
      figure === 'cpu'
        ? this.rounds.map(ratioInTurns)
        : this.rows.map(({ hiredis, before }) => hiredis[figure] / before[figure]);
    const known = ratios.filter((ratio) => Number.isFinite(ratio));
    return intervalOfRatios(known, LOOK_CONFIDENCE);
  }

  look() {
    this.decided = judge(this.interval('cpu')) !== 'cannot tell';
  }
}

/**
 * One pair of processes after the other, until all is decided or the time is over.
 * @param {Item[]} items
 * @param {import('../run').Context} context
 */
async function decide(items, { options, print }) {
  const patience = (options.minutes ?? MINUTES) * 60_000;
  const most = options.processes ?? PAIRS;
  await withServer(async (server) => {
    if (canPin()) pin(server.pid, true);
    let longest = 0;
    for (let pair = 0; pair < most; pair++) {
      const began = performance.now();
      if (began - options.started + longest > patience) break;
      const open = items.filter(({ decided }) => !decided);
      if (open.length === 0) break;

      const operations = open.filter(({ name }) => name !== REQUEST);
      if (operations.length > 0) {
        const names = operations.map(({ name }) => name);
        const measured = await duelOfStores(server, options, pair, names);
        for (const [index, item] of operations.entries()) item.add(measured[index]);
      }
      for (const item of open.filter(({ name }) => name === REQUEST)) {
        item.add(await duelOfApplications(server, options, pair));
      }
      await server.flush();
      longest = Math.max(longest, performance.now() - began);
      if (!LOOKS.includes(pair + 1)) continue;
      for (const item of open) item.look();
      const still = open.filter(({ decided }) => !decided).map(({ name }) => name);
      print(`After ${pair + 1} pairs: ${still.join(', ') || 'nothing'} to be decided.`);
    }
  });
}

/**
 * @param {Item} item
 * @param {Figure} figure
 */
function resultOf(item, figure) {
  const { name, rows } = item;
  const interval = item.interval(figure);
  return {
    name,
    figure,
    before: typical(rows, 'before', figure),
    now: typical(rows, 'hiredis', figure),
    ratio: interval,
    verdict: judge(interval),
    text: explain(interval),
  };
}

/** @param {ReturnType<typeof resultOf>[]} results */
function formatResults(results) {
  const head = ['', '', 'before', 'now', 'pairs', 'now to before'];
  const lines = results.map(({ name, figure, before, now, ratio, text }) => {
    const digits = figure === 'cpu' ? 2 : 0;
    return [
      name,
      figure === 'cpu' ? 'CPU us' : 'instructions',
      formatInterval(before, digits),
      formatInterval(now, digits),
      String(ratio.pairs),
      text,
    ];
  });
  return formatTable(head, lines);
}

/** @param {string | undefined} why instructions are not counted */
function introduction(why) {
  const cores = canPin() ? ', the server and both of them on one core' : '';
  return (
    `CPU time of the Node process per operation, ${OUTSTANDING} outstanding, and per request of an ` +
    `Express application, ${CONNECTIONS} connections.\nPairs of processes, one of each build, that ` +
    `take turns in short slices${cores}. In brackets the interval in\npercent, with a confidence ` +
    `of ${LOOK_CONFIDENCE * 100} % for this look and 95 % for all looks together; a change is what is ` +
    `more than ${MARGIN * 100} %.\n` +
    (why ? `Instructions are not counted: ${why}.\n` : '')
  );
}

/** @param {import('../run').Context} context */
async function run(context) {
  const { options, print } = context;
  if (!options.builds) throw new Error('decide needs another build: --against FOLDER');
  const items = (options.operations ?? DEFAULTS).map((name) => new Item(name));
  const why = whyNoInstructions();
  print(introduction(why));
  await decide(items, context);
  /** @type {Figure[]} */
  const figures = why ? ['cpu'] : ['cpu', 'instructions'];
  const results = items.flatMap((item) => figures.map((figure) => resultOf(item, figure)));
  print(`\n${formatResults(results)}\n`);
  return { results, measured: items.map(({ name, rows, rounds }) => ({ name, rows, rounds })) };
}

module.exports = { run };
