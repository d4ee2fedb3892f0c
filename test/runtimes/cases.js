'use strict';

// Runs cases of the borrowed suite in whatever runtime this is, and writes what came of each: lines
// of JSON. Arguments: where the server is, as JSON; the names of the clients.

const cases = require('../borrowed/cases');
const { subjectOf } = require('../borrowed/runs');
const { CLIENTS, openClient } = require('../helpers/borrowed-clients');
const { runCase } = require('../helpers/lab');
const { Witness } = require('../helpers/places');
const { connectAdmin } = require('../helpers/use-redis');

/** Each is for one process more than this, or takes longer. */
const isMain = ({ waits, title }) => !waits && !/throws/.test(title);

async function main() {
  const where = JSON.parse(process.argv[2]);
  const admin = await connectAdmin(where);
  for (const name of process.argv.slice(3)) {
    const borrowed = CLIENTS.find((each) => each.name === name);
    const { client, close } = await openClient(borrowed, where);
    for (const group of cases.groupsOf(borrowed)) {
      for (const each of cases.casesOf(group).filter(isMain)) {
        const subject = subjectOf(borrowed, client);
        const { verdict, error } = await runCase(subject, each, {
          server: where,
          admin: new Witness([admin], borrowed.prefix),
        });
        const told = { name, group, title: each.title, verdict, error: error?.stack };
        process.stdout.write(`${JSON.stringify(told)}\n`);
      }
    }
    await close();
  }
  admin.destroy();
}

main().catch((error) => {
  process.stderr.write(`${error?.stack ?? error}\n`);
  process.exit(1);
});
