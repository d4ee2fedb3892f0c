'use strict';
// Operations over all sessions of a store, in batches: between two of them the event loop goes
// its way.

const { isThenable } = require('./serializer');
const { PromiseTarget } = require('./target');
const { showExpiry } = require('./ttl');

/** @typedef {InstanceType<typeof import('./operations').Operations>} Operations */

/**
 * @param {Operations} operations
 * @param {boolean} values whether the sessions are wanted, or their ids alone
 * @returns {AsyncGenerator<import('../binding').Batch, void>}
 */
async function* batches(operations, values) {
  const enumeration = operations.native.enumerate(values);
  for (;;) {
    const target = new PromiseTarget();
    operations.run(target, (slot) => enumeration.next(slot));
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
  for await (const batch of batches(operations, false)) {
    for (const id of batch.ids) all.push(id);
  }
  return all;
}

/**
 * @param {Operations} operations
 * @returns {Promise<any[]>} sessions, each with its id
 */
async function sessions(operations) {
  const all = [];
  for await (const batch of batches(operations, true)) {
    for (const session of await decode(operations, batch)) all.push(session);
  }
  return all;
}

/**
 * @param {Operations} operations
 * @param {import('../binding').Batch} batch
 */
async function decode(operations, batch) {
  const { codec } = operations;
  const decoded = batch.values.map((value) => codec.decode(value));
  const parsed = decoded.some(isThenable) ? await Promise.all(decoded) : decoded;
  const now = Date.now();
  const found = [];
  for (const [index, session] of parsed.entries()) {
    if (session === null) continue;
    showExpiry(session, batch.timesToLive[index], now);
    session.id = batch.ids[index];
    found.push(session);
  }
  return found;
}

module.exports = { ids, sessions };
