'use strict';

// Clients that ask a Sentinel where their server is.

const { RedisStore } = require('../..');
const { openClient } = require('../helpers/borrowed-clients');
const { FAMILIES } = require('./runs');
const { describeFamily } = require('./suite');

const shared = describeFamily(FAMILIES.sentinel);

const pools = FAMILIES.sentinel
  .filter(({ name }) => name.startsWith('node-redis'))
  .flatMap((borrowed) => [1, 2, 3].map((size) => [borrowed.name, size, borrowed]));

test.each(pools)(
  '%s with a pool of %d: all that is asked at once is answered',
  async (_, size, borrowed) => {
    const { client, close } = await openClient(borrowed, shared.place.where, {
      masterPoolSize: size,
    });
    try {
      const { access } = new RedisStore({ client, prefix: 'burst:' });
      for (let round = 0; round < 3; round++) {
        const sids = Array.from({ length: 20 }, (_each, n) => `s${n}`);
        await Promise.all(sids.map((sid) => access.set(sid, { sid })));
        const found = await Promise.all(sids.map((sid) => access.get(sid)));
        expect(found.map(({ sid }) => sid)).toEqual(sids);
      }
      await access.clear();
    } finally {
      await close();
    }
  },
);
