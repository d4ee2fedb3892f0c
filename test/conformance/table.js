'use strict';

// docs/conformance.md: what each store does with each case.

const path = require('node:path');
const { runCase } = require('../helpers/lab');
const { pretty } = require('../helpers/pretty');
const { loadSubject } = require('../helpers/subjects');
const cases = require('./cases');

const FILE = path.join(__dirname, '../../docs/conformance.md');
const OURS = 'connect-hiredis';
const NAMES = ['MemoryStore', 'connect-redis', OURS];

/** @typedef {Map<string, import('../helpers/subjects').Subject>} Subjects */

/** @returns {Subjects} */
const loadSubjects = () => new Map(NAMES.map((name) => [name, loadSubject(name)]));

/**
 * Runs all cases against one store.
 * @param {import('../helpers/subjects').Subject} subject
 * @param {{ server: any, admin: any }} where
 * @returns {Promise<{ verdict: string, error?: any }[]>} in the order of the cases
 */
async function runAll(subject, where) {
  const results = [];
  for (const each of cases) results.push(await runCase(subject, each, where));
  return results;
}

const heading = ({ name, version }) =>
  ({ MemoryStore: `MemoryStore ${version}`, [OURS]: 'this store' })[name] ?? `${name} ${version}`;

const INTRODUCTION = `# Conformance

What express-session asks of a store, case by case, run against its own MemoryStore, connect-redis
(over node-redis, on a real server) and this store. \`node scripts/conformance.js\` runs all cases
and writes this page; a test fails when it is not what would be written now. The cases are in
[test/conformance/cases](../test/conformance/cases).

"yes": the store does it. "no": it does not. "-": it has nothing that the case is about.
`;

/**
 * @param {Subjects} subjects
 * @param {Map<string, { verdict: string }[]>} results
 * @returns {string} the page
 */
function write(subjects, results) {
  const names = [...subjects.keys()];
  const lines = [INTRODUCTION];
  const sum = (name) =>
    `${results.get(name).filter(({ verdict }) => verdict === 'yes').length} of ${
      results.get(name).filter(({ verdict }) => verdict !== '-').length
    }`;
  const rule = `| --- |${' --- |'.repeat(names.length)}`;
  const titles = names.map((name) => heading(subjects.get(name))).join(' | ');
  lines.push(`| | ${titles} |`, rule, `| yes | ${names.map(sum).join(' | ')} |`, '');
  let group = '';
  cases.forEach((each, index) => {
    if (each.group !== group) {
      group = each.group;
      lines.push('', `## ${group}`, '', `| case | ${titles} |`, rule);
    }
    const verdicts = names.map((name) => results.get(name)[index].verdict);
    const note = each.limit ? ` [^${limits.indexOf(each.limit) + 1}]` : '';
    lines.push(`| ${each.title.replaceAll('|', '\\|')}${note} | ${verdicts.join(' | ')} |`);
  });
  lines.push('', ...limits.map((limit, index) => `[^${index + 1}]: ${limit}.\n`));
  return pretty(lines.join('\n'), FILE);
}

const limits = [...new Set(cases.flatMap(({ limit = [] }) => limit))];

module.exports = { FILE, OURS, loadSubjects, runAll, write };
