'use strict';
// What is behind a store.

const { Access } = require('./access');
const { kOpenSessions } = require('./client');
const { withClient } = require('./errors');
const { kHeard } = require('./heard');
const { Operations } = require('./operations');
const { createCodec } = require('./serializer');
const { nextTick } = require('./timers');

class StoreInside {
  #events;
  #closeClients;
  /** @type {[string, (...args: any[]) => void][]} */
  #listeners = [];
  /** @type {Promise<void> | undefined} */
  #closed;

  /**
   * @param {any} owner the store
   * @param {import('./store-source').Source} source
   */
  constructor(owner, { clients, events, close, session, commandTimeout }) {
    this.owner = owner;
    this.clients = clients;
    this.session = session;
    this.#events = events;
    this.#closeClients = close;
    const { decoding, isJson } = createCodec(session.serializer);
    /** @type {import('./operations').Backend} */
    const backend = /** @type {any} */ (events)[kOpenSessions](
      session.prefix,
      session.scanCount,
      decoding,
      isJson,
      commandTimeout,
    );
    this.operations = new Operations(backend, session, (error) =>
      this.#emitError(withClient(error, clients[0])),
    );
    this.access = new Access(this.operations, () => this.#close());
    this.#forwardEvents();
    // Others have heard it when it began.
    if (backend.outage) nextTick(() => owner.emit('disconnect', clients[0]));
  }

  /** @type {((request: any) => void) | undefined} */
  generate = undefined;

  /**
   * The new session may come under the id that the old one had (`genid`): its first save is not to
   * wait for what is gone.
   *
   * @param {((request: any) => void) | undefined} generate
   */
  setGenerate(generate) {
    this.generate =
      generate &&
      ((request) => {
        generate.call(this.owner, request);
        this.operations.known.forget(request, request.sessionID);
      });
  }

  /** @returns {Promise<void>} */
  #close() {
    this.#closed ??= this.#closeClients?.() ?? this.#leaveClients();
    return this.#closed;
  }

  async #leaveClients() {
    for (const [name, listener] of this.#listeners) this.#events.off(name, listener);
  }

  // express-session takes `disconnect` and `connect` as: serve requests without a session, and
  // with one again. A connection is of use to it once it is ready.
  #forwardEvents() {
    const { owner, clients } = this;
    const [first] = clients;
    const passOn = (/** @type {any} */ error) =>
      // Of several, what unites them has named the one.
      this.#emitError(clients.length > 1 ? error : withClient(error, first));
    const isHeard = () => owner.listenerCount('error') > 0;
    this.#listeners = [
      [
        'ready',
        (client = first) => ['connect', 'ready'].forEach((name) => owner.emit(name, client)),
      ],
      ['disconnect', (client = first) => owner.emit('disconnect', client)],
      ['error', Object.assign(passOn, { [kHeard]: isHeard })],
    ];
    for (const [name, listener] of this.#listeners) this.#events.on(name, listener);
  }

  // An error event without a listener would end the process.
  /** @param {unknown} error */
  #emitError(error) {
    if (this.owner.listenerCount('error') > 0) this.owner.emit('error', error);
  }
}

module.exports = { StoreInside };
