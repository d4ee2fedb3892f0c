'use strict';

// Every operation of a store that asks a server: how it is called, what it sends, and what it is
// told by a healthy faulty-server.

const { STORED } = require('./faulty-server');
const { load } = require('./requests');

/** Calls back with what a Promise comes to. */
const settle = (promise, callback) => {
  promise.then(
    (result) => callback(null, result),
    (error) => callback(error),
  );
};

const all = (sids, by) => sids.map((sid) => `${sid}@${by}`).join(' ');

/**
 * @typedef {object} Operation
 * @property {string[]} commands that it sends, one after the other or together
 * @property {(store: any, sid: string, callback: Function, prepared: any) => void} run
 * @property {(sid: string, by: number) => any} told if connection number `by` answers
 * @property {object} [options] of its store
 * @property {(store: any, sid: string) => Promise<any>} [prepare] what it works on
 */

/** @type {Record<string, Operation>} */
const OPERATIONS = {
  get: {
    commands: ['GET', 'PTTL'],
    run: (store, sid, callback) => store.get(sid, callback),
    told: (sid, by) => `${sid}@${by}`,
  },
  set: {
    commands: ['SET'],
    run: (store, sid, callback) => store.set(sid, { n: 1 }, callback),
    told: () => 'OK',
  },
  'set of a loaded session': {
    commands: ['SET'],
    prepare: load,
    run: (store, sid, callback, session) => store.set(sid, session, callback),
    told: () => 'OK',
  },
  'set with concurrencyMerge': {
    commands: ['EVALSHA'],
    options: { concurrencyMerge: true },
    prepare: load,
    run: (store, sid, callback, session) =>
      store.set(sid, Object.assign(session, { n: 1 }), callback),
    told: () => 'OK',
  },
  'set with concurrencyMerge after another': {
    commands: ['EVALSHA', 'EVALSHA'],
    options: { concurrencyMerge: true },
    prepare: (store, sid) => load(store, `${sid}!`),
    run: (store, sid, callback, session) =>
      store.set(`${sid}!`, Object.assign(session, { n: 1 }), callback),
    told: () => 'OK',
  },
  touch: {
    commands: ['PEXPIRE'],
    run: (store, sid, callback) => store.touch(sid, {}, callback),
    told: () => 'OK',
  },
  'touch without expiry': {
    commands: ['PERSIST', 'EXISTS'],
    options: { disableTTL: true },
    run: (store, sid, callback) => store.touch(sid, {}, callback),
    told: () => 'OK',
  },
  destroy: {
    commands: ['DEL'],
    run: (store, sid, callback) => store.destroy(sid, callback),
    told: () => 1,
  },
  exists: {
    commands: ['EXISTS'],
    run: (store, sid, callback) => settle(store.access.exists(sid), callback),
    told: () => true,
  },
  ttl: {
    commands: ['PTTL'],
    run: (store, sid, callback) => settle(store.access.ttl(sid), callback),
    told: () => 60,
  },
  getMany: {
    commands: ['STRLEN', 'STRLEN', 'MGET', 'PTTL', 'PTTL'],
    run: (store, sid, callback) => settle(store.access.getMany([sid, `${sid}2`]), callback),
    told: (sid, by) => all([sid, `${sid}2`], by),
  },
  update: {
    commands: ['GET', 'PTTL', 'EVALSHA'],
    run: (store, sid, callback) => settle(store.access.update(sid, () => {}), callback), // prettier-ignore
    told: (sid, by) => `${sid}@${by}`,
  },
  ids: {
    commands: ['SCAN'],
    run: (store, _sid, callback) => store.ids(callback),
    told: () => STORED.join(' '),
  },
  length: {
    commands: ['SCAN'],
    run: (store, _sid, callback) => store.length(callback),
    told: () => STORED.length,
  },
  clear: {
    commands: ['SCAN', 'UNLINK'],
    run: (store, _sid, callback) => store.clear(callback),
    told: () => STORED.length,
  },
  all: {
    commands: ['SCAN', ...Array(3).fill('STRLEN'), 'MGET', 'PTTL', 'PTTL', 'PTTL'],
    run: (store, _sid, callback) => store.all(callback),
    told: (_sid, by) => all(STORED, by),
  },
};

module.exports = { OPERATIONS };
