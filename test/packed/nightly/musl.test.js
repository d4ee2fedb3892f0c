'use strict';

// The addon for musl, loaded by musl. No Node for musl can be had from a package registry: a small
// program takes its place, which binds everything that the addon needs of the C library, and runs
// its constructors, but calls none of its functions.

const { NODES_OWN, binaryOf } = require('../../../scripts/binary');
const { dynamicSymbols } = require('../../../scripts/elf');
const { useProjects } = require('../project');

jest.setTimeout(300_000);

const newProject = useProjects();

/** Compiles the program, with the functions that are Node's in truth. */
async function compileHost(project, needed) {
  const functions = needed.map((name) => `void ${name}(void) { abort(); }\n`);
  project.copy('host.c');
  project.write('host.h', `#include <stdlib.h>\n${functions.join('')}`);
  await project.must('musl-gcc', ['-rdynamic', 'host.c', '-o', 'host']);
}

test('musl binds all that the addon needs, and the addon tells its version of Node-API', async () => {
  const addon = binaryOf('linux-x64-musl');
  const needed = dynamicSymbols(addon)
    .filter(({ name, defined }) => !defined && NODES_OWN.test(name))
    .map(({ name }) => name);
  expect(needed).toContain('uv_poll_start');
  const project = newProject();
  await compileHost(project, needed);
  expect(await project.must(project.path('host'), [addon])).toBe('Node-API 8\n');

  // Without one of Node's functions it is refused as a whole.
  await compileHost(
    project,
    needed.filter((name) => name !== 'uv_poll_start'),
  );
  expect(await project.run(project.path('host'), [addon])).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('uv_poll_start'),
  });
});
