'use strict';

// Runs the cases against the packages in which their defects were seen, and writes docs/defects.md.

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const cases = require('./cases');
const { Defect } = require('./defect');
const { modelOf } = require('./models');
const { runCase } = require('../helpers/lab');
const { pretty } = require('../helpers/pretty');
const { startRedis } = require('../helpers/redis-server');
const { loadSubject } = require('../helpers/subjects');
const { connectAdmin } = require('../helpers/use-redis');

const ROOT = path.join(__dirname, '../..');
const FILE = path.join(ROOT, 'docs/defects.md');
/** What was observed of packages that are not installed here. */
const RECORD = path.join(__dirname, 'observed.json');

/** Not for us to depend on: installed for the run alone. */
const INSTALLED_FOR_THE_RUN = {
  'token-session-redis': ['token-session-redis@3.0.1'],
  'connect-mongo': ['connect-mongo@6.0.0', 'mongodb@7', 'express-session@1.19'],
};
const NOT_IN_THE_REGISTRY = ['red-store', 'expredis'];
const PACKAGES = ['connect-redis', ...NOT_IN_THE_REGISTRY, ...Object.keys(INSTALLED_FOR_THE_RUN)];

/** @typedef {{ version: string, results: Record<string, string> }} Observed by titles */

const casesOf = (name) => cases.filter(({ seenIn }) => seenIn.includes(name));

/** @param {{ verdict: string, error?: any }} outcome */
function toWords({ verdict, error }) {
  if (verdict === 'yes') return 'does not reproduce';
  if (error instanceof Defect) return `fails as described: ${error.message}`;
  return `fails otherwise: ${error?.message}`;
}

/**
 * @param {import('../helpers/subjects').Subject} subject
 * @param {{ server: any, admin: any, folder?: string }} where
 * @returns {Promise<Observed>}
 */
async function observe(subject, where) {
  const results = {};
  for (const each of casesOf(subject.name)) {
    results[each.title] = toWords(await runCase(subject, each, where));
  }
  return { version: subject.version, results };
}

const INTRODUCTION = `# Defects of earlier stores

Each was seen in a released package. Each has a case below [test/defects](../test/defects), named
after the behaviour that is right, which \`npm test\` runs against this store: all pass. The same
case is run against the package in which the defect was seen; the last column says what came of it.
\`node scripts/conformance.js --defects\` runs them again and writes this page.
`;

/** @param {any} record of observed.json */
const remarks = (record) => `
- connect-redis is installed for the tests: they run its column each time.
- token-session-redis and connect-mongo were installed from npm into a temporary folder
  (${record.environment}).
- connect-mongo ran over a stand-in for the MongoDB driver's client
  ([subjects.js](../test/helpers/subjects.js)) that answers \`matchedCount: 0\` where no document
  matches, as MongoDB does: there is no MongoDB server to be had from npm or Debian. A short
  response arrives before its connection is closed; one of 16 MB breaks off.
- red-store and expredis are not in the npm registry (404). What can be shown is that their cases
  notice the defects: each fails against a store written with them
  ([models.js](../test/defects/models.js)), in the tests.
`;

const UNAVAILABLE =
  'could not be run: not in the npm registry; the case fails on a store written so';

/**
 * @param {any} record of observed.json
 * @param {Observed} connectRedis
 * @returns {string} the page
 */
function write(record, connectRedis) {
  /** @type {Record<string, Observed>} */
  const observed = { ...record.packages, 'connect-redis': connectRedis };
  const lines = [
    INTRODUCTION,
    '| defect | behaviour here | seen in | observed |',
    '| --- | --- | --- | --- |',
  ];
  for (const name of PACKAGES) {
    const known = observed[name];
    const where = known ? `${name} ${known.version}` : name;
    for (const { title, listed, file } of casesOf(name)) {
      const result = known ? known.results[title] : UNAVAILABLE;
      lines.push(`| ${listed} | [${title}](../test/defects/${file}) | ${where} | ${result} |`);
    }
  }
  lines.push(remarks(record));
  return pretty(lines.join('\n'), FILE);
}

const readRecord = () => JSON.parse(fs.readFileSync(RECORD, 'utf8'));

/** @param {string} folder @param {string[]} packages */
function install(folder, packages) {
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
  // token-session-redis asks for a hiredis of its own only if it is there: no scripts are needed.
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Runs everything, with npm packages from the registry, and writes the page and its record. */
async function writePage() {
  process.env.NODE_ENV = 'test'; // express logs no errors then
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-defects-'));
  const server = await startRedis();
  const admin = await connectAdmin(server);
  try {
    install(folder, Object.values(INSTALLED_FOR_THE_RUN).flat());
    const packages = {};
    for (const name of Object.keys(INSTALLED_FOR_THE_RUN)) {
      packages[name] = await observe(loadSubject(name, folder), { server, admin, folder });
    }
    const connectRedis = await observe(loadSubject('connect-redis'), { server, admin });
    const { redis_version: redis } = Object.fromEntries(
      (await admin.info('server')).split('\r\n').map((line) => line.split(':')),
    );
    const environment = `Node ${process.versions.node}, Redis ${redis}`;
    const record = { environment, packages };
    fs.writeFileSync(RECORD, pretty(JSON.stringify(record), RECORD));
    fs.writeFileSync(FILE, write(record, connectRedis));
  } finally {
    admin.destroy();
    await server.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

module.exports = {
  FILE,
  NOT_IN_THE_REGISTRY,
  casesOf,
  modelOf,
  observe,
  readRecord,
  write,
  writePage,
};
