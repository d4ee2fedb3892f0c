'use strict';

// `npm run bench`: measures, prints, decides nothing. See README.md.

const { build } = require('./build');
const { copyBuilds, removeBuilds } = require('./builds');
const { USAGE, readArguments } = require('./options');
const { describeMachine } = require('./process/machine');
const { save } = require('./report/files');
const { targetTable } = require('./report/targets');
const { SUBJECTS, versionsOf } = require('./subjects');

/**
 * @typedef {import('./options').Options} Options
 *
 * @typedef {object} Context what a question is given
 * @property {Options} options
 * @property {(text: string) => void} print
 */

/** @param {string} text */
const print = (text) => console.log(text);

/** Compares two builds, and nothing with a target. @param {string} question */
const onlyDecides = (question) => question === 'decide';

/** @param {ReturnType<typeof readArguments>} args */
async function main({ questions, options, against, compile, publishes, output }) {
  const asked =
    options.subjects ?? Object.keys(SUBJECTS).filter((id) => against || id !== 'before');
  const needed = questions.every(onlyDecides) ? ['hiredis', 'before'] : asked;
  const compiled = against ? [...needed, 'hiredis'] : needed;
  if (compile) build((id) => compiled.includes(id));
  if (!against) return ask({ questions, options, subjects: needed, publishes, output });
  const builds = copyBuilds(against);
  try {
    await ask({ questions, options: { ...options, builds }, subjects: needed, publishes, output });
  } finally {
    removeBuilds(builds);
  }
}

/**
 * @param {object} what
 * @param {string[]} what.questions
 * @param {Options} what.options
 * @param {string[]} what.subjects
 * @param {boolean} what.publishes
 * @param {string} what.output
 */
async function ask({ questions, options, subjects, publishes, output }) {
  const machine = describeMachine();
  const versions = Object.fromEntries(
    subjects.map((id) => [SUBJECTS[id].name, versionsOf(id, options.builds)]),
  );
  print(`${machine.cpu}, ${machine.cores} cores, ${machine.memory}, ${machine.system}`);
  print(`Node ${machine.node}, Redis ${machine.redis} over TCP on loopback; load ${machine.load}`);
  for (const [name, version] of Object.entries(versions)) print(`${name}: ${version}`);
  print('');

  /** @type {Record<string, any>} */
  const answers = {};
  for (const question of questions) {
    print(`# ${question}\n`);
    const answer = await require(`./questions/${question}`).run({ options, print });
    answers[question] = answer;
    const record = { question, date: new Date().toISOString(), machine, versions, answer };
    const files = await save(record, { publishes, output });
    print(`Written: ${files.join(', ')}\n`);
  }
  if (!questions.every(onlyDecides)) print(`# To reach\n\n${targetTable(answers)}`);
  const load = describeMachine().load;
  const seconds = (performance.now() - options.started) / 1000;
  print(`took ${seconds.toFixed(0)} s; load at the end ${load}`);
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
