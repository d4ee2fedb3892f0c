'use strict';

// Where the packed package is put: into a bundle, and on a file system that cannot be written to.

const fs = require('node:fs');

const { npmToolScript } = require('../../scripts/npm-tools');
const { useFirstSession } = require('./first-session');
const { run, useProjects } = require('./project');

jest.setTimeout(300_000);

const newProject = useProjects();
const storesFirstSession = useFirstSession();
let project;

beforeAll(async () => {
  project = newProject();
  project.copy('first.js', 'first.mjs', 'read-only.js');
  await project.install();
});

test.each([
  ['first.js', 'require', []],
  ['first.mjs', 'import', ['--format=esm', '--out-extension:.js=.mjs', BANNER()]],
])('a bundle by esbuild of %s, alone in a folder, as on Lambda', async (script, by, more) => {
  const bundle = newProject();
  const args = ['--bundle', '--platform=node', '--loader:.node=copy', '--log-level=warning'];
  const { code, stderr } = await project.run(process.execPath, [
    npmToolScript('esbuild'),
    script,
    ...args,
    ...more,
    `--outdir=${bundle.folder}`,
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { addon } = await storesFirstSession(
    (env) => bundle.must(process.execPath, [script], { env }),
    { by },
  );
  expect(addon.startsWith(bundle.folder)).toBe(true);
});

/** What esbuild has its users add to ES modules with packages in CommonJS. */
function BANNER() {
  const lines = [
    "import { createRequire } from 'node:module'",
    'const require = createRequire(import.meta.url)',
  ];
  return `--banner:js=${lines.join(';')};`;
}

/** Runs a command with the folder mounted once more, read-only, in a namespace of its own. */
async function readOnly(folder, command, options) {
  const script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && cd "$0" && exec "$@"';
  const own = process.getuid() === 0 ? [] : ['--map-root-user'];
  return run('unshare', [...own, '--mount', 'sh', '-c', script, folder, ...command], options);
}

test('a read-only file system', async () => {
  const allowed = await readOnly(project.folder, ['true']);
  // A container without the right to mount; a user who may not have namespaces.
  if (allowed.code !== 0) throw new Error(`no read-only mount can be had: ${allowed.stderr}`);
  await storesFirstSession(async (env) => {
    const { code, stdout, stderr } = await readOnly(
      project.folder,
      [process.execPath, 'read-only.js'],
      { env },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  });
});

test('building from source there says why it cannot', async () => {
  const command = [process.execPath, project.installed('bin', 'connect-hiredis.js'), 'build'];
  const { code, stderr } = await readOnly(project.folder, command);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^connect-hiredis: .*build cannot be written to \(EROFS\)/),
  });
  expect(fs.existsSync(project.installed('build'))).toBe(false);
});
