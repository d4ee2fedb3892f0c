'use strict';

// Starts private redis-servers: for the tests, the demo and the benchmarks.

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { Guard } = require('../../scripts/guard');
const { plainEnvironment } = require('../../scripts/plain-environment');
const { chosenServer } = require('./chosen-server');
const { freePort, letGo, onFreePort, ping, ready } = require('./server-start');

/**
 * @typedef {object} RedisOptions
 * @property {boolean} [tcp] listen on a free TCP port; default: on a unix socket only
 * @property {string} [host] the address for `tcp`; default 127.0.0.1
 * @property {number} [port] a certain port for `tcp`; default: a free one
 * @property {string[]} [args] more arguments; they win over the ones given here
 * @property {string} [dir] working folder; it is left in place. Default: a temporary one
 * @property {import('./certificates').Certificates} [tls] the TCP port speaks TLS
 * @property {string} [program] takes the arguments of redis-server; default: the chosen one
 */

/** One redis-server; it can be stopped and started again under the same address. */
class RedisServer {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;
  /** @type {Promise<void>} */
  #exited = Promise.resolve();
  #guard;
  #program;
  #args;
  #tls;

  /**
   * @param {RedisOptions & { dir: string, ownsDir: boolean, program: string, args: string[] }} where
   *   listens on a unix socket if there is no `port`
   */
  constructor({ dir, ownsDir, host, port, args, tls, program }) {
    this.dir = dir;
    /** @type {string | undefined} the unix socket's path */
    this.socket = port ? undefined : path.join(dir, 'redis.sock');
    /** @type {string | undefined} */
    this.host = port ? host : undefined;
    /** @type {number | undefined} */
    this.port = port;
    this.url = this.socket
      ? `unix:${this.socket}`
      : `${tls ? 'rediss' : 'redis'}://${host?.includes(':') ? `[${host}]` : host}:${port}`;
    /** @type {import('node:net').NetConnectOpts & import('node:tls').ConnectionOptions} */
    this.address = this.socket ? { path: this.socket } : { host, port: Number(port) };
    if (tls) this.address.ca = fs.readFileSync(tls.ca);
    this.#program = program;
    this.#args = args;
    this.#tls = tls;
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
    const child = spawn(
      this.#program,
      [...this.#listen(), '--dir', this.dir, '--save', '', '--appendonly', 'no', ...this.#args],
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
    // The guard ends a forgotten one.
    letGo(child);
  }

  /** The arguments that say where it listens. */
  #listen() {
    if (this.socket) return ['--port', '0', '--unixsocket', this.socket];
    const port = String(this.port);
    const bind = ['--bind', String(this.host)];
    if (!this.#tls) return ['--port', port, ...bind];
    const { ca, cert, key } = this.#tls;
    return [
      ...['--port', '0', '--tls-port', port, ...bind],
      ...['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', ca],
      ...['--tls-auth-clients', 'no'],
    ];
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
 * Starts a redis-server that belongs to the caller alone. Resolves when it answers.
 * @param {RedisOptions} [options]
 */
function startRedis({
  tcp = false,
  host = '127.0.0.1',
  port,
  args = [],
  dir,
  tls,
  program = chosenServer(),
} = {}) {
  const start = async () => {
    const server = new RedisServer({
      args,
      tls,
      program,
      dir: dir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-')),
      ownsDir: dir === undefined,
      host,
      port: tcp ? (port ?? (await freePort(host))) : undefined,
    });
    try {
      await server.start();
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  };
  return port === undefined ? onFreePort(start) : start();
}

module.exports = { startRedis };
