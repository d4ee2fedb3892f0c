'use strict';

// A result that cannot be made a value of JavaScript fails its own operation, and loses nobody
// else's.

const path = require('node:path');
const { runScript } = require('../helpers/child');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis({ tcp: true });
const fixture = path.join(__dirname, 'fixtures', 'unconvertible.js');

async function play(url, property) {
  const { lines, ...end } = await runScript(fixture, { args: [url, property] });
  expect(end).toEqual({ code: 0, signal: null, stderr: '' });
  return lines;
}

beforeEach(() => redis.admin.hSet('sess:hash', 'field', 'value'));

test.each([
  // Of batches.
  ['timesToLive', { all: 'RangeError no memory', getMany: 'RangeError no memory', ids: 'RangeError no memory' }], // prettier-ignore
  // Of failures.
  ['reply', { wrongType: 'RangeError no memory' }],
])('%s: who is concerned is told, and nobody else', async (property, failures) => {
  const expected = {
    get: '{}',
    all: '1 sessions',
    getMany: '2 sessions',
    ids: '1 sessions',
    wrongType: 'Error ERR_REDIS_REPLY',
    none: 'null',
    last: '{}',
    ...failures,
  };
  await expect(play(redis.server.url, property)).resolves.toEqual(
    Object.entries(expected).map(([name, what]) => `${name}: ${what}`),
  );
});

test('a refusal that cannot be made is told, too', async () => {
  const names = ['get', 'all', 'getMany', 'ids', 'wrongType', 'none', 'last'];
  await expect(play('redis://127.0.0.1:1', 'cause')).resolves.toEqual(
    names.map((name) => `${name}: RangeError no memory`),
  );
});
