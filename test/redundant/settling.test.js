'use strict';

// What settling is for: others still tell a server that is back what it missed. And what a process
// remembers of its own, where there is nobody to be told by.

const { setTimeout: pause } = require('node:timers/promises');
const { RedisStore } = require('../..');
const { startCuttingProxy } = require('../helpers/cutting-proxy');
const {
  HASTY,
  keepReading,
  standing,
  standings,
  storeWithSettling,
  trusted,
  useRedundant,
} = require('../helpers/redundant');
const { until } = require('../helpers/until');

describe('while another process has not come back to a server', () => {
  const redundant = useRedundant(2);
  const LONG = 1500;

  /** A process that reaches the second server through a proxy. */
  async function processBehindProxy() {
    const [one, other] = redundant.members;
    const proxy = redundant.track(await startCuttingProxy(other.server));
    const clients = [{ socket: one.socket }, { socket: proxy.socket }];
    const store = redundant.track(new RedisStore({ clients, ...HASTY }));
    await trusted(store);
    return { proxy, store };
  }

  const cutAll = ({ admin }) => admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal']);

  test('what that one destroyed is not read from there, nor afterwards', async () => {
    const store = await redundant.trustedStore({ commandTimeout: LONG });
    const { proxy, store: other } = await processBehindProxy();
    await store.set('a', { n: 1 });
    await until(async () => (await redundant.copies('a')) === 2, { what: 'both' });

    // Both lose the server. The other one destroys the session meanwhile, and comes back later.
    const letBack = proxy.hold();
    const cut = proxy.cutBefore('DEL');
    await expect(other.destroy('a')).resolves.toBe(1);
    await cut;
    await standing(other, 1, 'away');
    await cutAll(redundant.members[1]);
    await standing(store, 1, 'settling');
    const stop = keepReading(store, 'a');
    await expect(redundant.members[1].read('a')).resolves.toBe('{"n":1}');
    await expect(store.get('a')).resolves.toBeNull();
    expect(standings(store)[1]).toBe('settling'); // else nothing was tested

    letBack();
    await Promise.all([trusted(store), trusted(other)]);
    await expect(stop()).resolves.toEqual([null]);
    await expect(redundant.copies('a')).resolves.toBe(0);
  });
});

describe('while the only server that is trusted says nothing for a moment', () => {
  const redundant = useRedundant(2);

  test.each([
    ['get', (store) => store.get('a'), { n: 1 }],
    ['exists', (store) => store.access.exists('a'), true],
    ['getMany', (store) => store.access.getMany(['a']), [{ n: 1 }]],
    ['touch', (store) => store.touch('a', {}), 'OK'],
  ])('one that settles does not say for it that there is nothing: %s', async (_, ask, answer) => {
    const store = await storeWithSettling(redundant, 1);
    await redundant.admins[0].set('sess:a', '{"n":1}', { PX: 60_000 });
    await redundant.members[0].stop();
    // Short of a deadline, but longer than anybody waits who has another server to ask.
    const aMoment = () => pause(500);
    const set = store.set('b', { n: 2 }); // by which it is heard that the first one is silent
    await Promise.race([set, aMoment()]);
    expect(standings(store)).toEqual(['trusted', 'settling']); // else nothing was tested
    const asked = ask(store);
    await Promise.race([asked, aMoment()]);
    await redundant.members[0].continue();
    await expect(asked).resolves.toEqual(answer);
    await expect(set).resolves.toBe('OK');
  });
});

describe('of servers that all come back with old data', () => {
  const redundant = useRedundant(2, { args: [] });

  test('none gives a session to the process that destroyed it', async () => {
    const store = await redundant.trustedStore();
    await store.set('a', { n: 1 });
    await store.set('b', { n: 1 });
    await until(async () => (await redundant.copies('b')) === 2, { what: 'both' });
    for (const admin of redundant.admins) await admin.sendCommand(['SAVE']);
    await store.destroy('a');
    await until(async () => (await redundant.copies('a')) === 0, { what: 'the end of a' });
    for (const index of [0, 1]) {
      await redundant.members[index].kill();
      await standing(store, index, 'away');
    }
    const stop = keepReading(store, 'a');
    await redundant.members[0].start();
    await trusted(store, 0);
    await expect(redundant.members[0].read('a')).resolves.toBe('{"n":1}');
    await expect(store.get('a')).resolves.toBeNull();
    await expect(store.access.exists('a')).resolves.toBe(false);
    await expect(store.access.getMany(['a', 'b'])).resolves.toEqual([null, { n: 1 }]);
    await redundant.members[1].start();
    await trusted(store);
    await expect(store.get('a')).resolves.toBeNull();
    await expect(stop()).resolves.toEqual([null]);
    // Who stores it anew gets it.
    await store.set('a', { n: 2 });
    await expect(store.get('a')).resolves.toEqual({ n: 2 });
  });
});
