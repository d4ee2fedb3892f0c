'use strict';

// Building from source what the tarball carries: `npx connect-hiredis build`.

const fs = require('node:fs');

const { useFirstSession } = require('../first-session');
const { pathWith, useProjects } = require('../project');

jest.setTimeout(600_000);

const newProject = useProjects();
const storesFirstSession = useFirstSession();
let project;

beforeAll(async () => {
  project = newProject();
  project.copy('first.js');
  await project.install();
  // As on a platform that has none.
  fs.rmSync(project.installed('prebuilds'), { recursive: true });
});

const build = (env, ...args) =>
  project.run('npx', ['--no-install', 'connect-hiredis', 'build', ...args], { env });

test('without CMake it says that CMake is missing', async () => {
  const { code, stderr } = await build({ PATH: pathWith(project) });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^connect-hiredis: CMake is missing\. Debian, Ubuntu: apt-get /m),
  });
});

test('without a compiler it says that one is missing', async () => {
  const { code, stderr } = await build({ PATH: pathWith(project, 'cmake') });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^connect-hiredis: A C\+\+20 compiler is missing/m),
  });
});

test('without make it says that make is missing', async () => {
  const { code, stderr } = await build({ PATH: pathWith(project, 'cmake', 'c++') });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^connect-hiredis: make is missing, and Ninja, too/m),
  });
});

test("without Node's headers it says where it looked", async () => {
  const nowhere = project.path('nowhere');
  const { code, stderr } = await build({}, `--headers=${nowhere}`);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining(`Node's headers (uv.h, node_api.h) are not in ${nowhere}`),
  });
});

test('with all of them it compiles an addon that stores its first session', async () => {
  const first = (env) => project.must(process.execPath, ['first.js'], { env });
  await expect(first({})).rejects.toThrow('npx connect-hiredis build');
  expect(await build({})).toMatchObject({ code: 0 });
  const { addon } = await storesFirstSession(first);
  expect(addon).toBe(project.installed('build', 'Release', 'connect_hiredis.node'));
  expect(fs.readdirSync(project.installed('build'))).toEqual(['Release']);
});
