'use strict';

// Which addon is loaded, and what is said when none can be.

const fs = require('node:fs');
const path = require('node:path');

const { platform } = require('../../lib/platform');
const { useFirstSession } = require('./first-session');
const { useProjects } = require('./project');

jest.setTimeout(300_000);

const HERE = platform();
const newProject = useProjects();
const storesFirstSession = useFirstSession();
let pristine;

beforeAll(async () => {
  pristine = newProject();
  await pristine.install();
});

function copyOfProject() {
  const project = newProject();
  pristine.copyTo(project, 'node_modules');
  project.copy('first.js', 'other-runtime.js');
  return project;
}

/** Message and cause of the error that the first client throws. */
async function loadingError(project, env = {}, ...nodeArgs) {
  const script = `const { createClient } = require('connect-hiredis');
  try { createClient({ port: 1 }) } catch ({ message, cause }) {
    console.log(JSON.stringify({ message, cause: cause?.message, code: cause?.code }));
  }`;
  const args = [...nodeArgs, '-e', script];
  return JSON.parse(await project.must(process.execPath, args, { env }));
}

test('a local build wins over the prebuilt addon', async () => {
  const project = copyOfProject();
  const prebuilt = project.installed('prebuilds', HERE, 'connect_hiredis.node');
  for (const configuration of ['Debug', 'Release']) {
    const local = project.installed('build', configuration, 'connect_hiredis.node');
    fs.cpSync(prebuilt, local);
    const { addon } = await storesFirstSession((env) =>
      project.must(process.execPath, ['first.js'], { env }),
    );
    expect(addon).toBe(local);
  }
});

test('a local build that does not load here leaves it to the prebuilt addon', async () => {
  const project = copyOfProject();
  const local = project.installed('build', 'Release', 'connect_hiredis.node');
  fs.mkdirSync(path.dirname(local), { recursive: true });
  fs.writeFileSync(local, 'made for another machine');
  const { addon } = await storesFirstSession((env) =>
    project.must(process.execPath, ['first.js'], { env }),
  );
  expect(addon).toBe(project.installed('prebuilds', HERE, 'connect_hiredis.node'));
});

test('without one for this platform the error names it, what was tried, and what to do', async () => {
  const project = copyOfProject();
  fs.rmSync(project.installed('prebuilds'), { recursive: true });
  const { message, code } = await loadingError(project);
  expect(message).toBe(
    `connect-hiredis found no native addon for ${HERE}, Node ${process.version} (tried ` +
      `build/Release, build/Debug and prebuilds/${HERE} in its folder). Build it with ` +
      '`npx connect-hiredis build`, which takes CMake and a C++20 compiler',
  );
  expect(code).toBe('MODULE_NOT_FOUND');
});

test('one that does not load is the cause', async () => {
  const project = copyOfProject();
  const prebuilt = project.installed('prebuilds', HERE, 'connect_hiredis.node');
  fs.writeFileSync(prebuilt, 'made for another machine');
  const { message, cause, code } = await loadingError(project);
  expect(message).toMatch(/no native addon for .*; see cause\)/);
  expect({ cause, code }).toEqual({
    cause: expect.stringContaining(prebuilt),
    code: 'ERR_DLOPEN_FAILED',
  });
});

test.each([
  ['Bun 1.3.0', { bun: '1.3.0' }],
  ['Deno 2.5.0', { deno: '2.5.0' }],
])('%s is refused before any native code is loaded', async (name, versions) => {
  const project = copyOfProject();
  const env = { RUNTIME: JSON.stringify(versions) };
  const preload = ['-r', project.path('other-runtime.js')];
  const { message } = await loadingError(project, env, ...preload);
  expect(message).toBe(
    `connect-hiredis cannot run on ${name}: it needs libuv's functions (uv_*), and only Node.js ` +
      'has them all',
  );
  // Elsewhere that preload shows that native code is loaded.
  const { code } = await project.run(process.execPath, [...preload, 'first.js'], {
    env: { RUNTIME: '{}' },
  });
  expect(code).not.toBe(0);
});
