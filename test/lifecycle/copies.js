'use strict';

// Copies of the package in a temporary folder, each with its own copy of the addon.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const ROOT = path.join(__dirname, '..', '..');
const PARTS = ['package.json', 'lib', 'build/Release/connect_hiredis.node'];

/** Call at the top of a file. @returns {string[]} the folders of the copies, once tests run */
function useCopies() {
  let parent;
  const folders = [];
  beforeAll(() => {
    parent = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-copies-'));
    fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(parent, 'node_modules'));
    for (const name of ['one', 'two']) {
      const folder = path.join(parent, name);
      for (const part of PARTS) {
        fs.cpSync(path.join(ROOT, part), path.join(folder, part), { recursive: true });
      }
      folders.push(folder);
    }
  });
  afterAll(() => fs.rmSync(parent, { recursive: true, force: true }));
  return folders;
}

module.exports = { useCopies };
