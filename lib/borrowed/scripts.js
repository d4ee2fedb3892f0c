'use strict';
// The scripts that stand for several commands: a client of an application's takes one command at
// about the cost of two of this package's own.

const { createHash } = require('node:crypto');

/**
 * @typedef {object} Script
 * @property {string} text
 * @property {string} digest as EVALSHA wants it
 */

/**
 * @param {string} text
 * @returns {Script}
 */
function script(text) {
  return { text, digest: createHash('sha1').update(text).digest('hex') };
}

/** The value and its time to live in milliseconds; nil: there is none. */
const FETCH = script(`local value = redis.call('GET', KEYS[1])
return value and {value, redis.call('PTTL', KEYS[1])}
`);

/** The same of several keys, one after the other. */
const FETCH_ALL = script(`local found = {}
for index, key in ipairs(KEYS) do
  found[2 * index - 1] = redis.call('GET', key)
  found[2 * index] = redis.call('PTTL', key)
end
return found
`);

/**
 * ARGV: what is expected, what to store, and its time to live in milliseconds or 0. Gives 1 if it
 * was stored, 0 if there is nothing, or what is there instead and its time to live.
 */
const REPLACE = script(`local current = redis.call('GET', KEYS[1])
if not current then return 0 end
if current ~= ARGV[1] then return {current, redis.call('PTTL', KEYS[1])} end
if ARGV[3] == '0' then
  redis.call('SET', KEYS[1], ARGV[2])
else
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return 1
`);

module.exports = { FETCH, FETCH_ALL, REPLACE };
