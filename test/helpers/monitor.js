'use strict';

// What a server was really asked: its MONITOR stream, read without any client library.

const net = require('node:net');
const { once } = require('node:events');

const ESCAPES = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b' };

/** What is before the words of a line: `+1700000000.1 [0 unix:/x] `. */
const HEAD = /^\S+ \[\d+ .*?\] (?=")/;
const WORD = /"((?:[^"\\]|\\.)*)"/g;
const WORDS = new RegExp(`^${WORD.source}(?: ${WORD.source})*$`);

const unescape = (text, escape) =>
  text.replace(escape, (_, what) =>
    what.length === 3 ? String.fromCharCode(parseInt(what.slice(1), 16)) : (ESCAPES[what] ?? what),
  );

/** The words of one MONITOR line: `1700000000.1 [0 unix:/x] "SET" "key" "a\"b"`. */
function words(line) {
  const said = line.replace(HEAD, '');
  if (WORDS.test(said)) {
    return [...said.matchAll(WORD)].map(([, text]) => unescape(text, /\\(x[0-9a-f]{2}|.)/g));
  }
  // Valkey 8.1.1 forgets to escape quotes and backslashes: "a"b".
  const texts = said.slice(1, -1).split('" "');
  return texts.map((text) => unescape(text, /\\(x[0-9a-f]{2}|[nrtab])/g));
}

/**
 * Starts to watch. `commands()` gives what arrived since the last call as arrays of words, the
 * name in capitals: all that was answered before the call is in it.
 */
async function startMonitor(server, admin) {
  const socket = server.socket
    ? net.connect(server.socket)
    : net.connect(server.port, server.host ?? '127.0.0.1');
  await once(socket, 'connect');
  let pending = '';
  let seen = [];
  let marker = 0;
  let wake = () => {};
  const started = new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.on('data', (chunk) => {
      const lines = (pending + chunk).split('\r\n');
      pending = lines.pop();
      for (const line of lines) {
        if (line === '+OK') resolve();
        else if (line.startsWith('-')) reject(new Error(line));
        else seen.push(words(line));
      }
      wake();
    });
  });
  socket.write('MONITOR\r\n');
  await started;

  return {
    async commands() {
      const mark = `monitor-${++marker}`;
      const isMark = ([, word]) => word === mark;
      await admin.sendCommand(['ECHO', mark]);
      while (!seen.some(isMark)) await new Promise((resolve) => (wake = resolve));
      const before = seen.slice(0, seen.findIndex(isMark));
      seen = seen.slice(seen.findIndex(isMark) + 1);
      return before.map(([name, ...args]) => [name.toUpperCase(), ...args]);
    },
    close() {
      socket.destroy();
    },
  };
}

module.exports = { startMonitor };
