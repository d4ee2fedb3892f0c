'use strict';

// One subject in a process of its own. Nothing else runs in here, so that no subject pays for
// another's garbage, code or memory.

const { enumerate } = require('./enumerate');
const { busyLoop, closedLoop } = require('./loop');
const { openLoop } = require('./open-loop');
const { jsonWork, storeOperations } = require('./operations');
const { serve } = require('./serve');
const { SESSIONS, makeIdPrefix, makeIds, makeSession, makeSessionOf } = require('./session');
const { SUBJECTS } = require('../subjects');

/**
 * @typedef {object} State
 * @property {any} store
 * @property {any} sessionStore
 * @property {boolean} promises
 * @property {() => unknown} close
 * @property {string} prefix of the ids
 * @property {string[]} ids
 * @property {any[]} sessions
 * @property {string[]} doomed the ids that destroy is given; the parent writes their sessions
 */

/**
 * JSON alone: no store behind it.
 * @type {State}
 */
const none = {
  store: undefined,
  sessionStore: undefined,
  promises: false,
  close: () => {},
  prefix: '',
  ids: [],
  sessions: [],
  doomed: [],
};

let state = none;
/** @type {Record<string, import('./loop').Operation>} */
let operations;

/**
 * One call as a Promise, whichever way the subject answers. For what is not measured.
 * @param {string} method
 * @param {...any} args
 * @returns {Promise<any>}
 */
function call(method, ...args) {
  const { store, promises } = state;
  if (promises) return store[method](...args);
  return new Promise((resolve, reject) => {
    const callback = (/** @type {any} */ error, /** @type {any} */ result) =>
      error ? reject(error) : resolve(result);
    store[method](...args, callback);
  });
}

/** Writes the sessions that the subject goes round, if it has a store. */
async function write() {
  if (!state.store) return;
  for (const [index, id] of state.ids.entries()) await call('set', id, state.sessions[index]);
  operations = storeOperations(state);
}

/**
 * What express-session gives a store after it has loaded a session.
 * @param {string} id
 */
async function asExpressSession(id) {
  const store = state.sessionStore;
  const request = { sessionID: id, sessionStore: store };
  return store.createSession(request, await call('get', id));
}

/** What a process holds after its garbage is gone. */
function usage() {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heapUsed, external };
}

serve({
  async open({ subject, server, doomed = 0, sessions: count = SESSIONS }) {
    const prefix = makeIdPrefix();
    const doomedPrefix = makeIdPrefix();
    const ids = makeIds(prefix, count);
    const opened = await SUBJECTS[subject].open?.(server);
    state = {
      ...none,
      ...opened,
      sessionStore: opened?.sessionStore ?? opened?.store,
      prefix,
      ids,
      sessions: ids.map(makeSession),
      doomed: makeIds(doomedPrefix, doomed),
    };
    await write();
    return { prefix, doomedPrefix };
  },

  /** Other sessions from now on: `count` of `bytes`. */
  async resize({ bytes, plainAscii, count }) {
    state.ids = state.ids.slice(0, count);
    state.sessions = state.ids.map(() => makeSessionOf(bytes, plainAscii));
    await write();
  },

  /** The sessions become what express-session loads and saves. */
  async asExpressSessions() {
    for (const [index, id] of state.ids.entries()) {
      state.sessions[index] = await asExpressSession(id);
    }
  },

  /** A single call with one of the sessions. */
  async call({ operation, index = 0 }) {
    const { ids, sessions } = state;
    const needsSession = operation === 'set' || operation === 'touch';
    return call(operation, ids[index], ...(needsSession ? [sessions[index]] : []));
  },

  where: () => ({ prefix: state.prefix }),

  /** The first session as new: it expires in a day from now. */
  renew() {
    state.sessions[0] = makeSession();
    return state.sessions[0];
  },

  round: ({ operation, ...options }) => closedLoop(operations[operation], options),
  openLoop: ({ operation, ...schedule }) => openLoop(operations[operation], schedule),
  jsonRound: ({ operation, ...options }) => busyLoop(jsonWork(state.sessions)[operation], options),
  enumerate: ({ method }) => enumerate(state, method),
  usage,
  close: () => state.close(),
});
