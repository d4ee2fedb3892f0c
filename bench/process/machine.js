'use strict';

const { execFileSync } = require('node:child_process');
const os = require('node:os');

/** What the figures were measured on. */
function describeMachine() {
  const [redis] = /\bv=\S+/.exec(
    execFileSync('redis-server', ['--version'], { encoding: 'utf8' }),
  ) ?? ['unknown'];
  return {
    cpu: os.cpus()[0]?.model.trim() || process.arch,
    cores: os.availableParallelism(),
    memory: `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    system: `${os.type()} ${os.release()} ${process.arch}`,
    node: process.versions.node,
    redis: redis.replace('v=', ''),
    load: os.loadavg()[0].toFixed(2),
  };
}

module.exports = { describeMachine };
