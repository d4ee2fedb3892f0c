'use strict';

// A TCP proxy before a server that does what a network can do: cut what it forwards into pieces,
// delay it, hold it, reset connections, end one side of them, or break them at a certain byte.
// What a client has given up is dropped: nothing of it reaches the server later.

const { once } = require('node:events');
const net = require('node:net');
const { setImmediate: turn, setTimeout: pause } = require('node:timers/promises');
const { deferred } = require('./until');

/** @typedef {'up' | 'down'} Direction towards the server, towards the client */

class FaultyProxy {
  host = '127.0.0.1';
  /** So many bytes to a write, with a turn of the loop after each; Infinity: as they come. */
  pieces = Infinity;
  /** Milliseconds for which all is held, in turn. */
  delay = { up: 0, down: 0 };
  /** How many connections were ever accepted. */
  accepted = 0;

  #pairs = new Set();
  #gates = { up: Promise.resolve(), down: Promise.resolve() };
  #open = { up() {}, down() {} };
  #cut; // { direction, left, act }
  #server;
  #target;

  /** @param {net.NetConnectOpts} target */
  constructor(target) {
    this.#target = target;
    this.#server = net.createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
      this.accepted++;
      this.#join(near);
    });
  }

  async listen() {
    this.#server.listen(0, this.host);
    await once(this.#server, 'listening');
    this.port = this.#server.address().port;
    return this;
  }

  #join(near) {
    const far = net.connect({ ...this.#target, allowHalfOpen: true, noDelay: true });
    const pair = { near, far };
    this.#pairs.add(pair);
    for (const socket of [near, far]) {
      socket.on('error', () => {});
      socket.on('close', () => {
        near.destroy();
        far.destroy();
        this.#pairs.delete(pair);
      });
    }
    // Broken while something is held or written: that is what this is for.
    this.#forward(near, far, 'up', pair).catch(() => {});
    this.#forward(far, near, 'down', pair).catch(() => {});
  }

  /** @param {Direction} direction */
  async #forward(from, to, direction, pair) {
    for await (const chunk of from) {
      await this.#gates[direction];
      if (this.delay[direction] > 0) await pause(this.delay[direction]);
      let at = 0;
      while (at < chunk.length && to.writable) {
        const piece = chunk.subarray(at, at + this.pieces);
        // The size of pieces may change while this one is written.
        at += piece.length;
        if (this.#isCutAt(piece, to, direction, pair)) return;
        if (!to.write(piece)) await once(to, 'drain');
        if (this.pieces < chunk.length) await turn();
      }
    }
    to.end();
  }

  #isCutAt(piece, to, direction, { near, far }) {
    const cut = this.#cut;
    if (cut?.direction !== direction) return false;
    cut.left -= piece.length;
    if (cut.left > 0) return false;
    this.#cut = undefined;
    to.write(piece.subarray(0, piece.length + cut.left));
    if (cut.how === 'reset') near.resetAndDestroy();
    else near.end();
    if (direction === 'up') far.end();
    cut.done.resolve();
    return true;
  }

  /** @param {...Direction} directions both if none is given */
  stall(...directions) {
    for (const direction of directions.length > 0 ? directions : ['up', 'down']) {
      this.goOn(direction);
      const { promise, resolve } = deferred();
      this.#gates[direction] = promise;
      this.#open[direction] = resolve;
    }
  }

  /** @param {...Direction} directions both if none is given */
  goOn(...directions) {
    for (const direction of directions.length > 0 ? directions : ['up', 'down']) {
      this.#open[direction]();
      this.#gates[direction] = Promise.resolve();
    }
  }

  /** All clients get a RST. */
  reset() {
    for (const { near } of this.#pairs) near.resetAndDestroy();
  }

  /** All clients, or the server for each of them, get a FIN: the other direction goes on. */
  end(side = 'client') {
    for (const { near, far } of this.#pairs) (side === 'client' ? near : far).end();
  }

  /**
   * Breaks the connection on which, from now on, byte number `bytes` goes in this direction, after
   * that byte.
   * @param {Direction} direction
   * @param {number} bytes
   * @param {'reset' | 'end'} how
   * @returns {Promise<void>} resolves when it is done
   */
  cutAfter(direction, bytes, how) {
    const done = deferred();
    this.#cut = { direction, left: bytes, how, done };
    return done.promise;
  }

  async close() {
    this.goOn();
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const { near, far } of this.#pairs) {
      near.destroy();
      far.destroy();
    }
    await closed;
  }
}

/** @param {net.NetConnectOpts} target @returns {Promise<FaultyProxy & { port: number }>} */
const startFaultyProxy = (target) => new FaultyProxy(target).listen();

module.exports = { startFaultyProxy };
