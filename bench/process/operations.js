'use strict';

// What is measured, as the loops want it. Of the sessions that come back, those that the loop
// takes a sample of are compared with what was written.

const { SAMPLE_EVERY } = require('./loop');

/** @typedef {import('./loop').Operation} Operation */

/**
 * @typedef {object} Subjected
 * @property {any} store
 * @property {boolean} promises
 * @property {string[]} ids
 * @property {any[]} sessions
 * @property {string[]} doomed
 */

/**
 * @param {any} session as it came
 * @param {any} written
 * @param {number} index
 */
function complaint(session, written, index) {
  if (!session) return new Error('get found no session');
  if (index % SAMPLE_EVERY !== 0 || session.csrf === written.csrf) return undefined;
  return new Error('get gave another session than was written');
}

/**
 * @param {Subjected} subject
 * @returns {Record<string, Operation>}
 */
function callbackOperations({ store, ids, sessions, doomed }) {
  const count = ids.length;
  return {
    get: (index, done) =>
      store.get(ids[index % count], (/** @type {any} */ error, /** @type {any} */ session) =>
        done(error ?? complaint(session, sessions[index % count], index)),
      ),
    set: (index, done) => store.set(ids[index % count], sessions[index % count], done),
    touch: (index, done) => store.touch(ids[index % count], sessions[index % count], done),
    destroy: (index, done) => store.destroy(doomed[index], done),
  };
}

/**
 * @param {Subjected} subject
 * @returns {Record<string, Operation>}
 */
function promiseOperations({ store, ids, sessions, doomed }) {
  const count = ids.length;
  return {
    get: (index, done) =>
      store
        .get(ids[index % count])
        .then(
          (/** @type {any} */ session) => done(complaint(session, sessions[index % count], index)),
          done,
        ),
    set: (index, done) =>
      store.set(ids[index % count], sessions[index % count]).then(() => done(), done),
    touch: (index, done) =>
      store.touch(ids[index % count], sessions[index % count]).then(() => done(), done),
    destroy: (index, done) => store.destroy(doomed[index]).then(() => done(), done),
  };
}

/**
 * An error is all that `done` looks at: what a callback gets as a result is not compared.
 * @param {Subjected} subject
 */
function storeOperations(subject) {
  return subject.promises ? promiseOperations(subject) : callbackOperations(subject);
}

/**
 * What the results of `jsonWork` are kept in: otherwise they might not be computed.
 * @type {any}
 */
let sink;

/**
 * The JSON work in a get and in a set, and nothing else.
 * @param {any[]} sessions
 * @returns {Record<string, (index: number) => void>}
 */
function jsonWork(sessions) {
  const texts = sessions.map((session) => JSON.stringify(session));
  const count = sessions.length;
  return {
    get: (index) => {
      sink = JSON.parse(texts[index % count]);
    },
    set: (index) => {
      sink = JSON.stringify(sessions[index % count]);
    },
    last: () => sink,
  };
}

module.exports = { storeOperations, jsonWork };
