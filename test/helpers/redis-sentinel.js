'use strict';

// Starts a private Redis with a Sentinel that watches over it.

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { Guard } = require('../../scripts/guard');
const { plainEnvironment } = require('../../scripts/plain-environment');
const { freePort, startRedis } = require('./redis-server');
const { until } = require('./until');
const { connectAdmin } = require('./use-redis');

const NAME = 'mymaster';

/** A Sentinel cannot do without a file of its own, into which it writes. */
async function startWatcher(master) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-'));
  const guard = new Guard(folder);
  const port = await freePort();
  const file = path.join(folder, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor ${NAME} ${master.host} ${master.port} 1`,
  ];
  fs.writeFileSync(file, `${lines.join('\n')}\n`);
  const child = spawn('redis-server', [file, '--sentinel'], {
    env: plainEnvironment(),
    stdio: 'ignore',
    detached: true, // Ctrl-C on the terminal is for the tests, which end it
  });
  const ended = Promise.race([once(child, 'exit'), once(child, 'error')]);
  guard.watch(child.pid);
  return {
    host: '127.0.0.1',
    port,
    async stop() {
      child.kill('SIGKILL');
      await ended;
      guard.watch(undefined);
      await guard.end();
    },
  };
}

/** Whether the Sentinel at this address knows the master as one that serves. */
async function isWatching(sentinel) {
  const reply = await sentinel.sendCommand(['SENTINEL', 'MASTERS']);
  const fields = reply[0] ?? [];
  const flags = Array.isArray(fields) ? fields[fields.indexOf('flags') + 1] : fields.flags;
  return flags === 'master';
}

/** Resolves when the Sentinel knows its master. */
async function startSentinel() {
  const master = await startRedis({ tcp: true });
  let watcher;
  let admin;
  const stop = async () => {
    admin?.destroy();
    await watcher?.stop();
    await master.stop();
  };
  try {
    watcher = await startWatcher(master);
    const asked = await connectAdmin(watcher);
    await until(() => isWatching(asked), { what: 'the Sentinel' });
    asked.destroy();
    admin = await connectAdmin(master);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    name: NAME,
    sentinels: [{ host: watcher.host, port: watcher.port }],
    master,
    admins: [admin],
    stop,
  };
}

module.exports = { startSentinel };
