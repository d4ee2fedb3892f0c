'use strict';

// Replies that nobody asked for, and the push messages of RESP3 on a connection that speaks RESP2.

const { gathered, valueOf } = require('../helpers/faulty-server');
const { OPERATIONS } = require('../helpers/operations');
const { expectNoSocketLeft, first, withScene } = require('../helpers/scene');
const { until } = require('../helpers/until');
const { array, bulk, integer } = require('../helpers/scripted-server');

expectNoSocketLeft();

const LOAD = [
  ['touch', 'T'],
  ['get', 'A'],
  ['get', 'B'],
  ['set', 'C'],
  ['getMany', 'D'],
  ['get', 'E'],
];
const COMMANDS = 10;
const toldBy = (number) => LOAD.map(([name, sid]) => OPERATIONS[name].told(sid, number));
const ask = (scene) => Promise.all(LOAD.map(([name, sid]) => scene.tell(name, sid)));

const stranger = bulk(valueOf('sess:stranger', 1));
const SURPLUS = {
  'a status': '+OK\r\n',
  'an integer': integer(1),
  'a session': stranger,
  'a null': bulk(null),
  'an array': array(stranger, stranger),
  'an empty array': array(),
  'a session and its expiry': stranger + integer(60_000),
  'a null of RESP3': '_\r\n',
  'a map of RESP3': '%1\r\n+a\r\n:1\r\n',
  'many of them': integer(1).repeat(10_000),
};
const ERRORS = {
  'an error': '-ERR of nobody\r\n',
  'an error after a status': '+OK\r\n-ERR of nobody\r\n',
};
const push = (...items) => `>${items.length}\r\n${items.join('')}`;
const IGNORED = {
  'an invalidation': push(bulk('invalidate'), array(bulk('sess:A'))),
  'an invalidation of all': push(bulk('invalidate'), '_\r\n'),
  'a push without items': push(),
  'a push of integers': push(integer(1), integer(2)),
  'a push of arrays': push(array(array(), bulk('x')), array()),
  'a push of maps in a push': push('%1\r\n+a\r\n~1\r\n+b\r\n'),
};
/** What a subscriber would be told. */
const PUBLISHED = {
  'a message': push(bulk('message'), bulk('channel'), bulk('text')),
  'a message of a pattern': push(bulk('pmessage'), bulk('*'), bulk('channel'), bulk('text')),
  'a subscription': push(bulk('subscribe'), bulk('channel'), integer(1)),
  'the end of a subscription': push(bulk('unsubscribe'), bulk('channel'), integer(0)),
  'the end of all subscriptions': push(bulk('unsubscribe'), bulk(null), integer(0)),
  'a subscription without a channel': push(bulk('subscribe')),
};

test.each(Object.entries(SURPLUS))(
  '%s after the last reply has the connection replaced; what was answered stands',
  async (_, bytes) => {
    const onCommands = gathered(COMMANDS, (peer, answers) => peer.write(answers.join('') + bytes));
    await withScene(first({ onCommands }), {}, async (scene) => {
      await scene.ready();
      const told = toldBy(1);
      // It knows the lengths of its sessions by then, and has asked for them: this is the answer.
      told[LOAD.findIndex(([name]) => name === 'getMany')] = 'ERR_REDIS_PROTOCOL';
      await expect(ask(scene)).resolves.toEqual(told);
      await expect(scene.tell('get', 'next')).resolves.toBe('next@2');
      expect(scene.codes).toEqual(['ERR_REDIS_PROTOCOL']);
    });
  },
);

test.each(Object.entries({ ...SURPLUS, ...ERRORS }))(
  '%s while nothing is asked has the connection replaced',
  async (kind, bytes) => {
    await withScene(first({}), {}, async (scene) => {
      await scene.ready();
      await expect(ask(scene)).resolves.toEqual(toldBy(1));
      scene.server.peers[0].write(bytes);
      await scene.replaced();
      await expect(ask(scene)).resolves.toEqual(toldBy(2));
      expect(scene.codes).toEqual([expect.stringMatching(/^ERR_REDIS_(PROTOCOL|REPLY)$/)]);
      // A server says why it is about to close.
      if (kind === 'an error') expect(scene.errors[0].reply).toBe('ERR');
    });
  },
);

// Nothing tells a whole answer to a `get` that nobody sent from the answer to the next one.
const whole = 'a session and its expiry';

test.each(Object.entries(SURPLUS).filter(([kind]) => kind !== whole))(
  '%s before any of the replies gives nobody what is not their own',
  async (_, bytes) => {
    const play = (place) =>
      withScene(
        first({
          onCommands: gathered(COMMANDS, (peer, answers) => {
            answers.splice(place, 0, bytes);
            peer.write(answers.join(''));
          }),
        }),
        {},
        async (scene) => {
          await scene.ready();
          return { told: await ask(scene), next: await scene.tell('get', 'next') };
        },
      );
    for (let place = 0; place < COMMANDS; place++) {
      const { told, next } = await play(place);
      for (const [n, one] of told.entries()) {
        const [name, sid] = LOAD[n];
        const own = [1, 2].map((by) => OPERATIONS[name].told(sid, by));
        // No session, too: a null in its place cannot be told from one.
        const harmless = ['ERR_REDIS_PROTOCOL', 'EXPIRED', 'none', 'none none'];
        expect([...own, ...harmless]).toContain(one);
      }
      expect(next).toMatch(/^next@[12]$/);
    }
  },
);

test.each(Object.entries(IGNORED))(
  '%s (RESP3) between any of the replies changes nothing',
  async (_, bytes) => {
    const play = (place) =>
      withScene(
        first({
          onCommands: gathered(COMMANDS, (peer, answers) => {
            answers.splice(place, 0, bytes);
            peer.write(answers.join(''));
          }),
        }),
        {},
        async (scene) => {
          await scene.ready();
          return [...(await ask(scene)), await scene.tell('get', 'next'), scene.codes];
        },
      );
    for (let place = 0; place <= COMMANDS; place++) {
      expect(await play(place)).toEqual([...toldBy(1), expect.stringMatching(/^next@/), []]);
    }
  },
);

test.each(Object.entries({ ...IGNORED, ...PUBLISHED }))(
  '%s (RESP3) while nothing is asked changes nothing',
  async (_, bytes) => {
    await withScene(first({}), {}, async (scene) => {
      await scene.ready();
      const { bytesReceived } = scene.store.client.stats();
      const some = bytes.repeat(100);
      scene.server.peers[0].write(some);
      const isRead = () => scene.store.client.stats().bytesReceived === bytesReceived + some.length;
      await until(isRead, { every: 1 });
      await expect(ask(scene)).resolves.toEqual(toldBy(1));
      expect(scene.codes).toEqual([]);
    });
  },
);
