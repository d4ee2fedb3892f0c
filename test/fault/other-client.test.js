'use strict';

// What a listener of one client asks of another leaves at once: it does not wait until something
// else wakes the loop.

const fs = require('node:fs');
const path = require('node:path');
const { runScript } = require('../helpers/child');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();
const fixture = path.join(__dirname, 'fixtures', 'listener.js');

beforeEach(() => redis.server.process ?? redis.server.start());

test.each(['connect', 'ready', 'error', 'disconnect', 'close'])(
  "what a listener of one client's %s event asks of another client is answered soon",
  async (event) => {
    const args = [event, redis.server.socket, String(redis.server.pid)];
    const { lines, ...end } = await runScript(fixture, { args });
    // The script may have stopped it.
    await redis.server.kill('SIGCONT');
    fs.rmSync(`${redis.server.socket}.link`, { force: true });
    expect(lines).toEqual(['1 soon']);
    expect(end).toEqual({ code: 0, signal: null, stderr: '' });
  },
);
