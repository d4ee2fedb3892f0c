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

/**
 * The same of several keys, one after the other. Those that would make the reply too long are told
 * as if there were none: each is asked for again on its own.
 */
const FETCH_ALL = script(`local found, bytes = {}, 0
for index, key in ipairs(KEYS) do
  local value = bytes <= 16777216 and redis.call('GET', key)
  found[2 * index - 1] = value
  found[2 * index] = redis.call('PTTL', key)
  bytes = bytes + (value and #value or 0)
end
return found
`);

/** How long each value is; 0: there is none, or it is no string. */
const LENGTHS = script(`local lengths = {}
for index, key in ipairs(KEYS) do
  local length = redis.pcall('STRLEN', key)
  lengths[index] = type(length) == 'number' and length or 0
end
return lengths
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

module.exports = { FETCH, FETCH_ALL, LENGTHS, REPLACE };
