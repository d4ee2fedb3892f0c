'use strict';

// Checks that includes and requires point one way (docs/architecture.md has the picture).

const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');

/**
 * A rule for the files below a folder. The first rule that matches a file is its rule.
 * @typedef {object} Rule
 * @property {string} files folder, or file without its extension; relative to the repository
 * @property {string[]} mayUse folders and files of ours, apart from itself
 * @property {RegExp} [mayNotUse] names of foreign headers or modules
 */

const NODE_API = /^(napi|node_api|node_api_types|js_native_api|node|v8)[\w.-]*\.h$/;
const UV = /^uv(\/|\.h$)/;
const HIREDIS = /(^hiredis\/)|(^(hiredis|async|read|sds|net)\.h$)/;
/** @param {RegExp[]} patterns */
const any = (...patterns) => new RegExp(patterns.map(({ source }) => source).join('|'));

const [BASE, LOOP, PROTOCOL, CONNECTION, TOPOLOGY] = [
  'src/core/base',
  'src/core/loop',
  'src/core/protocol',
  'src/core/connection',
  'src/core/topology',
];
/** The files of lib/: each may use those of the lines above its own. */
const LIB = [
  ['heard', 'inside', 'timers'],
  ['diagnostics', 'errors', 'json-date', 'platform'],
  [
    'checks',
    'cookie',
    'credentials',
    'hidden-fields',
    'merge',
    'native',
    'option-hints',
    'serializer',
    'target',
    'touch-throttle',
    'url',
  ],
  ['arguments', 'known-sessions', 'ttl'],
  ['completions', 'options', 'receiver'],
  ['client-options', 'compare-and-set', 'enumeration'],
  ['cookie-change', 'merging'],
  ['operations'],
  ['access', 'client'],
  ['borrowed', 'redundant'],
  ['store-inside', 'store-source'],
  ['store'],
  ['index'],
].map((names) => names.map((name) => `lib/${name}`));

/** @type {Rule[]} */
const RULES = [
  { files: BASE, mayUse: [], mayNotUse: any(NODE_API, UV, HIREDIS) },
  { files: LOOP, mayUse: [BASE], mayNotUse: any(NODE_API, HIREDIS) },
  { files: PROTOCOL, mayUse: [BASE], mayNotUse: any(NODE_API, UV) },
  { files: CONNECTION, mayUse: [BASE, LOOP, PROTOCOL], mayNotUse: any(NODE_API, UV) },
  {
    files: TOPOLOGY,
    mayUse: [BASE, LOOP, PROTOCOL, CONNECTION],
    mayNotUse: any(NODE_API, UV, HIREDIS),
  },
  {
    files: 'src/core/session',
    mayUse: [BASE, LOOP, PROTOCOL, CONNECTION, TOPOLOGY],
    mayNotUse: any(NODE_API, UV, HIREDIS),
  },
  { files: 'src/binding', mayUse: ['src/core'] },

  ...LIB.flatMap((level, index) =>
    level.map((files) => ({ files, mayUse: LIB.slice(0, index).flat() })),
  ),
];

const SOURCE = /\.(h|hpp|cc|cpp)$/;
const SCRIPT = /\.(js|cjs|mjs)$/;
const INCLUDE = /^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]/;
const REQUIRE = /\brequire\(\s*['"]([^'"]+)['"]\s*\)|\bfrom\s+['"]([^'"]+)['"]/;

/**
 * @param {string} folder
 * @returns {string[]} relative to the repository
 */
function filesBelow(folder) {
  const absolute = path.join(ROOT, folder);
  if (!fs.existsSync(absolute)) return [];
  return fs
    .readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/**
 * Whether a file is the one named, or below the folder named.
 * @param {string} file
 * @param {string} place
 */
function isIn(file, place) {
  return file.startsWith(`${place}/`) || file.replace(/(\.d)?\.\w+$/, '') === place;
}

/**
 * The file of ours that is meant; undefined: something foreign.
 * @param {string} file that names it
 * @param {string} name as it is written
 */
function resolve(file, name) {
  const isScript = SCRIPT.test(file);
  if (isScript && !name.startsWith('.')) return undefined;
  const folders = [path.dirname(file), ...(isScript ? [] : ['src', 'src/core', '.'])];
  const endings = isScript ? ['', '.js', '.mjs', '.cjs', '/index.js'] : [''];
  return folders
    .flatMap((folder) => endings.map((ending) => path.normalize(path.join(folder, name + ending))))
    .find((candidate) =>
      fs.statSync(path.join(ROOT, candidate), { throwIfNoEntry: false })?.isFile(),
    );
}

/**
 * What is wrong with one include or require; undefined: nothing.
 * @param {string} file
 * @param {Rule} rule
 * @param {string} name
 */
function complaint(file, rule, name) {
  const target = resolve(file, name);
  if (!target) {
    return rule.mayNotUse?.test(name) ? `${rule.files} may not use ${name}` : undefined;
  }
  const known = RULES.find(({ files }) => isIn(target, files));
  // What has no rule (package.json, say) has no direction either.
  if (!known || isIn(target, rule.files)) return undefined;
  if (rule.mayUse.some((place) => isIn(target, place))) return undefined;
  return `${rule.files} may not use ${target}`;
}

/**
 * @param {string} file
 * @returns {string[]}
 */
function checkFile(file) {
  const rule = RULES.find(({ files }) => isIn(file, files));
  if (!rule) return [`${file}:1: has no rule in scripts/check-layers.js`];
  const pattern = SOURCE.test(file) ? INCLUDE : REQUIRE;
  return fs
    .readFileSync(path.join(ROOT, file), 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      const [, first, second] = pattern.exec(line) ?? [];
      const name = first ?? second;
      const wrong = name && complaint(file, rule, name);
      return wrong ? [`${file}:${index + 1}: ${wrong}`] : [];
    });
}

/** @returns {string[]} what is wrong, with file and line */
function checkLayers() {
  return [
    ...filesBelow('src').filter((file) => SOURCE.test(file)),
    ...filesBelow('lib').filter((file) => SCRIPT.test(file)),
  ].flatMap(checkFile);
}

module.exports = { checkLayers, filesBelow };

if (require.main === module) {
  const wrong = checkLayers();
  for (const line of wrong) process.stderr.write(`${line}\n`);
  if (wrong.length > 0) process.exitCode = 1;
}
