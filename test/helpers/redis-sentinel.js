'use strict';

// Starts a private Redis, with replicas if it is to have any, and Sentinels that watch over it.

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { Guard } = require('../../scripts/guard');
const { plainEnvironment } = require('../../scripts/plain-environment');
const { chosenServer } = require('./chosen-server');
const { startRedis } = require('./redis-server');
const { freePort, isLinked, letGo, onFreePort, ready } = require('./server-start');
const { until } = require('./until');
const { connectAdmin } = require('./use-redis');

const NAME = 'mymaster';

/** A machine that stands still for a moment is no reason to elect another master. */
const DOWN_AFTER = 60_000;

/** A Sentinel cannot do without a file of its own, into which it writes. */
async function startWatcher(master, quorum, program) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-'));
  const guard = new Guard(folder);
  const port = await freePort();
  const file = path.join(folder, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor ${NAME} ${master.host} ${master.port} ${quorum}`,
    `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER}`,
  ];
  fs.writeFileSync(file, `${lines.join('\n')}\n`);
  const child = spawn(program, [file, '--sentinel'], {
    env: plainEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // Ctrl-C on the terminal is for the tests, which end it
  });
  const ended = Promise.race([once(child, 'exit'), once(child, 'error')]);
  guard.watch(child.pid);
  const stop = async () => {
    child.ref();
    child.kill('SIGKILL');
    await ended;
    guard.watch(undefined);
    await guard.end();
  };
  try {
    await ready(child, /Sentinel ID is/);
  } catch (error) {
    await stop();
    throw error;
  }
  letGo(child);
  return { host: '127.0.0.1', port, stop };
}

/** Whether the Sentinel knows the master as one that serves, and all who belong to it. */
async function isWatching(sentinel, { sentinels, replicas }) {
  const [reply = []] = await sentinel.sendCommand(['SENTINEL', 'MASTERS']);
  const field = (name) => (Array.isArray(reply) ? reply[reply.indexOf(name) + 1] : reply[name]);
  return (
    field('flags') === 'master' &&
    Number(field('num-slaves')) === replicas &&
    Number(field('num-other-sentinels')) === sentinels - 1
  );
}

async function startReplica(master, program) {
  const args = ['--replicaof', master.host, String(master.port)];
  const replica = await startRedis({ tcp: true, args, program });
  const admin = await connectAdmin(replica);
  try {
    await until(() => isLinked(admin), { what: 'the replica' });
    return replica;
  } catch (error) {
    await replica.stop();
    throw error;
  } finally {
    admin.destroy();
  }
}

/**
 * Resolves when each Sentinel knows the master, its replicas and the other Sentinels.
 * @param {{ sentinels?: number, replicas?: number, program?: string }} [options]
 */
async function startSentinel({ sentinels = 1, replicas = 0, program = chosenServer() } = {}) {
  const quorum = Math.floor(sentinels / 2) + 1;
  const started = [];
  let admin;
  const stop = async () => {
    admin?.destroy();
    for (const each of [...started].reverse()) await each.stop();
  };
  const keep = (each) => {
    started.push(each);
    return each;
  };
  try {
    const args = ['--repl-diskless-sync-delay', '0'];
    const master = keep(await startRedis({ tcp: true, args, program }));
    const followers = [];
    for (let i = 0; i < replicas; i++) followers.push(keep(await startReplica(master, program)));
    const watchers = [];
    for (let i = 0; i < sentinels; i++) {
      watchers.push(keep(await onFreePort(() => startWatcher(master, quorum, program))));
    }
    for (const watcher of watchers) {
      const asked = await connectAdmin(watcher);
      const isReady = () => isWatching(asked, { sentinels, replicas });
      await until(isReady, { what: 'the Sentinel' }).finally(() => asked.destroy());
    }
    admin = await connectAdmin(master);
    return {
      name: NAME,
      sentinels: watchers.map(({ host, port }) => ({ host, port })),
      master,
      replicas: followers,
      admins: [admin],
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

module.exports = { startSentinel };
