'use strict';

// Memory under load: what was answered is given back while more answers keep coming.

const path = require('node:path');
const { runScript } = require('../helpers/child');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis({ tcp: true });
const fixture = path.join(__dirname, 'fixtures', 'load.js');

test.each([
  { size: 200_000, atOnce: 64, warmUp: 500, reads: 8000 },
  { size: 3000, atOnce: 256, warmUp: 20_000, reads: 400_000 },
])(
  '$atOnce reads at a time of $size bytes take no more memory, however many',
  async ({ size, atOnce, warmUp, reads }) => {
    const args = [redis.server.url, size, atOnce, warmUp, reads].map(String);
    const { code, signal, lines } = await runScript(fixture, { args });
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    const { warm, end } = JSON.parse(lines[0]);
    // All that was read is well over a gigabyte.
    expect(end).toBeLessThan(400);
    expect(end - warm).toBeLessThan(200);
  },
);
