'use strict';

// One subject in a process of its own: started by child.js, told what to do by messages. Nothing
// else runs in here, so that no subject pays for another's garbage, code or memory.

const assert = require('node:assert/strict');

const { closedLoop } = require('./loop');
const { SESSION_BYTES, makeSession, makeIdPrefix, makeIds } = require('./session');
const { SUBJECTS } = require('./subjects');

/** Sessions that get, set and touch go round. */
const SESSIONS = 1024;

/** @typedef {import('./loop').Operation} Operation */

/**
 * @typedef {object} State
 * @property {any} store
 * @property {boolean} promises
 * @property {() => unknown} close
 * @property {string[]} ids
 * @property {any[]} sessions
 * @property {string[]} doomed the ids that destroy is given; the parent writes their sessions
 */

/** @type {State} */
let state;

/**
 * One call as a Promise, whichever way the subject answers. For what is not measured.
 * @param {'get' | 'set' | 'touch' | 'destroy'} method
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

/** What was written comes back, and what was destroyed does not. */
async function check() {
  const id = state.ids[0];
  const written = makeSession();
  assert.equal(JSON.stringify(written).length, SESSION_BYTES);
  const compare = async () => {
    const read = JSON.parse(JSON.stringify(await call('get', id)));
    // The key's real expiry may stand here, which has been set a moment later.
    const late = Date.parse(read.cookie.expires) - Date.parse(written.cookie.expires);
    assert.ok(Math.abs(late) < 2000, `cookie.expires is ${late} ms off`);
    read.cookie.expires = written.cookie.expires;
    read.cookie.originalMaxAge = written.cookie.originalMaxAge;
    assert.deepEqual(read, written);
  };
  await call('set', id, written);
  await compare();
  await call('touch', id, written);
  await compare();
  await call('destroy', id);
  assert.equal((await call('get', id)) ?? null, null);
}

/** @returns {Record<string, Operation>} */
function callbackOperations() {
  const { store, ids, sessions, doomed } = state;
  return {
    get: (index, done) =>
      store.get(ids[index % SESSIONS], (/** @type {any} */ error, /** @type {any} */ session) =>
        done(error ?? (session ? undefined : new Error('get found no session'))),
      ),
    set: (index, done) => store.set(ids[index % SESSIONS], sessions[index % SESSIONS], done),
    touch: (index, done) => store.touch(ids[index % SESSIONS], sessions[index % SESSIONS], done),
    destroy: (index, done) => store.destroy(doomed[index], done),
  };
}

/** @returns {Record<string, Operation>} */
function promiseOperations() {
  const { store, ids, sessions, doomed } = state;
  return {
    get: (index, done) =>
      store
        .get(ids[index % SESSIONS])
        .then(
          (/** @type {any} */ session) =>
            done(session ? undefined : new Error('get found no session')),
          done,
        ),
    set: (index, done) =>
      store.set(ids[index % SESSIONS], sessions[index % SESSIONS]).then(() => done(), done),
    touch: (index, done) =>
      store.touch(ids[index % SESSIONS], sessions[index % SESSIONS]).then(() => done(), done),
    destroy: (index, done) => store.destroy(doomed[index]).then(() => done(), done),
  };
}

/** @type {Record<string, Operation>} */
let operations;

/** @type {Record<string, (request: any) => any>} */
const requests = {
  async open({ subject, server, sessions: kind, doomed }) {
    const opened = await SUBJECTS[subject].open(server);
    const ids = makeIds(makeIdPrefix(), SESSIONS);
    const doomedPrefix = makeIdPrefix();
    state = {
      store: opened.store,
      promises: opened.promises ?? false,
      close: opened.close,
      ids,
      sessions: ids.map(makeSession),
      doomed: makeIds(doomedPrefix, doomed),
    };
    await check();
    for (const [index, id] of ids.entries()) await call('set', id, state.sessions[index]);
    if (kind === 'express') await asExpressSessions(opened.sessionStore ?? opened.store);
    operations = state.promises ? promiseOperations() : callbackOperations();
    return { doomedPrefix };
  },
  round: ({ operation, ...options }) => closedLoop(operations[operation], options),
  async close() {
    await state.close();
    setImmediate(() => process.disconnect());
  },
};

/**
 * Replaces the plain objects by what express-session gives a store after it has loaded them.
 * @param {any} store
 */
async function asExpressSessions(store) {
  for (const [index, id] of state.ids.entries()) {
    const request = { sessionID: id, sessionStore: store };
    state.sessions[index] = store.createSession(request, await call('get', id));
  }
}

/** @param {unknown} error */
function report(error) {
  process.send?.({ error: error instanceof Error ? error.stack : String(error) });
}

process.on('message', async (/** @type {{ type: string, [name: string]: any }} */ message) => {
  const { type, ...request } = message;
  try {
    process.send?.({ answer: await requests[type](request) });
  } catch (error) {
    report(error);
  }
});
process.on('disconnect', () => process.exit());
process.on('uncaughtException', report);
