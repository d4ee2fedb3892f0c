'use strict';

// docs/borrowed.md is written by scripts/borrowed.js; that its rows are true is tested with each
// client, in suite.js.

const { CLIENTS } = require('../helpers/borrowed-clients');
const { readPage, table } = require('../helpers/markdown');
const { NAME, write } = require('./table');

const page = readPage('docs/borrowed.md');

test('docs/borrowed.md has a row for each client, in order', () => {
  expect(table(page).map((row) => row[NAME])).toEqual(CLIENTS.map(({ name }) => name));
});

test('docs/borrowed.md is written as scripts/borrowed.js writes it', () => {
  expect(write(table(page))).toBe(page);
});
