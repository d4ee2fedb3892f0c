'use strict';

// The command line of `npm run bench`. Needs no node_modules: the build installs them if need be.

const path = require('node:path');
const { parseArgs } = require('node:util');

const { ROOT } = require('../scripts/setup');

const SUBJECT_IDS =
  'hiredis,before,access,borrowed,redundant,node-redis,ioredis,ioredis-auto,iovalkey,fast-driver,glide,floor,floor-expiry,json,memory,none';

/** One file per question, in this order. `--quick` alone asks the first ones. */
const QUESTIONS = [
  'operations',
  'application',
  'latency',
  'promises',
  'redundant',
  'sizes',
  'enumeration',
  'memory',
  'startup',
];
const QUICK_QUESTIONS = ['operations', 'application'];
/** Asked only by name. */
const DECIDE = 'decide';

const USAGE = `usage: npm run bench -- [options] [question...]

questions: ${QUESTIONS.join(', ')}
           (default: all; with --quick: ${QUICK_QUESTIONS.join(', ')})
           ${DECIDE} --against FOLDER: what has changed by more than 2 % since the build in there?

  --against FOLDER   another build of this package, one more subject of ${DECIDE}, operations,
                     application and latency: a checkout after \`npm run build\`, say
  --quick            the main table in about four minutes: shorter rounds, fewer of them
  --subjects LIST    of ${SUBJECT_IDS}
                     (default: whatever the question compares); ratios are to the first
  --processes N      processes of each subject, one set of them after the other
  --minutes N        ${DECIDE}: how long it may take at most (default: 9.5)
  --rounds N         rounds of each process and measurement
  --time MS          length of a round, where it has one
  --operations LIST  get,set,touch (all of them by default) and, in operations, destroy;
                     ${DECIDE}: get,set,touch,request
  --levels LIST      operations: 64,1-pinned,1,16,256 (default: all; with --quick the first)
  --details          operations: throughput, latency and instructions, too
  --sessions KIND    operations: plain (objects as JSON gives them; default) or express (what
                     express-session loads and saves)
  --publish          also write docs/bench: a chart and the figures it was drawn from
  --output FOLDER    where the figures and the charts are written (default: build/bench)
  --no-build         measure what has been compiled as it is
`;

/**
 * @typedef {object} Options
 * @property {boolean} quick
 * @property {string[]} [subjects]
 * @property {import('./builds').Builds} [builds] this and the one before
 * @property {number} started the time of performance.now() when all of it began
 * @property {number} [processes]
 * @property {number} [minutes]
 * @property {number} [rounds]
 * @property {number} [milliseconds]
 * @property {string[]} [operations]
 * @property {string[]} [levels]
 * @property {boolean} details
 * @property {string} sessions
 */

/** @param {string | undefined} text */
const list = (text) => text?.split(',').filter(Boolean);

/**
 * @param {string[] | undefined} values
 * @param {readonly string[]} known
 * @param {string} what
 */
function checkKnown(values, known, what) {
  const unknown = values?.find((value) => !known.includes(value));
  if (unknown !== undefined) throw new Error(`${what} '${unknown}' is none of ${known.join(', ')}`);
}

/** @param {string | undefined} text */
function positive(text) {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`'${text}' is no count`);
  return number;
}

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      subjects: { type: 'string' },
      against: { type: 'string' },
      processes: { type: 'string' },
      minutes: { type: 'string' },
      rounds: { type: 'string' },
      time: { type: 'string' },
      operations: { type: 'string' },
      levels: { type: 'string' },
      details: { type: 'boolean', default: false },
      sessions: { type: 'string', default: 'plain' },
      publish: { type: 'boolean', default: false },
      output: { type: 'string', default: path.join('build', 'bench') },
      'no-build': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  /** @type {Options} */
  const options = {
    quick: values.quick,
    subjects: list(values.subjects),
    started: performance.now(),
    processes: positive(values.processes),
    minutes: positive(values.minutes),
    rounds: positive(values.rounds),
    milliseconds: positive(values.time),
    operations: list(values.operations),
    levels: list(values.levels),
    details: values.details,
    sessions: values.sessions,
  };
  checkKnown(positionals, [...QUESTIONS, DECIDE], 'the question');
  checkKnown(options.subjects, SUBJECT_IDS.split(','), 'the subject');
  const onlyDecides = positionals.every((question) => question === DECIDE);
  const requests = positionals.length > 0 && onlyDecides ? ['request'] : ['destroy'];
  checkKnown(options.operations, ['get', 'set', 'touch', ...requests], 'the operation');
  checkKnown(options.levels, ['64', '1-pinned', '1', '16', '256'], 'the level');
  checkKnown([values.sessions], ['plain', 'express'], 'the kind of sessions');
  const needsBuild = positionals.includes(DECIDE) || options.subjects?.includes('before');
  if (needsBuild && !values.against) throw new Error('what is before? --against FOLDER says it');
  const byDefault = options.quick ? QUICK_QUESTIONS : QUESTIONS;
  return {
    help: values.help,
    questions: positionals.length > 0 ? positionals : byDefault,
    options,
    against: values.against && path.resolve(ROOT, values.against),
    compile: !values['no-build'],
    publishes: values.publish,
    output: path.resolve(ROOT, values.output),
  };
}

module.exports = { USAGE, readArguments };
