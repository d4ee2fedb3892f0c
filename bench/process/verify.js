'use strict';

// Before anything is measured: does each store do what it is measured for? One call of each
// operation, looked at from the server.

const assert = require('node:assert/strict');

const { DAY, SESSION_BYTES, makeIds } = require('./session');
const { SUBJECTS } = require('../subjects');

/** How far a key's expiry may be off, milliseconds: some stores write whole seconds. */
const TOLERANCE = 3000;
/** The same for a store that is exact; the command itself takes its time. */
const EXACT_TOLERANCE = 250;

/**
 * @param {number} left milliseconds
 * @param {string} after
 */
function expectDay(left, after) {
  const off = Math.abs(left - DAY);
  assert.ok(off < TOLERANCE, `after ${after} the key lives for ${left} ms instead of a day`);
}

/**
 * @param {InstanceType<typeof import('./server').Server>} server
 * @param {InstanceType<typeof import('./participants').Participant>} participant a store, with fresh sessions
 */
async function verify(server, participant) {
  const { commands, exact, missing = commands.get } = SUBJECTS[participant.id];
  const child = /** @type {InstanceType<typeof import('./child').Child>} */ (participant.child);
  const { admin } = server;
  const { prefix } = await child.ask('where');
  const key = `sess:${makeIds(prefix, 1)[0]}`;

  /**
   * One call, and the commands it took.
   * @param {string} operation
   * @param {Record<string, number>} [expected]
   */
  const once = async (operation, expected = commands[operation]) => {
    await server.startCounting();
    const result = await child.ask('call', { operation });
    assert.deepEqual(await server.counted(), expected, `commands of ${operation}`);
    return result;
  };
  const left = () => admin.pTTL(key);

  const written = await child.ask('renew');
  await once('set');
  assert.equal(await admin.strLen(key), SESSION_BYTES, 'bytes stored');
  assert.deepEqual(JSON.parse(await admin.get(key)), written, 'what is stored');
  expectDay(await left(), 'set');
  if (exact) {
    const off = Number(await admin.pExpireTime(key)) - Date.parse(written.cookie.expires);
    assert.ok(Math.abs(off) < EXACT_TOLERANCE, `after set the expiry is ${off} ms off`);
  }

  await admin.pExpire(key, 1_000_000);
  await once('touch');
  expectDay(await left(), 'touch');

  const read = await once('get');
  const expires = Date.parse(read.cookie.expires);
  assert.ok(Math.abs(expires - Date.now() - DAY) < TOLERANCE, 'cookie.expires as read');
  read.cookie.expires = written.cookie.expires;
  assert.deepEqual(read, written, 'what is read');

  await once('destroy');
  assert.equal(await admin.exists(key), 0, 'destroyed');
  assert.equal((await once('get', missing)) ?? null, null, 'what is read after destroy');
  await child.ask('call', { operation: 'set' });
}

module.exports = { verify };
