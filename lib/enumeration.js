'use strict';
// Operations over all sessions of a store, in batches: between two of them the event loop goes
// its way.

const { invalidArgument, unreadableSession } = require('./errors');
const { PromiseTarget, throwLater } = require('./target');
const { showExpiry, showJsonExpiry } = require('./ttl');

/** @typedef {InstanceType<typeof import('./operations').Operations>} Operations */

/**
 * @param {Operations} operations
 * @param {object} options
 * @param {boolean} options.values whether the sessions are wanted, or their ids alone
 * @param {number} [options.count] the most keys of one batch
 * @param {boolean} [options.ahead] see Enumeration in binding.d.ts
 * @param {string[]} [options.sids] likewise
 * @returns {AsyncGenerator<import('../binding').Batch, void>}
 */
async function* batches(operations, { values, count, ahead = false, sids }) {
  const enumeration = new operations.Enumeration(
    operations.native,
    values,
    count ?? operations.scanCount,
    ahead,
    sids,
  );
  const name = sids ? 'getMany' : 'scan';
  for (;;) {
    const target = new PromiseTarget();
    operations.run(name, target, (slot) => enumeration.next(slot));
    /** @type {import('../binding').Batch} */
    const batch = await target.promise;
    yield batch;
    if (batch.last) return;
  }
}

/**
 * @param {Operations} operations
 * @returns {Promise<string[]>}
 */
async function ids(operations) {
  const all = [];
  for await (const batch of batches(operations, { values: false })) {
    for (const id of batch.ids) all.push(id);
  }
  return all;
}

/**
 * Never holds more than one batch.
 *
 * @param {Operations} operations
 * @param {number} [count]
 * @returns {AsyncGenerator<any, void>} sessions, each with its id
 */
async function* scan(operations, count) {
  for await (const batch of batches(operations, { values: true, count })) {
    yield* await sessionsOf(operations, batch);
  }
}

/**
 * @param {Operations} operations
 * @param {import('../binding').Batch} batch
 * @returns {Promise<any[]>} its sessions, each with its id
 */
async function sessionsOf(operations, batch) {
  const found = [];
  for (const [index, session] of (await decode(operations, batch)).entries()) {
    if (session !== null) found.push(withId(session, batch.ids[index]));
  }
  return found;
}

/**
 * @param {any} session
 * @param {string} id
 */
function withId(session, id) {
  if (!Object.isExtensible(session)) return { ...session, id };
  session.id = id;
  return session;
}

/**
 * @param {Operations} operations
 * @returns {Promise<any[]>} sessions, each with its id
 */
async function sessions(operations) {
  const all = [];
  const enumeration = batches(operations, { values: true, ahead: true });
  // Redis fetches the next batch while this one is parsed: they are all kept anyway. A serializer
  // may take its time: the next is wanted before that.
  for (let next = enumeration.next(); ;) {
    const { value: batch } = await next;
    if (!batch) return all;
    next = enumeration.next();
    // Of no concern any more if this batch fails.
    next.catch(() => {});
    for (const session of await sessionsOf(operations, batch)) all.push(session);
  }
}

/**
 * @param {Operations} operations
 * @param {string[]} sids
 * @returns {Promise<any[]>} for each id its session, or null
 */
async function getMany(operations, sids) {
  if (!Array.isArray(sids)) {
    throw invalidArgument('getMany() must be given an array of session ids');
  }
  for (const sid of sids) operations.checkSid(sid);
  if (sids.length === 0) return [];
  /** @type {string[]} */
  const there = [];
  /** @type {any[]} */
  const found = [];
  /** @type {Set<string>} */
  const reported = new Set();
  for await (const batch of batches(operations, { values: true, sids })) {
    for (const id of batch.ids) there.push(id);
    for (const session of await decode(operations, batch, reported)) found.push(session);
  }
  // They come in the same order, those that are missing left out.
  let next = 0;
  return sids.map((sid) => (there[next] === sid ? found[next++] : null));
}

/**
 * One value that is no session takes nothing from the others: it is left out, and reported.
 *
 * @param {Operations} operations
 * @param {import('../binding').Batch} batch
 * @param {Set<string>} [reported] ids: who asks for one twice is told of it once
 * @returns {Promise<any[]>} for each value the session, or null
 */
async function decode(operations, batch, reported = new Set()) {
  const { codec } = operations;
  const show = codec.isJson ? showJsonExpiry : showExpiry;
  const now = Date.now();
  /** @param {any} session @param {number} index */
  const finish = (session, index) => {
    if (session === null) return null;
    show(session, batch.timesToLive[index], now);
    operations.known.read(session, batch.ids[index]);
    return session;
  };
  /** @param {number} index */
  const leaveOut = (index) => {
    const id = batch.ids[index];
    if (!reported.has(id)) report(operations, id);
    reported.add(id);
    return null;
  };
  if (codec.isJson) {
    return batch.values.map((value, index) => {
      try {
        return finish(codec.decode(value), index);
      } catch {
        return leaveOut(index);
      }
    });
  }
  return Promise.all(
    batch.values.map(async (value, index) => {
      try {
        return finish(await codec.decode(value), index);
      } catch {
        return leaveOut(index);
      }
    }),
  );
}

/**
 * @param {Operations} operations
 * @param {string} id
 */
function report(operations, id) {
  try {
    operations.report(unreadableSession(id));
  } catch (error) {
    // A listener's own: of no concern to who asked for the sessions.
    throwLater(error);
  }
}

module.exports = { getMany, ids, scan, sessions };
