'use strict';

// Package managers other than npm, at their strictest.

const { npmToolScript } = require('../../../scripts/npm-tools');
const { useFirstSession } = require('../first-session');
const { TARBALL, must, useProjects } = require('../project');

jest.setTimeout(300_000);

const newProject = useProjects();
const storesFirstSession = useFirstSession();

function projectWithPackage() {
  const project = newProject();
  project.copy('first.js', 'first.mjs');
  project.write('package.json', {
    name: 'user',
    version: '1.0.0',
    private: true,
    dependencies: { 'connect-hiredis': `file:${TARBALL}`, 'express-session': '^1.18.0' },
  });
  return project;
}

test('pnpm, strict', async () => {
  const pnpm = npmToolScript('pnpm', 'pnpm');
  const project = projectWithPackage();
  project.write('.npmrc', 'hoist=false\nstrict-peer-dependencies=true\nnode-linker=isolated\n');
  await project.must(process.execPath, [
    pnpm,
    'install',
    '--prefer-offline',
    `--store-dir=${project.path('store')}`,
  ]);
  const node = (script) => (env) => project.must(process.execPath, [script], { env });
  const { addon } = await storesFirstSession(node('first.js'));
  expect(addon).toContain('/node_modules/.pnpm/connect-hiredis@');
  await storesFirstSession(node('first.mjs'), { by: 'import' });
});

test("Yarn with Plug'n'Play: nothing in node_modules", async () => {
  const yarn = npmToolScript('@yarnpkg/cli-dist');
  const project = projectWithPackage();
  // Yarn does not read npm's settings.
  const registry = (await must('npm', ['config', 'get', 'registry'])).trim().split('\n').at(-1);
  project.write('yarn.lock', '');
  project.write(
    '.yarnrc.yml',
    [
      'nodeLinker: pnp',
      'pnpEnableEsmLoader: true',
      'enableTelemetry: false',
      'enableGlobalCache: false',
      `npmRegistryServer: '${registry.replace(/\/$/, '')}'`,
      "unsafeHttpWhitelist: ['*']",
      '',
    ].join('\n'),
  );
  const runYarn =
    (...args) =>
    (env) =>
      project.must(process.execPath, [yarn, ...args], { env });
  await runYarn('install')({ YARN_ENABLE_IMMUTABLE_INSTALLS: '0' });
  const { addon } = await storesFirstSession(runYarn('node', 'first.js'));
  expect(addon).toContain('/.yarn/unplugged/connect-hiredis-');
  await storesFirstSession(runYarn('node', 'first.mjs'), { by: 'import' });
  await expect(project.run('ls', ['node_modules'])).resolves.toMatchObject({ stdout: '' });
});
