'use strict';

// A store over a client of another package needs no addon: it does the same on Bun and Deno, under
// Node's permission model without addons, and in a bundle that leaves the addon out. There only
// createClient() needs it, and says so.

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { npmTool, npmToolScript } = require('../../scripts/npm-tools');
const { platform } = require('../../lib/platform');
const { useRedis } = require('../helpers/use-redis');

jest.setTimeout(600_000);

const ROOT = path.join(__dirname, '..', '..');
const CASES = path.join(__dirname, 'cases.js');
const CREATES = path.join(__dirname, 'creates-client.js');
const CLIENTS = ['node-redis 6', 'ioredis 6'];
/** Node calls it experimental until 23. */
const PERMISSION = process.allowedNodeEnvironmentFlags.has('--permission')
  ? ['--permission']
  : ['--experimental-permission', '--no-warnings'];
const NET = process.allowedNodeEnvironmentFlags.has('--allow-net') ? ['--allow-net'] : [];

const redis = useRedis({ tcp: true });

/** The command and its arguments before a script. */
const RUNTIMES = {
  'Node without --allow-addons': () => [
    process.execPath,
    ...PERMISSION,
    '--allow-fs-read=*',
    ...NET,
  ],
  Bun: () => [executable('@oven/bun-linux-x64', 'bin/bun')],
  Deno: () => [executable('@deno/linux-x64-glibc', 'deno'), 'run', '--allow-all'],
};
/** The others are programs for this platform. */
const here =
  platform() === 'linux-x64-glibc' ? Object.keys(RUNTIMES) : Object.keys(RUNTIMES).slice(0, 1);

/** npm runs no script of theirs, and so they are not executable. */
function executable(tool, file) {
  const program = path.join(npmTool(tool), file);
  fs.chmodSync(program, 0o755);
  return program;
}

/** @returns {Promise<{ code: number | null, stdout: string, stderr: string }>} */
function run([command, ...args]) {
  return new Promise((resolve, reject) => {
    // A bundle finds here what it requires by a name that it makes up: the clients.
    const env = { ...process.env, NODE_OPTIONS: '', NODE_PATH: path.join(ROOT, 'node_modules') };
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8').on('data', (text) => (output[name] += text));
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...output }));
  });
}

async function outcomesOf(command) {
  const { host, port } = redis.server;
  const { code, stdout, stderr } = await run([
    ...command,
    JSON.stringify({ host, port }),
    ...CLIENTS,
  ]);
  if (code !== 0) throw new Error(stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test.each(here)('%s: the cases over borrowed clients', async (name) => {
  const outcomes = await outcomesOf([...RUNTIMES[name](), CASES]);
  for (const client of CLIENTS) {
    const passed = outcomes.filter((each) => each.name === client && each.verdict === 'yes');
    expect(passed.length).toBeGreaterThan(200);
  }
  expect(outcomes.filter(({ verdict }) => verdict === 'no')).toEqual([]);
});

test.each(
  [
    ['Node without --allow-addons', /^connect-hiredis found no native addon for .*; see cause/],
    ['Bun', /^connect-hiredis cannot run on Bun [\d.]+: it needs libuv's functions/],
    ['Deno', /^connect-hiredis cannot run on Deno [\d.]+: it needs libuv's functions/],
  ].filter(([name]) => here.includes(name)),
)('%s: createClient() says why not', async (name, said) => {
  const { stdout } = await run([...RUNTIMES[name](), CREATES]);
  expect(stdout).toMatch(said);
});

test('a bundle without the addon', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-bundle-'));
  try {
    const bundle = (script) => path.join(folder, path.basename(script));
    for (const script of [CASES, CREATES]) {
      const options = ['--bundle', '--platform=node', '--external:*.node', '--log-level=error'];
      const esbuild = [npmToolScript('esbuild'), script, ...options, `--outfile=${bundle(script)}`];
      expect(await run(esbuild)).toEqual({ code: 0, stdout: '', stderr: '' });
    }
    const outcomes = await outcomesOf([process.execPath, bundle(CASES)]);
    expect(outcomes.filter(({ verdict }) => verdict === 'no')).toEqual([]);
    const { stdout } = await run([process.execPath, bundle(CREATES)]);
    expect(stdout).toMatch(/^connect-hiredis found no native addon for /);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
