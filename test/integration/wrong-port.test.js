'use strict';

// A port that is not the one of Redis is named as what it is, as far as its first bytes show it.

const { once } = require('node:events');
const http = require('node:http');
const net = require('node:net');
const { RedisStore, createClient } = require('../..');

/** As OpenSSL answers to what is no TLS: fatal, protocol version. */
const ALERT = Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46]);

/** The first error of a client of `server`. */
async function firstError(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = createClient({ port: server.address().port });
  try {
    const [error] = await once(client, 'error');
    return error;
  } catch (error) {
    // `once` rejects with what an error event tells.
    return error;
  } finally {
    await client.close();
    server.closeAllConnections?.();
    await new Promise((resolve) => server.close(resolve));
  }
}

test('an HTTP port', async () => {
  const error = await firstError(http.createServer((_, response) => response.end()));
  expect(error).toMatchObject({
    code: 'ERR_REDIS_PROTOCOL',
    message: 'The port speaks HTTP: it is not the one of Redis',
  });
});

test('a TLS port', async () => {
  const server = net.createServer((socket) =>
    socket
      .on('error', () => {})
      .resume()
      .end(ALERT),
  );
  expect(await firstError(server)).toMatchObject({
    code: 'ERR_REDIS_PROTOCOL',
    message: 'The port speaks TLS, and this connection does not',
  });
});

test('a port that closes the connection without a word, as the TLS port of Redis does', async () => {
  const server = net.createServer((socket) => {
    socket.on('error', () => {}).once('data', () => socket.destroy());
  });
  const error = await firstError(server);
  expect(error.code).toBe('ECONNRESET');
  expect(error.message).toContain('does the port speak TLS?');
});

test('without a listener the first error is printed once, with the address and what to write', async () => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const server = http.createServer((_, response) => response.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const client = createClient({ port, commandTimeout: 300, backoff: { min: 1, max: 5 } });
  const store = new RedisStore(client);
  const error = await store.access.get('a').catch((caught) => caught);
  // With no address in the cause, the timeout has it.
  const cause = 'The port speaks HTTP: it is not the one of Redis';
  expect(error.message).toBe(
    `There was no connection to Redis at 127.0.0.1:${port} for 300 ms: ${cause}`,
  );
  await client.close();
  server.close();
  expect(warn.mock.calls).toEqual([
    [
      `connect-hiredis has no connection to Redis at 127.0.0.1:${port}, and goes on trying: ${cause}\n` +
        "To hear of such errors write client.on('error', …) or store.on('error', …)",
      { code: 'CONNECT_HIREDIS_NO_LISTENER' },
    ],
  ]);
  warn.mockRestore();
});

test('a server that says nothing at all is named by its address', async () => {
  const server = net.createServer((socket) => socket.on('error', () => {}).resume());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const client = createClient({ port, commandTimeout: 100, connectTimeout: 60_000 });
  await expect(new RedisStore(client).access.get('a')).rejects.toMatchObject({
    code: 'ERR_REDIS_TIMEOUT',
    message: `There was no connection to Redis at 127.0.0.1:${port} for 100 ms`,
  });
  await client.close();
  await new Promise((resolve) => server.close(resolve));
});
