'use strict';

// Replies that can be read and that no command of the operation can have.

const { array, bulk, integer } = require('../../helpers/scripted-server');
const { OPERATIONS } = require('../../helpers/operations');

/** One reply of each kind. */
const KINDS = {
  status: '+OK\r\n',
  integer: integer(1),
  string: bulk('text'),
  'an empty string': bulk(''),
  null: '$-1\r\n',
  'a null array': '*-1\r\n',
  'an empty array': array(),
  'an array of a string': array(bulk('text')),
  'an array of arrays': array(array(bulk('0')), array(array(bulk('sess:x')))),
  'a null of RESP3': '_\r\n',
  'a boolean of RESP3': '#t\r\n',
  'a double of RESP3': ',1.5\r\n',
  'an infinite double of RESP3': ',inf\r\n',
  'a big number of RESP3': '(12345678901234567890\r\n',
  'a verbatim string of RESP3': '=8\r\ntxt:text\r\n',
  'an empty map of RESP3': '%0\r\n',
  'a map of RESP3': '%1\r\n+OK\r\n:1\r\n',
  'an empty set of RESP3': '~0\r\n',
  'a set of RESP3': '~2\r\n$4\r\ntext\r\n$-1\r\n',
  'a published message of RESP3': '>3\r\n$7\r\nmessage\r\n$1\r\na\r\n$4\r\ntext\r\n',
  'a subscription of RESP3': '>3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n',
};

const NULLS = ['null', 'a null array', 'a null of RESP3'];

/** The kinds that each command's reply may have. */
const FITTING = {
  DEL: ['integer'],
  EVALSHA: ['integer'],
  EXISTS: ['integer'],
  // What is stored there may be any text.
  GET: ['string', 'an empty string', 'a verbatim string of RESP3', ...NULLS],
  MGET: [],
  PERSIST: ['integer'],
  PEXPIRE: ['integer'],
  PTTL: ['integer'],
  SCAN: [],
  SET: ['status', ...NULLS],
  STRLEN: ['integer'],
  UNLINK: ['integer'],
};

const keys = (...sids) => array(...sids.map((sid) => bulk(`sess:${sid}`)));

/** What has the right type at first sight. @type {Record<string, Record<string, string>>} */
const AT_SECOND_SIGHT = {
  SCAN: {
    'one element': array(bulk('0')),
    'three elements': array(bulk('0'), keys('a'), keys('b')),
    'an integer for a cursor': array(integer(0), keys('a')),
    'a null for a cursor': array(bulk(null), keys('a')),
    'an array for a cursor': array(array(), keys('a')),
    'a status for a cursor': array('+0\r\n', keys('a')),
    'no keys': array(bulk('0'), bulk(null)),
    'a string for keys': array(bulk('0'), bulk('sess:a')),
    'an integer for keys': array(bulk('0'), integer(0)),
    'an integer for a key': array(bulk('0'), array(bulk('sess:a'), integer(1))),
    'a null for a key': array(bulk('0'), array(bulk('sess:a'), bulk(null))),
    'an array for a key': array(bulk('0'), array(keys('a'))),
    'keys and cursor exchanged': array(keys('a'), bulk('0')),
    'a map for keys': array(bulk('0'), '%1\r\n$6\r\nsess:a\r\n$6\r\nsess:b\r\n'),
    'an empty cursor': array(bulk(''), keys()),
    'a cursor that is no number': array(bulk('next'), keys()),
    'a cursor below zero': array(bulk('-1'), keys()),
    'a cursor beyond 64 bits': array(bulk('18446744073709551616'), keys()),
    'a cursor with a line end': array(bulk('1\r\n'), keys()),
  },
  EVALSHA: {
    'two elements': array(bulk('{}'), integer(1)),
    'four elements': array(bulk('{}'), integer(1), integer(0), integer(0)),
    'no value': array(bulk(null), integer(1), integer(0)),
    'an integer for a value': array(integer(1), integer(1), integer(0)),
    'a string for an expiry': array(bulk('{}'), bulk('1'), integer(0)),
    'no second integer': array(bulk('{}'), integer(1), bulk(null)),
    'an array for a value': array(array(bulk('{}')), integer(1), integer(0)),
    'a set': `~3\r\n${bulk('{}')}:1\r\n:0\r\n`,
  },
};

/** For an MGET of so many keys, arrays that it cannot have. */
const misfitsOfMany = (count) => {
  const values = (value) => array(...Array(count).fill(value));
  const last = (value) => array(...Array(count - 1).fill(bulk('{}')), value);
  return {
    'a value too few': array(...Array(count - 1).fill(bulk('{}'))),
    'a value too many': array(...Array(count + 1).fill(bulk('{}'))),
    'integers for values': values(integer(1)),
    'statuses for values': values('+OK\r\n'),
    'arrays for values': values(array(bulk('{}'))),
    'errors for values': values('-ERR no\r\n'),
    'an integer for the last value': last(integer(1)),
    'an empty array for the last value': last(array()),
    'a boolean of RESP3 for the last value': last('#t\r\n'),
    'a set of values': `~${count}\r\n${bulk('{}').repeat(count)}`,
    'a map of values': `%${count}\r\n${bulk('{}').repeat(2 * count)}`,
  };
};

/** For a command of an operation, everything that it cannot be answered. */
const misfitsOf = (command, commands) => [
  ...Object.entries(KINDS).filter(([kind]) => !FITTING[command].includes(kind)),
  ...Object.entries(AT_SECOND_SIGHT[command] ?? {}),
  ...Object.entries(
    // Each key's PTTL follows.
    command === 'MGET' ? misfitsOfMany(commands.filter((name) => name === 'PTTL').length) : {},
  ),
];

/** For each operation and each command that it sends: which it is, and what does not fit. */
const CASES = Object.entries(OPERATIONS).flatMap(([name, { commands }]) =>
  commands.map((command, index) => ({
    name,
    command,
    index,
    misfits: misfitsOf(command, commands),
  })),
);

module.exports = { CASES };
