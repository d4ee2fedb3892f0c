'use strict';

// One connection of a browser's kind: keep-alive, one request at a time, answers with a
// Content-Length.

const net = require('node:net');

const EMPTY = { head: '', body: '' };

/** @typedef {(error: Error | null, response: { head: string, body: string }) => void} Callback */

class HttpConnection {
  #socket;
  #received = '';
  /** @type {Callback | undefined} */
  #callback;

  /**
   * @param {number} port
   * @returns {Promise<HttpConnection>}
   */
  static open(port) {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ host: '127.0.0.1', port, noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new HttpConnection(socket));
      });
    });
  }

  /** @param {net.Socket} socket */
  constructor(socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (/** @type {string} */ text) => this.#read(text));
    socket.on('error', (error) => this.#answer(error, EMPTY));
    socket.on('close', () =>
      this.#answer(new Error('the application closed the connection'), EMPTY),
    );
  }

  /**
   * @param {Buffer} request
   * @param {Callback} callback
   */
  send(request, callback) {
    this.#callback = callback;
    if (this.#socket.destroyed) {
      this.#answer(new Error('the application closed the connection'), EMPTY);
    } else this.#socket.write(request);
  }

  close() {
    this.#callback = undefined;
    this.#socket.destroy();
  }

  /** @param {string} text */
  #read(text) {
    this.#received += text;
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#received.slice(0, end);
    const [, length] = /^content-length: (\d+)/im.exec(head) ?? [];
    const body = this.#received.slice(end + 4);
    if (body.length < Number(length)) return;
    this.#received = '';
    const failed = !head.startsWith('HTTP/1.1 200');
    this.#answer(failed ? new Error(`the application answered ${head}`) : null, { head, body });
  }

  /** @type {Callback} */
  #answer(error, response) {
    const callback = this.#callback;
    this.#callback = undefined;
    callback?.(error, response);
  }
}

module.exports = { HttpConnection };
