'use strict';

// Stands between a store and its server, on a unix socket of its own: holds commands up, and
// changes answers, for what a healthy server does too seldom to wait for.

const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');

const AGGREGATES = new Map([
  ['*', 1],
  ['~', 1],
  ['>', 1],
  ['%', 2],
]);

/**
 * Reads one RESP value.
 * @param {Buffer} buffer
 * @param {number} from
 * @returns {{ type: string, value: any, end: number } | undefined} undefined: not all of it is here
 */
function read(buffer, from = 0) {
  const line = buffer.indexOf('\r\n', from, 'latin1');
  if (line < 0) return undefined;
  const type = String.fromCharCode(buffer[from]);
  const text = buffer.toString('latin1', from + 1, line);
  let end = line + 2;
  const size = Number(text);
  if (type === '$' || type === '=' || type === '!') {
    if (size < 0) return { type, value: null, end };
    if (buffer.length < end + size + 2) return undefined;
    return { type, value: buffer.subarray(end, end + size), end: end + size + 2 };
  }
  if (!AGGREGATES.has(type) || size < 0) return { type, value: text, end };
  const value = [];
  for (let left = size * AGGREGATES.get(type); left > 0; left--) {
    const item = read(buffer, end);
    if (!item) return undefined;
    value.push(item.value);
    end = item.end;
  }
  return { type, value, end };
}

const bulk = (value) =>
  Buffer.concat([Buffer.from(`$${value.length}\r\n`), value, Buffer.from('\r\n')]);

/** A SCAN's answer. */
const scanReply = (cursor, keys) =>
  Buffer.concat([
    Buffer.from('*2\r\n'),
    bulk(cursor),
    Buffer.from(`*${keys.length}\r\n`),
    ...keys.map(bulk),
  ]);

/** Calls `take(value, raw)` for each RESP value of a stream, one after the other. */
async function eachValue(stream, take) {
  let rest = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = Buffer.concat([rest, chunk]);
    for (let item = read(rest); item; item = read(rest)) {
      await take(item, rest.subarray(0, item.end));
      rest = rest.subarray(item.end);
    }
  }
}

/**
 * @param {{ socket: string }} server
 * @param {{ onCommand?: (words: string[]) => unknown,
 *   onScan?: (keys: Buffer[]) => Buffer[] }} hooks `onCommand` is waited for before the command
 *   goes on; `onScan` gives what SCAN is to have answered
 */
async function startProxy(server, { onCommand = () => {}, onScan = (keys) => keys } = {}) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-proxy-'));
  const sockets = new Set();
  const proxy = net.createServer((near) => {
    const far = net.connect(server.socket);
    const asked = [];
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        near.destroy();
        far.destroy();
      });
    }
    const commands = eachValue(near, async ({ value }, raw) => {
      const words = value.map(String);
      words[0] = words[0].toUpperCase();
      await onCommand(words);
      asked.push(words[0]);
      far.write(raw);
    });
    const answers = eachValue(far, ({ type, value }, raw) => {
      const name = type === '>' ? '' : asked.shift();
      const isScan = name === 'SCAN' && Array.isArray(value);
      near.write(isScan ? scanReply(value[0], onScan(value[1])) : raw);
    });
    commands.catch(() => {}); // the connection was closed
    answers.catch(() => {});
  });
  const socket = path.join(dir, 'proxy.sock');
  proxy.listen(socket);
  await once(proxy, 'listening');
  return {
    socket,
    async close() {
      const closed = once(proxy, 'close');
      proxy.close();
      for (const each of sockets) each.destroy();
      await closed;
      fs.rmSync(dir, { recursive: true, force: true });
    },
  };
}

module.exports = { startProxy };
