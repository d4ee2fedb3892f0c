'use strict';

// Writes what createClient() throws here.

const { createClient } = require('../..');

try {
  createClient({ port: 1 }).close();
} catch ({ message }) {
  process.stdout.write(`${message}\n`);
}
