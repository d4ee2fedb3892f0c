'use strict';

// Reads the parts of our own Markdown that tests check: examples, tables, sections.

const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '../..');

/** @param {string} file relative to the repository */
const readPage = (file) => fs.readFileSync(path.join(ROOT, file), 'utf8');

/** The examples of a page that are ours: ```js and nothing after it. */
const examples = (page) => [...page.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);

/** The text under a heading, up to the next one of its level. */
function section(page, heading) {
  const after = page.split(new RegExp(`^## ${heading}$`, 'm'))[1];
  if (after === undefined) throw new Error(`There is no section "${heading}"`);
  return after.split(/^## /m)[0];
}

/** What stands in `code` in a text. */
const codes = (text) => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code);

/**
 * The first table in a text: an object for each row, by the titles of its columns.
 * @returns {Record<string, string>[]}
 */
function table(text) {
  const lines = text
    .match(/(?:^\|.*\n)+/m)[0]
    .trimEnd()
    .split('\n');
  const [titles, , ...rows] = lines.map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return rows.map((row) => Object.fromEntries(row.map((cell, index) => [titles[index], cell])));
}

module.exports = { ROOT, readPage, examples, section, codes, table };
