'use strict';

// A server that speaks TLS, with certificates made for the test.

const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const tls = require('node:tls');
const { startTls } = require('../helpers/redis-tls');

let running;
beforeAll(async () => (running = await startTls()));
afterAll(() => running?.stop());

/** What it answers to PING. */
async function ask(socket) {
  socket.write('PING\r\n');
  const [reply] = await once(socket, 'data');
  socket.destroy();
  return String(reply);
}

const connect = (options) => {
  const { host, port } = running.server;
  return tls.connect({ host, port, ...options });
};

test('answers those who trust its authority, by its address and by its name', async () => {
  const ca = fs.readFileSync(running.ca);
  for (const more of [{}, { servername: 'localhost' }]) {
    const socket = connect({ ca, ...more });
    await once(socket, 'secureConnect');
    expect(socket.authorized).toBe(true);
    expect(await ask(socket)).toBe('+PONG\r\n');
  }
});

test('is not trusted by anybody else, nor under another name', async () => {
  const ca = fs.readFileSync(running.ca);
  await expect(once(connect({}), 'secureConnect')).rejects.toThrow(/certificate/);
  const elsewhere = connect({ ca, servername: 'elsewhere.test' });
  await expect(once(elsewhere, 'secureConnect')).rejects.toThrow(/elsewhere\.test/);
});

test('does not speak without TLS', async () => {
  const socket = net.connect(running.server.port, running.server.host);
  await expect(ask(socket)).rejects.toThrow();
});

test('its key and certificates go with it', async () => {
  const other = await startTls();
  await other.stop();
  expect(fs.existsSync(other.ca)).toBe(false);
});
