'use strict';

// A server of which each connection may have a script: what it does, wrongly, instead of answering.
// Without one it answers as a healthy server whose every value tells to whom it belongs and which
// connection answered. In the process of its client, what is written in one go is there in one go:
// the client looks at its sockets only when the script has returned.

const { once } = require('node:events');
const { createHash } = require('node:crypto');
const net = require('node:net');
const { setImmediate: turn } = require('node:timers/promises');
const { CommandReader } = require('./command-reader');
const { array, bulk, integer } = require('./scripted-server');

const PREFIX = 'sess:';
const HANDSHAKE = ['AUTH', 'CLIENT', 'HELLO', 'PING', 'ROLE', 'SELECT'];
/** What an enumeration finds. */
const STORED = ['k1', 'k2', 'k3'];

const seal = (owner, by) => createHash('sha1').update(`${owner} ${by}`).digest('base64');

/** What is stored under a key, as connection number `by` tells it. */
function valueOf(key, by) {
  const owner = key.slice(PREFIX.length);
  return JSON.stringify({ cookie: { path: '/' }, owner, by, seal: seal(owner, by) });
}

/** Sessions with such an id are always changed by somebody else between a read and a write. */
const isContended = (key) => key.endsWith('!');

/** What a compare-and-set of one is answered. */
function replace([, , key, expected], by) {
  const theirs = JSON.stringify({ ...JSON.parse(valueOf(key, by)), theirs: true });
  if (!isContended(key) || expected === theirs) return integer(1);
  return array(bulk(theirs), integer(60_000), integer(0));
}

/** Whether a session is one of this server's, unchanged. */
const isGenuine = (session) => session?.seal === seal(session?.owner, session?.by);

/**
 * What a healthy server answers.
 * @param {string[]} command
 * @param {number} by
 */
function healthyAnswer([name, ...words], by) {
  switch (name) {
    case 'GET':
      return bulk(valueOf(words[0], by));
    case 'MGET':
      return array(...words.map((key) => bulk(valueOf(key, by))));
    case 'STRLEN':
      return integer(valueOf(words[0], by).length);
    case 'PTTL':
      return integer(60_000);
    case 'DEL':
    case 'UNLINK':
      return integer(words.length);
    case 'EXISTS':
    case 'PERSIST':
    case 'PEXPIRE':
      return integer(1);
    case 'EVAL':
    case 'EVALSHA':
      return replace(words, by);
    case 'SCAN':
      return array(bulk('0'), array(...STORED.map((sid) => bulk(PREFIX + sid))));
    case 'TYPE':
      return '+string\r\n';
    case 'PING':
      return '+PONG\r\n';
    case 'ROLE':
      return array(bulk('master'), integer(0), array());
    case 'AUTH':
    case 'CLIENT':
    case 'SELECT':
    case 'SET':
      return '+OK\r\n';
    default:
      return `-ERR unknown command '${name}'\r\n`;
  }
}

/** One client's connection, as a script sees it. */
class Peer {
  /** All that it was asked, without the handshake. @type {string[][]} */
  commands = [];
  /** All that the handshake asked. @type {string[][]} */
  handshake = [];
  /** How the client ended it: `end` (a FIN) or an error's code. @type {string | undefined} */
  ended;

  /** @param {net.Socket} socket @param {number} number */
  constructor(socket, number) {
    this.socket = socket;
    /** 1 for the first that was accepted. */
    this.number = number;
  }

  /** @param {string | Buffer} bytes */
  write(bytes) {
    if (this.socket.writable) this.socket.write(bytes);
  }

  /** Each piece in a write of its own, with a turn of the loop for the client to read it in. */
  async writeInPieces(bytes, size = 1) {
    const all = Buffer.from(bytes);
    for (let at = 0; at < all.length; at += size) {
      this.write(all.subarray(at, at + size));
      await turn();
    }
  }

  /** Sends a FIN, after what was written, and goes on reading. */
  end() {
    this.socket.end();
  }

  /** What was written arrives, and right after it a reset. */
  reset() {
    this.socket.resetAndDestroy();
  }

  /** Reads nothing any more: what the client sends fills its window. */
  stopReading() {
    this.socket.pause();
  }

  readOn() {
    this.socket.resume();
  }
}

/**
 * What a connection does instead; each replaces what a healthy one does there.
 * @typedef {object} Script
 * @property {(peer: Peer) => unknown} [onAccept]
 * @property {(peer: Peer, answers: string[], commands: string[][]) => unknown} [onHandshake]
 * @property {(peer: Peer, answers: string[], commands: string[][]) => unknown} [onCommands] is
 *   given what came together, and what a healthy server would answer to each
 */

/**
 * @param {(number: number) => Script | undefined} [scriptOf] the script of the connection that was
 *   accepted as the number-th, from 1 on
 * @param {{ host?: string, port?: number }} [where] default: a free port of 127.0.0.1
 */
async function startFaultyServer(
  scriptOf = () => undefined,
  { host = '127.0.0.1', port = 0 } = {},
) {
  const open = new Set();
  /** @type {Peer[]} */
  const peers = [];
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const peer = new Peer(socket, peers.length + 1);
    const { onAccept, onHandshake, onCommands } = scriptOf(peer.number) ?? {};
    peers.push(peer);
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', ({ code }) => (peer.ended ??= code));
    socket.on('end', () => {
      peer.ended ??= 'end';
      socket.end();
    });
    const reader = new CommandReader();
    socket.on('data', (chunk) => {
      const isHandshake = ([name]) => HANDSHAKE.includes(name);
      const commands = reader.push(chunk);
      for (const [said, act, list] of [
        [commands.filter(isHandshake), onHandshake, peer.handshake],
        [commands.filter((command) => !isHandshake(command)), onCommands, peer.commands],
      ]) {
        if (said.length === 0) continue;
        list.push(...said);
        const answers = said.map((command) => healthyAnswer(command, peer.number));
        if (act) act(peer, answers, said);
        else peer.write(answers.join(''));
      }
    });
    onAccept?.(peer);
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    host,
    port: server.address().port,
    /** All that were ever accepted. */
    peers,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/**
 * An onCommands for commands that may come in several reads: acts once, when `count` are there.
 * @param {number} count
 * @param {(peer: Peer, answers: string[], commands: string[][]) => unknown} act
 * @param {(peer: Peer, answers: string[]) => unknown} [later] for what comes after them; default:
 *   as a healthy server
 */
function gathered(count, act, later = (peer, answers) => peer.write(answers.join(''))) {
  const allAnswers = [];
  const allCommands = [];
  let isDone = false;
  return (peer, answers, commands) => {
    if (isDone) {
      later(peer, answers);
      return;
    }
    allAnswers.push(...answers);
    allCommands.push(...commands);
    isDone = allCommands.length >= count;
    if (isDone) act(peer, allAnswers, allCommands);
  };
}

module.exports = { STORED, gathered, healthyAnswer, isGenuine, startFaultyServer, valueOf };
