'use strict';

// Answers without an end, as fast as they can be sent: memory is bounded, whoever asked is told in
// time, and the next connection is well.

const path = require('node:path');
const { runScript } = require('../helpers/child');
const { startFaultyServer } = require('../helpers/faulty-server');
const { PATIENCE } = require('../helpers/patience');
const { first } = require('../helpers/scene');

const fixture = path.join(__dirname, 'fixtures', 'endless.js');
/** What the process may grow by: Redis' own bound on one string, some times. */
const GROWTH = 1500 * (process.env.LD_PRELOAD ? 2 : 1); // a sanitizer keeps what was freed

const filled = (text) => Buffer.alloc(Math.floor(2 ** 20 / text.length) * text.length, text);
const LONG = 'x'.repeat(100_000);

/** What comes once, and what comes again and again. */
const ANSWERS = {
  'a string of 99,999,999,999 bytes': ['$99999999999\r\n', filled('x')],
  'a status': ['+', filled('x')],
  'an error': ['-', filled('x')],
  'an integer': [':', filled('1')],
  'a length': ['$', filled('1')],
  'a count': ['*', filled('1')],
  'an array of arrays of integers': ['*1048576\r\n', filled(`*1000\r\n${':1\r\n'.repeat(1000)}`)],
  'an array of strings': ['*1048576\r\n', filled(`$100000\r\n${LONG}\r\n`)],
  'replies that nobody asked for': ['', filled(':1\r\n')],
};

/** With these the connection is as good as silent. */
const IDLE = {
  'a string as long as Redis allows': ['$536870912\r\n', filled('x')],
  'pushes of RESP3': ['', filled('>2\r\n+invalidate\r\n*1\r\n+sess:a\r\n')],
  'large pushes of RESP3': ['', filled(`>2\r\n+invalidate\r\n*1\r\n$100000\r\n${LONG}\r\n`)],
};

/** Sends until the other side has closed. */
function flood({ socket }, [head, body]) {
  const more = () => {
    while (socket.writable && socket.write(body));
  };
  socket.write(head);
  socket.on('drain', more);
  more();
}

/** What came of reads of which the first is answered so. */
async function play(answer, deadline) {
  const server = await startFaultyServer(first({ onCommands: (peer) => flood(peer, answer) }));
  try {
    const args = [server.port, deadline, GROWTH].map(String);
    const { lines, ...end } = await runScript(fixture, { args, timeout: 2 * PATIENCE });
    expect(end).toEqual({ code: 0, signal: null, stderr: '' });
    const { told, codes, grown } = JSON.parse(lines[0]);
    expect(grown).toBeLessThan(GROWTH);
    return { told, codes };
  } finally {
    await server.close();
  }
}

test.each(Object.entries(ANSWERS))(
  '%s: the connection is given up before it takes all memory',
  async (_, answer) => {
    const { told, codes } = await play(answer, PATIENCE);
    expect(told.at(-1)).toBe('a@2');
    // Two of those that nobody asked for do answer something.
    expect(['a@2', 'ERR_REDIS_PROTOCOL@0,a@2']).toContain(String(told));
    expect(codes).toEqual(['ERR_REDIS_PROTOCOL']);
  },
);

test.each(Object.entries(IDLE))(
  '%s: the deadline is the longest that it takes',
  async (_, answer) => {
    const { told, codes } = await play(answer, 1000);
    // On a busy machine the next one may be late, too, for so short a deadline.
    expect(told.at(-1)).toMatch(/^a@[2-9]$/);
    expect(told.slice(0, -1)).not.toContain('a@1');
    expect(codes[0]).toMatch(/^ERR_REDIS_(PROTOCOL|TIMEOUT)$/);
  },
);
