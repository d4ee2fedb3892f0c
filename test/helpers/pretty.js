'use strict';

// Prettier, in a process of its own: it imports what Jest does not let it.

const { execFileSync } = require('node:child_process');

const PRETTIER = require.resolve('prettier/bin/prettier.cjs');

/** @param {string} text @param {string} file whose options and language count @returns {string} */
function pretty(text, file) {
  const args = [PRETTIER, '--stdin-filepath', file];
  return execFileSync(process.execPath, args, { input: text, encoding: 'utf8' });
}

module.exports = { pretty };
