'use strict';

// Passwords that change under load: that is reported, tried again at the slow end of the backoff,
// and over as soon as server and client agree again.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');
const { startRedis } = require('../helpers/redis-server');
const { freePort } = require('../helpers/server-start');
const { until } = require('../helpers/until');
const { connectAdmin } = require('../helpers/use-redis');
const { seedFrom } = require('./chance');
const { errorsOf, expectCalm, failures, successes, underLoad } = require('./under-load');

const seed = seedFrom(process.env.PASSWORD_SEED);
const OLD = 'the old one';
const NEW = 'the new one';
/** Right after the password is right again, each operation is in time: on any machine. */
const DEADLINE = 1500;
const WRONG = 2500; // how long the password is wrong, at least
const backoff = { min: 10, max: 500 };

let dir, port, server;
beforeEach(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-password-'));
  port = await freePort();
});
afterEach(async () => {
  await server?.stop();
  fs.rmSync(dir, { recursive: true });
});

/** (Re)starts the server, with all that it has acknowledged. */
async function start(password) {
  await server?.stop();
  const args = ['--appendonly', 'yes', '--appendfsync', 'always', '--requirepass', password];
  server = await startRedis({ tcp: true, port, dir, args });
}

const urlWith = (password) => `redis://:${encodeURIComponent(password)}@127.0.0.1:${port}`;
const ready = (loaded) => until(() => loaded.ask('isReady'), { what: 'the connection' });
const refusals = ({ events }) => events.filter(({ reply }) => reply === 'WRONGPASS');

/** What holds while the password is wrong, and after that. */
function expectRecovery(load) {
  expectCalm(load);
  const times = refusals(load).map(({ at }) => at);
  // Each is an attempt, one half second after the other.
  expect(times.length).toBeGreaterThan(1);
  const least = Math.min(...times.slice(1).map((at, n) => at - times[n]));
  expect(least).toBeGreaterThan(backoff.max / 2 - 20);
  const errors = errorsOf(failures(load, 'start', 'wrong'));
  expect(errors).toContain('ERR_REDIS_TIMEOUT ERR_REDIS_REPLY WRONGPASS');
  expect(errors.filter((error) => !error.startsWith('ERR_REDIS_TIMEOUT'))).toEqual([]);
  expect(failures(load, 'right')).toEqual({});
  expect(successes(load, 'right')).toBeGreaterThan(0);
}

test(`restarted with another password, until the old one is back (PASSWORD_SEED=${seed})`, async () => {
  await start(OLD);
  const options = { url: urlWith(OLD), backoff, commandTimeout: DEADLINE };
  const what = { seed, url: urlWith(OLD), loads: [{ name: 'a', rate: 2000, options }] };
  const [load] = await underLoad(what, async (loaded) => {
    await pause(300);
    await loaded.ask('phase', 'wrong');
    await start(NEW);
    await pause(WRONG);
    await start(OLD);
    await ready(loaded);
    await loaded.ask('phase', 'right');
    await pause(500);
  });
  expectRecovery(load);
});

test(`restarted with another password, until "credentials" gives it (PASSWORD_SEED=${seed})`, async () => {
  await start(OLD);
  const options = { port, backoff, commandTimeout: DEADLINE };
  const loads = [{ name: 'a', rate: 2000, options, isGivenCredentials: true }];
  const what = { seed, url: urlWith(NEW), loads, credentials: { password: OLD } };
  const [load] = await underLoad(what, async (loaded) => {
    await pause(300);
    await loaded.ask('phase', 'wrong');
    await start(NEW);
    await pause(WRONG);
    await loaded.ask('credentials', { password: NEW });
    await ready(loaded);
    await loaded.ask('phase', 'right');
    await pause(500);
  });
  expectRecovery(load);
});

test(`an ACL user given another password, and its connections ended (PASSWORD_SEED=${seed})`, async () => {
  await start(NEW);
  const admin = await connectAdmin(server, { password: NEW });
  const allow = (password) =>
    admin.aclSetUser('app', ['reset', 'on', `>${password}`, '~*', '+@all']);
  try {
    await allow(OLD);
    const options = { port, username: 'app', pass: OLD, backoff, commandTimeout: DEADLINE };
    const what = { seed, url: urlWith(NEW), loads: [{ name: 'a', rate: 2000, options }] };
    const [load] = await underLoad(what, async (loaded) => {
      await pause(300);
      await loaded.ask('phase', 'wrong');
      await allow(NEW);
      await admin.sendCommand(['CLIENT', 'KILL', 'USER', 'app']);
      await pause(WRONG);
      await allow(OLD);
      await ready(loaded);
      await loaded.ask('phase', 'right');
      await pause(500);
    });
    expectRecovery(load);
  } finally {
    admin.destroy();
  }
});
