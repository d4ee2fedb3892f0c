'use strict';

// A comparison by one process while another one writes: what it read of one server before the write,
// and of the other one after it, differs, and is no reason to take the write back.

const { RedisStore } = require('../..');
const { HASTY, standing, trusted, useRedundant } = require('../helpers/redundant');
const { startProxy } = require('../helpers/resp-proxy');
const { deferred, until } = require('../helpers/until');

const redundant = useRedundant(2);

/**
 * A process that reads sessions of server `index` (MGET) no sooner than it is let, once `hold` has
 * been called; with `afterScan`, only those that it has found there.
 */
async function slowProcess(index, afterScan) {
  const { members } = redundant;
  let gate;
  let hasScanned = false;
  let arrived = deferred();
  const proxy = redundant.track(
    await startProxy(members[index].server, {
      async onCommand([name]) {
        if (name === 'SCAN') hasScanned = true;
        if (name !== 'MGET' || !gate || !(hasScanned || !afterScan)) return;
        arrived.resolve();
        await gate.promise;
      },
    }),
  );
  const clients = redundant.clients;
  clients[index] = { socket: proxy.socket };
  const store = redundant.track(new RedisStore({ clients, ...HASTY, commandTimeout: 2000 }));
  await trusted(store);
  return {
    store,
    /** Resolves when the next one has come. */
    hold() {
      gate = deferred();
      hasScanned = false;
      arrived = deferred();
      return arrived.promise;
    },
    letGo() {
      gate.resolve();
      gate = undefined;
    },
  };
}

const TARGET = 1; // comes back, and is compared with number 0

describe.each([
  // [the server of which reading is slow, whether only in its own walk, which is the last]
  [0, false],
  [1, false],
  [1, true],
])('when server %i is read late (in its own walk alone: %p)', (slow, afterScan) => {
  test.each([
    ['changes', (store) => store.set('a', { n: 2 }), '{"n":2}'],
    ['destroys', (store) => store.destroy('a'), null],
    ['adds', (store) => store.set('b', { n: 3 }), '{"n":3}', 'b'],
  ])('what another process %s meanwhile stays so', async (_, write, left, sid = 'a') => {
    const { store, hold, letGo } = await slowProcess(slow, afterScan);
    const writer = await redundant.trustedStore();
    await writer.set('a', { n: 1 });
    await until(async () => (await redundant.copies('a')) === 2, { what: 'both' });
    await redundant.members[TARGET].kill();
    await Promise.all([standing(store, TARGET, 'away'), standing(writer, TARGET, 'away')]);
    const reading = hold();
    await redundant.members[TARGET].start();
    await reading;
    await standing(writer, TARGET, 'settling', 'trusted');
    await write(writer);
    await expect(redundant.read(sid)).resolves.toEqual([left, left]);
    letGo();
    await Promise.all([trusted(store), trusted(writer)]);
    await expect(redundant.read(sid)).resolves.toEqual([left, left]);
  });
});
