'use strict';

// A TCP proxy that keeps what a client has sent, also when that client is gone, and delivers it
// later: as one with buffers of its own does, or a network that sends again.

const { once } = require('node:events');
const net = require('node:net');
const { deferred } = require('./until');

class HoldingProxy {
  host = '127.0.0.1';
  /** Whether new connections are closed at once. */
  refuses = false;

  #pairs = new Set();
  #target;
  #server;

  /** @param {net.NetConnectOpts} target */
  constructor(target) {
    this.#target = target;
    this.#server = net.createServer({ noDelay: true }, (near) => this.#join(near));
  }

  async listen() {
    this.#server.listen(0, this.host);
    await once(this.#server, 'listening');
    this.port = /** @type {net.AddressInfo} */ (this.#server.address()).port;
    return this;
  }

  /** @param {net.Socket} near */
  #join(near) {
    near.on('error', () => {});
    if (this.refuses) return near.destroy();
    const far = net.connect({ ...this.#target, noDelay: true });
    const pair = { near, far, held: undefined, answered: () => {} };
    this.#pairs.add(pair);
    near.on('data', (bytes) => (pair.held ? pair.held.take(bytes) : far.write(bytes)));
    far.on('data', (bytes) => {
      pair.answered();
      if (!near.destroyed) near.write(bytes);
    });
    near.on('close', () => pair.held || far.destroy());
    far.on('error', () => {});
    far.on('close', () => {
      this.#pairs.delete(pair);
      near.destroy();
    });
  }

  /** Keeps what comes from now on over the one connection that is open. */
  hold() {
    const [pair, ...more] = this.#pairs;
    if (!pair || more.length > 0) throw new Error('there must be one connection');
    const gone = once(pair.far, 'close');
    const some = deferred();
    let held = Buffer.alloc(0);
    pair.held = {
      take(bytes) {
        held = Buffer.concat([held, bytes]);
        some.resolve();
      },
    };
    return {
      /** Resolves when there is something. */
      some: some.promise,
      /** Ends the client's connection; that to the server stays. */
      cut: () => pair.near.resetAndDestroy(),
      /**
       * Delivers all of it. Resolves with what came of it: the server has answered, or had closed
       * the connection.
       * @returns {Promise<'answered' | 'closed'>}
       */
      deliver() {
        const answered = new Promise((resolve) => {
          pair.answered = resolve;
        });
        if (!pair.far.destroyed) pair.far.write(held);
        return Promise.race([answered.then(() => 'answered'), gone.then(() => 'closed')]);
      },
    };
  }

  async close() {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const { near, far } of this.#pairs) {
      near.destroy();
      far.destroy();
    }
    await closed;
  }
}

/** @param {net.NetConnectOpts} target @returns {Promise<HoldingProxy & { port: number }>} */
const startHoldingProxy = (target) => new HoldingProxy(target).listen();

module.exports = { startHoldingProxy };
