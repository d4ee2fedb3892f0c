'use strict';

// What tools for package authors say of the tarball, and what it says of its contents.

const { createHash } = require('node:crypto');
const fs = require('node:fs');

const { npmToolScript } = require('../../../scripts/npm-tools');
const { TARBALL, useProjects } = require('../project');

jest.setTimeout(300_000);

const newProject = useProjects();
let project;

beforeAll(async () => {
  project = newProject();
  await project.install();
});

const tool = (script, ...args) => project.run(process.execPath, [script, ...args]);

test("arethetypeswrong: every condition's types are those of its code", async () => {
  const { code, stdout } = await tool(
    npmToolScript('@arethetypeswrong/cli', 'attw'),
    TARBALL,
    '--format=json',
  );
  const { analysis, problems } = JSON.parse(stdout);
  expect({ code, problems: problems ?? {}, types: analysis.types.kind }).toEqual({
    code: 0,
    problems: {},
    types: 'included',
  });
});

test('publint has nothing to say', async () => {
  const { code, stdout } = await tool(npmToolScript('publint'), 'run', '--strict', TARBALL);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('All good') });
});

test('the bill of materials lists every binary as it is, and every licence is there', () => {
  const bill = JSON.parse(fs.readFileSync(project.installed('sbom.cdx.json'), 'utf8'));
  expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5' });
  const listed = bill.components
    .filter(({ type }) => type === 'file')
    .map(({ name, hashes: [{ content }] }) => [name, content]);
  const there = fs
    .readdirSync(project.installed('prebuilds'))
    .map((target) => `prebuilds/${target}/connect_hiredis.node`)
    .map((file) => [
      file,
      createHash('sha256')
        .update(fs.readFileSync(project.installed(file)))
        .digest('hex'),
    ]);
  expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(there));
  const licenses = fs.readFileSync(project.installed('THIRD-PARTY-LICENSES'), 'utf8');
  const libraries = bill.components.filter(({ type }) => type === 'library');
  const titles = licenses.split(/^-{78}$/m).map((part) => part.trim().split('\n')[0]);
  for (const { name } of libraries) {
    expect(titles).toContainEqual(expect.stringMatching(`^${name.replace(/\+/g, '\\+')}(?: |$)`));
  }
  expect(libraries.map(({ name }) => name)).toContain('hiredis');
});
