'use strict';

// `npm run bench`: measures, prints, decides nothing. See README.md.

const { build } = require('./build');
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

/** @param {ReturnType<typeof readArguments>} args */
async function main({ questions, options, compile, publishes, output }) {
  const started = performance.now();
  const asked = options.subjects;
  if (compile) build((id) => asked?.includes(id) ?? true);

  const machine = describeMachine();
  const versions = Object.fromEntries(
    (asked ?? Object.keys(SUBJECTS)).map((id) => [SUBJECTS[id].name, versionsOf(id)]),
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
  print('# To reach\n');
  print(targetTable(answers));
  const load = describeMachine().load;
  print(`took ${((performance.now() - started) / 1000).toFixed(0)} s; load at the end ${load}`);
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
