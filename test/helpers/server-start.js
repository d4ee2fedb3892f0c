'use strict';

// How to know that a server of Redis' family is up, or why it is not.

const net = require('node:net');
const tls = require('node:tls');

/** Only ends a start that hangs: no machine needs as long. */
const START_TIMEOUT = 60_000;

const ATTEMPTS = 5;

/** Nobody listened on the port when it was asked for, but somebody does now. */
class PortTakenError extends Error {}

/**
 * Resolves when the log says that the server is ready.
 * @param {import('node:child_process').ChildProcess} child
 * @param {RegExp} [line] of the log that says so
 * @returns {Promise<void>}
 */
function ready(child, line = /ready to accept connections/i) {
  return new Promise((resolve, reject) => {
    let log = '';
    const timer = setTimeout(() => fail('did not get ready in time'), START_TIMEOUT);
    /** @param {string} what */
    const fail = (what) => {
      clearTimeout(timer);
      const Kind = /already in use/i.test(log) ? PortTakenError : Error;
      reject(new Kind(`redis-server ${what}${log && `:\n${log}`}`));
    };
    /** @param {Buffer} chunk */
    const read = (chunk) => {
      log += chunk;
      if (!line.test(log)) return;
      clearTimeout(timer);
      child.stdout?.off('data', read);
      child.stderr?.off('data', read);
      resolve();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    // 'close' follows 'exit' and comes after the last of the log.
    child.once('close', (code, signal) => fail(`ended with ${signal ?? `code ${code}`}`));
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
  });
}

/**
 * Neither the server nor its log keeps this process alive.
 * @param {import('node:child_process').ChildProcess} child
 */
function letGo(child) {
  child.unref();
  for (const stream of [child.stdout, child.stderr]) {
    /** @type {net.Socket} */ (stream).resume().unref();
  }
}

/**
 * Resolves when the server answers PING, be it only with NOAUTH.
 * @param {net.NetConnectOpts & tls.ConnectionOptions} address with `ca`: over TLS
 * @returns {Promise<void>}
 */
function ping(address) {
  return new Promise((resolve, reject) => {
    const ask = () => connection.write('PING\r\n');
    const connection = address.ca ? tls.connect(address, ask) : net.connect(address, ask);
    connection.setTimeout(START_TIMEOUT, () => {
      connection.destroy(new Error('redis-server does not answer'));
    });
    connection.once('data', (reply) => {
      connection.destroy();
      if (/^(\+PONG|-NOAUTH)/.test(String(reply))) resolve();
      else reject(new Error(`redis-server answers PING with ${reply}`));
    });
    connection.once('error', reject);
    connection.once('close', () => reject(new Error('redis-server closed the connection')));
  });
}

/**
 * Whether a replica has all that its master had.
 * @param {{ sendCommand: (words: string[]) => Promise<unknown> }} replica
 */
async function isLinked(replica) {
  const info = String(await replica.sendCommand(['INFO', 'replication']));
  return info.includes('master_link_status:up');
}

/**
 * A port that is free at this moment.
 * @param {string} [host]
 * @returns {Promise<number>}
 */
function freePort(host = '127.0.0.1') {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, host, () => {
      const { port } = /** @type {net.AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/**
 * Starts again what came too late for a port that it had chosen freely.
 * @template T
 * @param {() => Promise<T>} start chooses a port each time, and leaves nothing behind if it fails
 * @returns {Promise<T>}
 */
async function onFreePort(start) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === ATTEMPTS) throw error;
    }
  }
}

module.exports = { freePort, isLinked, letGo, onFreePort, ping, ready };
