'use strict';

// The pages of the packed package: no link of theirs is dead.

const fs = require('node:fs');
const path = require('node:path');

const { pagesIn, withLiveLinks } = require('../../scripts/packed-pages');
const { useProjects } = require('./project');

jest.setTimeout(120_000);

const newProject = useProjects();

/** Where the links of a page lead that stay within the package. */
const linksOf = (text) =>
  [...text.matchAll(/\]\(([^()\s]+)\)/g)]
    .map(([, target]) => target.split('#')[0])
    .filter((target) => target !== '' && !/^[a-z]+:/i.test(target));

test('every relative link of every page leads to a file of the package', async () => {
  const project = newProject();
  await project.install();
  const folder = project.installed('');
  const pages = pagesIn(folder);
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/switching/README.md']));
  const dead = pages.flatMap((page) =>
    linksOf(fs.readFileSync(path.join(folder, page), 'utf8'))
      .filter((target) => !fs.existsSync(path.join(folder, path.dirname(page), target)))
      .map((target) => `${page}: ${target}`),
  );
  expect(dead).toEqual([]);
});

describe('a link to what is not packed', () => {
  const isPacked = (file) => file === 'docs/a.md';
  const page = 'See [a](docs/a.md), [b](test/b.js#L1), ![c](c.svg) and [d](https://example.org).';

  test('leads into the repository if that is known', () => {
    expect(withLiveLinks(page, 'README.md', isPacked, 'https://example.org/r/blob/HEAD')).toBe(
      'See [a](docs/a.md), [b](https://example.org/r/blob/HEAD/test/b.js#L1), ' +
        '![c](https://example.org/r/blob/HEAD/c.svg) and [d](https://example.org).',
    );
  });

  test('becomes plain text if it is not', () => {
    expect(withLiveLinks(page, 'README.md', isPacked, undefined)).toBe(
      'See [a](docs/a.md), b,  and [d](https://example.org).',
    );
  });

  test('is looked for from the page that has it', () => {
    const text = withLiveLinks('[a](../a.md) [e](../../e.md)', 'docs/x/y.md', isPacked, undefined);
    expect(text).toBe('[a](../a.md) e');
  });
});
