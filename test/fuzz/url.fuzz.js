'use strict';

// Any text as the URL of a server: as it is, around a password, and built from its parts.

const assert = require('node:assert');

const { SECRET, orRefused, readOptions } = require('./options-properties');
const { parseUrl } = require('../../lib/url');

/** As it is; as URL objects come to it, too. @param {string} url */
function checkUrl(url) {
  const options = readOptions(url);
  const parsed = orRefused(() => parseUrl(url));
  // What reading refuses, parsing may take (a port of 0), never the other way round.
  if (options) assert.ok(parsed, 'what is read can be parsed');
  if (URL.canParse(url)) assert.deepStrictEqual(readOptions(new URL(url)), options);
}

/**
 * A URL that is written as it should be says what it was made of.
 * @param {string} user
 * @param {string} password
 * @param {number} database
 */
function checkParts(user, password, database) {
  const encoded = [user, password].map(encodeURIComponent).join(':');
  const options = readOptions(`redis://${encoded}@example.org:6380/${database}`);
  assert.ok(options, 'a URL that is written as it should be is taken');
  assert.equal(options.username, user === '' ? undefined : user);
  assert.equal(options.password, password === '' ? undefined : password);
  assert.equal(options.database, database);
  assert.equal(options.host, 'example.org');
  assert.equal(options.port, 6380);
}

/** @param {Buffer} data */
function fuzz(data) {
  const text = data.toString('utf8');
  checkUrl(text);
  // The first two lines go before and after a password.
  const [before, after = ''] = text.split('\n');
  checkUrl(`${before}:${SECRET}@${after}`);
  checkUrl(`redis://${before}:${SECRET}${after}`);
  checkUrl(`unix://${before}:${SECRET}@/${after}`);
  checkParts(before, after, data.length);
}

module.exports = { fuzz };
