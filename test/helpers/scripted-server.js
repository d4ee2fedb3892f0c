'use strict';

// A server that speaks RESP and does as a test tells it: answers with any bytes, in pieces or
// never, closes, resets. In the process of its client, what it writes in one go is there in one
// go: the client looks at its sockets only when the script has returned.

const { once } = require('node:events');
const net = require('node:net');
const { setImmediate: turn } = require('node:timers/promises');

const HANDSHAKE = ['AUTH', 'CLIENT', 'PING', 'SELECT'];

// ---- Replies ----

const bulk = (text) => (text === null ? '$-1\r\n' : `$${Buffer.byteLength(text)}\r\n${text}\r\n`);
const integer = (number) => `:${number}\r\n`;
const array = (...replies) => `*${replies.length}\r\n${replies.join('')}`;

/**
 * What a healthy server answers.
 * @param {string[]} command
 * @param {(key: string) => string | null} valueOf what is stored there
 */
function answer([name, ...words], valueOf) {
  switch (name) {
    case 'GET':
      return bulk(valueOf(words[0]));
    case 'MGET':
      return array(...words.map((key) => bulk(valueOf(key))));
    case 'STRLEN':
      return integer(valueOf(words[0]).length);
    case 'PTTL':
      return integer(60_000);
    case 'PEXPIRE':
    case 'DEL':
      return integer(1);
    case 'SET':
      return '+OK\r\n';
    default:
      return `-ERR unknown command '${name}'\r\n`;
  }
}

// ---- The server ----

/**
 * Takes the complete commands from the start of a buffer.
 * @param {Buffer} buffer
 * @returns {{ commands: string[][], rest: Buffer }}
 */
function takeCommands(buffer) {
  const commands = [];
  let at = 0;
  const line = () => {
    const end = buffer.indexOf('\r\n', at, 'latin1');
    if (end < 0) return undefined;
    // After the type: * or $.
    const number = Number(buffer.toString('latin1', at + 1, end));
    at = end + 2;
    return number;
  };
  for (;;) {
    const begin = at;
    const words = [];
    const count = line();
    while (words.length < count) {
      const size = line();
      if (size === undefined || at + size + 2 > buffer.length) break;
      words.push(buffer.toString('utf8', at, at + size));
      at += size + 2;
    }
    if (words.length !== count) return { commands, rest: buffer.subarray(begin) };
    commands.push(words);
  }
}

/** One client's connection, as a script sees it. */
class Connection {
  /** All that it was asked, without the handshake. @type {string[][]} */
  commands = [];

  /** @param {net.Socket} socket @param {number} number */
  constructor(socket, number) {
    this.socket = socket;
    /** 1 for the first that was accepted. */
    this.number = number;
  }

  /** @param {string} bytes */
  write(bytes) {
    this.socket.write(bytes);
  }

  /** Gives the client a turn of the loop to read each piece in. */
  async writeInPieces(bytes, size) {
    const all = Buffer.from(bytes);
    for (let at = 0; at < all.length; at += size) {
      this.socket.write(all.subarray(at, at + size));
      await turn();
    }
  }

  /** Closes, after what was written. */
  end() {
    this.socket.end();
  }

  /** What was written arrives, and right after it a reset. */
  reset() {
    this.socket.resetAndDestroy();
  }
}

/**
 * @param {object} script
 * @param {(commands: string[][], connection: Connection) => void} [script.onCommands] is given
 *   the commands that came together; those of the handshake are answered already
 * @param {(connection: Connection) => void} [script.onConnection]
 * @param {string} [script.socket] the path of a unix socket to listen on, instead of TCP
 */
async function startScriptedServer({ onCommands = () => {}, onConnection, socket: path }) {
  const open = new Set();
  const connections = [];
  const server = net.createServer((socket) => {
    const connection = new Connection(socket, connections.length + 1);
    connections.push(connection);
    open.add(socket);
    socket.setNoDelay();
    socket.on('error', () => {}).on('close', () => open.delete(socket));
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      const taken = takeCommands(Buffer.concat([rest, chunk]));
      rest = taken.rest;
      const commands = taken.commands.filter(([name]) => !HANDSHAKE.includes(name));
      connection.write('+OK\r\n'.repeat(taken.commands.length - commands.length));
      if (commands.length === 0) return;
      connection.commands.push(...commands);
      onCommands(commands, connection);
    });
    onConnection?.(connection);
  });
  if (path) server.listen(path);
  else server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = path ? undefined : server.address().port;
  return {
    port,
    /** Where it is, as the options of a client or a store. */
    address: path ? { socket: path } : { host: '127.0.0.1', port },
    /** All that were ever accepted. */
    connections,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

module.exports = { answer, array, bulk, integer, startScriptedServer };
