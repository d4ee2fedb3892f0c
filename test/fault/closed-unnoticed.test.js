'use strict';

// Connections that the server closes while JavaScript keeps the loop: the client finds out when it
// writes. What was answered before counts; what the kernel did not take was never sent.

const { execFileSync } = require('node:child_process');
const { fresh } = require('../helpers/requests');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();
const options = { backoff: { min: 1, max: 20 }, commandTimeout: 20_000 };

/** Commands for the server, by somebody else, while nothing else happens here. */
function meanwhile(...commands) {
  const input = commands.map((command) => `${command}\n`).join('');
  return execFileSync('redis-cli', ['-s', redis.server.socket], { input, encoding: 'utf8' });
}
const END_ALL = 'CLIENT KILL TYPE normal SKIPME yes';

test('what was answered before the connection was closed is not sent again', async () => {
  const store = redis.store(options);
  const sids = Array.from({ length: 32 }, (_, n) => `s${n}`);
  await Promise.all(sids.map((sid) => store.set(sid, fresh({ n: 1 }))));
  // So many leave at once.
  const destroyed = sids.map((sid) => store.destroy(sid));
  expect(meanwhile('DBSIZE', END_ALL)).toMatch(/^0\n/);
  const read = store.get('none');
  await expect(Promise.all(destroyed)).resolves.toEqual(sids.map(() => 1));
  await expect(read).resolves.toBeNull();
  await expect(redis.calls('del')).resolves.toBe(sids.length);
});

test('an update that never left does not take the same change by another for its own', async () => {
  const store = redis.store(options);
  await redis.admin.set('sess:a', '{"n":0}');
  const change = jest.fn((session) => {
    session.n++;
    if (session.n === 1) meanwhile(`SET sess:a '{"n":1}'`, END_ALL);
  });
  await expect(store.access.update('a', change)).resolves.toEqual({ n: 2 });
  expect(change).toHaveBeenCalledTimes(2);
  await expect(redis.admin.get('sess:a')).resolves.toBe('{"n":2}');
});
