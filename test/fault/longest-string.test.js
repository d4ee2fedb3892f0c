'use strict';

// Redis takes strings that are a little longer than any of JavaScript's.

const { constants } = require('node:buffer');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis({ tcp: true });

test('a stored value that no string of JavaScript can hold cannot be parsed, and disturbs nobody', async () => {
  const longest = 512 * 1024 * 1024;
  expect(longest).toBeGreaterThan(constants.MAX_STRING_LENGTH);
  await redis.admin.setRange('sess:huge', longest - 1, 'x');
  const store = redis.store();
  await store.set('a', { user: 'ann' });
  const huge = store.get('huge');
  const others = Promise.all([store.get('a'), store.get('b')]);
  await expect(huge).rejects.toMatchObject({ code: 'ERR_SESSION_PARSE' });
  await expect(others).resolves.toEqual([{ user: 'ann' }, null]);
  await expect(store.get('a')).resolves.toEqual({ user: 'ann' });
});
