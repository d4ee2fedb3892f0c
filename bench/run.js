'use strict';

// `npm run bench`: measures, prints, decides nothing. See README.md.

const fs = require('node:fs');
const { parseArgs } = require('node:util');

// None of these needs node_modules, which the build installs if need be.
const { OPERATIONS } = require('./operations');
const { SUBJECTS, versionsOf } = require('./subjects');

const USAGE = `usage: npm run bench -- [options] [question...]

questions: operations (default: all)

  --quick              the main table in under two minutes: shorter rounds, fewer of them
  --operations LIST    of get,set,touch,destroy (default: all)
  --outstanding LIST   operations under way at once (default: 1,16,64,256)
  --subjects LIST      of hiredis,access,node-redis,ioredis (default: all); ratios are to the first
  --rounds N           default: 7; with --quick 5 at 64 outstanding and 3 elsewhere
  --sessions KIND      plain: objects as JSON gives them (default);
                       express: what express-session loads and saves
  --json FILE          write all figures there, each round's too
  --no-build           measure the addon as it is, instead of bringing it up to date first
`;

/** One file per question. */
const QUESTIONS = ['operations'];

/** @param {string | undefined} text */
const list = (text) => text?.split(',').filter(Boolean);

/**
 * @param {string[]} values
 * @param {readonly string[]} known
 * @param {string} what
 */
function checkKnown(values, known, what) {
  const unknown = values.find((value) => !known.includes(value));
  if (unknown !== undefined) throw new Error(`${what} '${unknown}' is none of ${known.join(', ')}`);
}

/** @param {string} text */
function positive(text) {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`'${text}' is no count`);
  return number;
}

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      operations: { type: 'string' },
      outstanding: { type: 'string' },
      subjects: { type: 'string', default: Object.keys(SUBJECTS).join() },
      rounds: { type: 'string' },
      sessions: { type: 'string', default: 'plain' },
      json: { type: 'string' },
      'no-build': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const operations = list(values.operations);
  const subjects = list(values.subjects) ?? [];
  checkKnown(positionals, QUESTIONS, 'the question');
  checkKnown(operations ?? [], OPERATIONS, 'the operation');
  checkKnown(subjects, Object.keys(SUBJECTS), 'the subject');
  checkKnown([values.sessions], ['plain', 'express'], 'the kind of sessions');
  return {
    help: values.help,
    build: !values['no-build'] && subjects.some((id) => id === 'hiredis' || id === 'access'),
    json: values.json,
    questions: positionals.length > 0 ? positionals : QUESTIONS,
    options: {
      quick: values.quick,
      operations,
      outstanding: list(values.outstanding)?.map(positive),
      subjects,
      rounds: values.rounds === undefined ? undefined : positive(values.rounds),
      sessions: values.sessions,
    },
  };
}

/** @param {string} text */
const print = (text) => console.log(text);

/** @param {ReturnType<typeof readArguments>} args */
async function main({ build, json, questions, options }) {
  if (build) require('../scripts/build').buildAddon();
  const { startRedis } = require('../test/helpers/redis-server');
  const { describeMachine } = require('./machine');

  const machine = describeMachine();
  const versions = Object.fromEntries(options.subjects.map((id) => [id, versionsOf(id)]));
  print(`${machine.cpu}, ${machine.cores} cores, ${machine.memory}, ${machine.system}`);
  print(`Node ${machine.node}, Redis ${machine.redis} over TCP on loopback; load ${machine.load}`);
  for (const id of options.subjects) print(`${SUBJECTS[id].name}: ${versions[id]}`);
  print('');

  const started = performance.now();
  /** @type {Record<string, unknown>} */
  const answers = {};
  for (const question of questions) {
    const server = await startRedis({ tcp: true });
    try {
      answers[question] = await require(`./${question}`).run({ server, options, print });
    } finally {
      await server.stop();
    }
  }
  print(`took ${((performance.now() - started) / 1000).toFixed(0)} s`);
  if (json) {
    const record = { date: new Date().toISOString(), machine, versions, options, answers };
    fs.writeFileSync(json, `${JSON.stringify(record, null, 2)}\n`);
  }
}

try {
  const args = readArguments();
  if (args.help) print(USAGE);
  else {
    main(args).catch((error) => {
      console.error(error);
      process.exitCode = 1;
    });
  }
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  process.exitCode = 2;
}
