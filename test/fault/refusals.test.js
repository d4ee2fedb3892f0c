'use strict';

// Error replies: given to the caller at once, or, where another connection may do better, not
// before the deadline.

const { OPERATIONS } = require('../helpers/operations');
const { tellWithReply } = require('../helpers/replaced-reply');
const { expectNoSocketLeft, first, withScene } = require('../helpers/scene');
const { GIVEN, SENT_AGAIN, TOLERATED } = require('./cases/refusals');

expectNoSocketLeft();

const DEADLINE = 1000;

/** Each command of each operation. */
const PLACES = Object.entries(OPERATIONS).flatMap(([name, { commands }]) =>
  commands.map((command, index) => ({ name, command, index })),
);

/** Which places of an error, of all operations, were not told what `expected` says. */
async function surprises(text, expected) {
  const got = await Promise.all(
    PLACES.map(async ({ name, command, index }) => {
      const told = await tellWithReply(name, index, `-${text}\r\n`);
      const right = expected(OPERATIONS[name], command, index);
      return told === right ? [] : [[name, command, index, told]];
    }),
  );
  return got.flat();
}

/** What an operation comes to that can do without the answer. */
const unmoved = ({ told }) => `before@1, ${told('victim', 1)}, behind@1, later@1; ; 1 connections`;

/**
 * A server may not tell the lengths of values, which bound what is fetched at once, or there is none:
 * nobody depends on them. Other errors are of the server's, not of the command's.
 */
const isOptional = (command, word) =>
  command === 'STRLEN' && ['ERR', 'NOPERM', 'WRONGTYPE'].includes(word);

test.each(Object.entries(GIVEN))(
  '%s is given to the caller, to nobody else',
  async (word, text) => {
    const told = `before@1, ERR_REDIS_REPLY ${word}, behind@1, later@1; ; 1 connections`;
    const expected = (operation, command) =>
      isOptional(command, word) ? unmoved(operation) : told;
    await expect(surprises(text, expected)).resolves.toEqual([]);
  },
);

test('ERR is given to the caller, unless there is another way to ask', async () => {
  const given = 'before@1, ERR_REDIS_REPLY ERR, behind@1, later@1; ; 1 connections';
  const expected = (operation, command) =>
    // SCAN without TYPE, which `all` does not need, DEL for UNLINK.
    isOptional(command, 'ERR') ||
    command === 'UNLINK' ||
    (command === 'SCAN' && operation !== OPERATIONS.all)
      ? unmoved(operation)
      : given;
  await expect(surprises('ERR of some kind', expected)).resolves.toEqual([]);
});

test('an error without a word is given to the caller', async () => {
  const told = 'before@1, ERR_REDIS_REPLY, behind@1, later@1; ; 1 connections';
  await expect(surprises('', () => told)).resolves.toEqual([]);
});

test.each(Object.entries(SENT_AGAIN))(
  '%s, once, has the command sent again on a new connection',
  async (_, text) => {
    const expected = ({ told, commands }, _command, index) => {
      // What an update gives is what it read, if that is not what is asked again.
      const by = commands[index] === 'EVALSHA' && index === 2 ? 1 : 2;
      // What came with it is an answer like any other.
      return `before@1, ${told('victim', by)}, behind@1, later@2; ERR_REDIS_REPLY; 2 connections`;
    };
    await expect(surprises(text, expected)).resolves.toEqual([]);
  },
);

describe('for ever', () => {
  /** All operations at once; what they were told, and after them one that does well. */
  const play = async (script) => {
    let isHealed = false;
    const scriptOf = () => (isHealed ? undefined : script);
    const options = { commandTimeout: DEADLINE, backoff: { min: 5, max: 20 } };
    const names = Object.keys(OPERATIONS).filter((name) => !OPERATIONS[name].prepare);
    return withScene(scriptOf, options, async (scene) => {
      const all = await Promise.all(names.map((name) => scene.ask(name, 'a')));
      isHealed = true;
      const next = await scene.tellInTheEnd('set', 'next');
      return [new Set(all.map(({ told, error }) => `${told}, ${error?.cause?.reply}`)), next];
    });
  };

  test.each(Object.entries(SENT_AGAIN))(
    '%s to each command is ERR_REDIS_TIMEOUT at the deadline, with that cause',
    async (word, text) => {
      const onCommands = (peer, answers) => peer.write(`-${text}\r\n`.repeat(answers.length));
      const told = new Set([`ERR_REDIS_TIMEOUT, ${word}`]);
      await expect(play({ onCommands })).resolves.toEqual([told, 'OK']);
    },
  );

  // What takes no writes, or knows nobody, is told by commands.
  test.each(Object.entries(SENT_AGAIN).filter(([word]) => word !== 'READONLY'))(
    '%s to the handshake is ERR_REDIS_TIMEOUT at the deadline, with that cause',
    async (word, text) => {
      const onHandshake = (peer, answers) => peer.write(`-${text}\r\n`.repeat(answers.length));
      const told = new Set([`ERR_REDIS_TIMEOUT, ${word}`]);
      const [got] = await play({ onHandshake });
      expect(got).toEqual(told);
    },
  );
});

describe('in the handshake', () => {
  const refusing = (wanted, text) => ({
    onHandshake: (peer, answers, commands) =>
      peer.write(
        answers
          .map((answer, n) => (wanted.test(commands[n].join(' ')) ? `-${text}\r\n` : answer))
          .join(''),
      ),
  });
  const play = (script, options) =>
    withScene(first(script), options, async (scene) => [
      await scene.tell('get', 'a'),
      scene.errors.map(({ code, reply }) => `${code} ${reply}`),
    ]);

  test.each(Object.entries(TOLERATED))(
    '%s to CLIENT SETNAME, CLIENT SETINFO or PING is tolerated',
    async (_, text) => {
      for (const wanted of [/^CLIENT SETNAME/, /^CLIENT SETINFO/, /^CLIENT/, /^PING/]) {
        await expect(play(refusing(wanted, text))).resolves.toEqual(['a@1', []]);
      }
    },
  );

  test('all of them at once are asked and tolerated, HELLO included if it is asked', async () => {
    const options = { username: 'user', password: 'secret', db: 1, clientName: 'a-name' };
    await withScene(first(refusing(/^(CLIENT|HELLO|PING)/, 'ERR no')), options, async (scene) => {
      await expect(scene.tell('get', 'a')).resolves.toBe('a@1');
      const [{ handshake }] = scene.server.peers;
      expect(handshake.map(String)).toContain('CLIENT,SETNAME,a-name');
      expect(handshake[0]).toEqual(['AUTH', 'user', 'secret']);
    });
  });

  test.each([
    ['LOADING', SENT_AGAIN.LOADING],
    ['MASTERDOWN', SENT_AGAIN.MASTERDOWN],
    ['ERR', 'ERR max number of clients reached'],
  ])('%s is told by an error event, and tried again soon', async (word, text) => {
    const told = ['a@2', [`ERR_REDIS_REPLY ${word}`]];
    await expect(play(refusing(/^PING/, text))).resolves.toEqual(told);
    await expect(play(refusing(/./, text))).resolves.toEqual(told);
  });

  test.each([
    [/^AUTH/, 'WRONGPASS', 'WRONGPASS invalid username-password pair or user is disabled.'],
    [/^AUTH/, 'ERR', 'ERR invalid password'],
    [/^SELECT/, 'ERR', 'ERR DB index is out of range'],
    [/^SELECT/, 'NOPERM', "NOPERM this user has no permissions to run the 'select' command"],
    [/^PING/, 'NOAUTH', SENT_AGAIN.NOAUTH],
  ])('a refusal of %s is told by an error event: %s', async (wanted, word, text) => {
    const options = { username: 'user', password: 'secret', db: 1, backoff: { min: 1, max: 20 } };
    const told = ['a@2', [`ERR_REDIS_REPLY ${word}`]];
    await expect(play(refusing(wanted, text), options)).resolves.toEqual(told);
  });

  // As Redis does it: without having read what it was asked.
  const full = (shut) => (peer) => {
    peer.write('-ERR max number of clients reached\r\n');
    shut(peer);
  };
  test.each([
    ['before it is asked and ends', { onAccept: full((peer) => peer.end()) }],
    ['and ends', { onHandshake: full((peer) => peer.end()) }],
    ['and resets', { onHandshake: full((peer) => peer.reset()) }],
  ])('a full server that says so %s is tried again', async (_, script) => {
    await expect(play(script)).resolves.toEqual(['a@2', ['ERR_REDIS_REPLY ERR']]);
  });
});
