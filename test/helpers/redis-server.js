'use strict';

// Starts private redis-servers: for the tests, the demo and the benchmarks.

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');

const { Guard } = require('../../scripts/guard');
const { plainEnvironment } = require('../../scripts/plain-environment');

/**
 * @typedef {object} RedisOptions
 * @property {boolean} [tcp] listen on a free TCP port; default: on a unix socket only
 * @property {string} [host] the address for `tcp`; default 127.0.0.1
 * @property {number} [port] a certain port for `tcp`; default: a free one
 * @property {string[]} [args] more arguments; they win over the ones given here
 * @property {string} [dir] working folder; it is left in place. Default: a temporary one
 */

const ATTEMPTS = 5;
/** Only ends a start that hangs: no machine needs as long. */
const START_TIMEOUT = 60_000;

/** Nobody listened on the port when it was asked for, but somebody does now. */
class PortTakenError extends Error {}

/** One redis-server; it can be stopped and started again under the same address. */
class RedisServer {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;
  /** @type {Promise<void>} */
  #exited = Promise.resolve();
  #guard;
  #args;

  /** @param {{ dir: string, ownsDir: boolean, host?: string, port?: number, args: string[] }} where */
  constructor({ dir, ownsDir, host, port, args }) {
    this.dir = dir;
    /** @type {string | undefined} the unix socket's path */
    this.socket = port ? undefined : path.join(dir, 'redis.sock');
    /** @type {string | undefined} */
    this.host = port ? host : undefined;
    /** @type {number | undefined} */
    this.port = port;
    this.url = this.socket
      ? `unix:${this.socket}`
      : `redis://${host?.includes(':') ? `[${host}]` : host}:${port}`;
    /** @type {net.NetConnectOpts} */
    this.address = this.socket ? { path: this.socket } : { host, port: Number(port) };
    this.#args = args;
    this.#guard = new Guard(ownsDir ? dir : undefined);
  }

  /** The running server; undefined while it is down. */
  get process() {
    return this.#child;
  }

  get pid() {
    return this.#child?.pid;
  }

  /** Starts the server; resolves when it answers. */
  async start() {
    const listen = this.socket
      ? ['--port', '0', '--unixsocket', this.socket]
      : ['--port', String(this.port), '--bind', String(this.host)];
    const child = spawn(
      'redis-server',
      [...listen, '--dir', this.dir, '--save', '', '--appendonly', 'no', ...this.#args],
      // In a group of its own: Ctrl-C on the terminal must not take the server away from an
      // application that is closing.
      { env: plainEnvironment(), stdio: ['ignore', 'pipe', 'pipe'], detached: true },
    );
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      const gone = () => {
        if (this.#child === child) this.#child = undefined;
        this.#guard.watch(undefined);
        resolve();
      };
      child.once('exit', gone);
      child.once('error', gone);
    });
    this.#guard.watch(child.pid);
    try {
      await ready(child);
      await ping(this.address);
    } catch (error) {
      await this.kill();
      throw error;
    }
    // Neither the server nor its log keeps this process alive; the guard ends a forgotten one.
    child.unref();
    for (const stream of [child.stdout, child.stderr]) {
      /** @type {net.Socket} */ (stream).resume().unref();
    }
  }

  /**
   * Sends a signal. Resolves when the server is gone; with SIGSTOP and SIGCONT, at once.
   * @param {NodeJS.Signals} [signal]
   */
  async kill(signal = 'SIGKILL') {
    const child = this.#child;
    if (!child) return;
    child.ref();
    child.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await this.#exited;
  }

  /** Kills the server, if it runs, and starts an empty one under the same address. */
  async restart() {
    await this.kill();
    await this.start();
  }

  /** Ends the server and removes its temporary folder. Safe to call twice. */
  async stop() {
    // Nothing is worth saving, and a stopped (SIGSTOP) process would not hear SIGTERM.
    await this.kill();
    await this.#guard.end();
  }
}

/**
 * Resolves when the log says that the server is ready.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<void>}
 */
function ready(child) {
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
      if (!/ready to accept connections/i.test(log)) return;
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
 * Resolves when the server answers PING, be it only with NOAUTH.
 * @param {net.NetConnectOpts} address
 * @returns {Promise<void>}
 */
function ping(address) {
  return new Promise((resolve, reject) => {
    const connection = net.connect(address, () => connection.write('PING\r\n'));
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
 * Starts a redis-server that belongs to the caller alone. Resolves when it answers.
 * @param {RedisOptions} [options]
 */
async function startRedis({ tcp = false, host = '127.0.0.1', port, args = [], dir } = {}) {
  for (let attempt = 1; ; attempt++) {
    const where = {
      dir: dir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-')),
      ownsDir: dir === undefined,
      host,
      port: tcp ? (port ?? (await freePort(host))) : undefined,
      args,
    };
    const server = new RedisServer(where);
    try {
      await server.start();
      return server;
    } catch (error) {
      await server.stop();
      const again = error instanceof PortTakenError && port === undefined && attempt < ATTEMPTS;
      if (!again) throw error;
    }
  }
}

module.exports = { startRedis, freePort };
