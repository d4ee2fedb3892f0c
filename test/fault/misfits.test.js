'use strict';

// Replies that cannot belong to their commands: nobody is given somebody else's session.

const path = require('node:path');
const { RedisStore } = require('../..');
const { runScript } = require('../helpers/child');
const { outcome, expectEachCalledOnce } = require('../helpers/outcome');
const { answer, array, bulk, integer, startScriptedServer } = require('../helpers/scripted-server');

const backoff = { min: 1, max: 5 };
const session = bulk('{"n":0}');
const [one, two, three, four] = [1, 2, 3, 4].map((size) => array(...Array(size).fill(session)));
const left = integer(60_000);

afterEach(expectEachCalledOnce);

describe('getMany of three is ERR_REDIS_PROTOCOL when answered by', () => {
  test.each([
    ['two arrays of one', one + left + one + left],
    ['arrays of one and two', one + left + two + left],
    ['arrays only', three + three + three + three],
    ['an array of two', two + left + left + left],
    ['an array of four', four + left + left + left],
    ['an empty array', array() + left + left + left],
    ['no array', '*-1\r\n' + left + left + left],
    ['a session', session + left + left + left],
    ['sessions for expiries', three + session + session + session],
    ['nested arrays', array(three, three, three) + array(left) + left + left],
  ])('%s; the next read is answered', async (_, misfit) => {
    const fixture = path.join(__dirname, 'fixtures', 'misfits.js');
    // glibc fills what it hands out: what was never written there is no null pointer.
    const options = { args: [JSON.stringify(misfit)], env: { MALLOC_PERTURB_: '165' } };
    await expect(runScript(fixture, options)).resolves.toMatchObject({
      code: 0,
      signal: null,
      lines: ['"ERR_REDIS_PROTOCOL" 1'],
      stderr: '',
    });
  });
});

describe('after a reply of the wrong type', () => {
  const valueOf = (key) => JSON.stringify({ owner: key.slice('sess:'.length) });
  let server, store;

  /** The first connection answers all commands, once they are there, by `bytes`. */
  async function start(asked, bytes) {
    server = await startScriptedServer({
      onCommands(commands, connection) {
        if (connection.number > 1) {
          connection.write(commands.map((command) => answer(command, valueOf)).join(''));
        } else if (connection.commands.length === asked) {
          connection.write(bytes);
        }
      },
    });
    store = new RedisStore({ port: server.port, backoff });
    store.on('error', () => {});
    await new Promise((resolve) => store.once('ready', resolve));
  }
  afterEach(async () => {
    await store.close();
    await server.close();
  });

  const of = (owner) => bulk(valueOf(`sess:${owner}`)) + left;

  test('nothing more of the same read is given to anybody: it is sent again', async () => {
    // One reply too many before those of A: all that follow are shifted.
    await start(5, `+OK\r\n${of('X')}${of('A')}`);
    const [touched, ...read] = await Promise.all([
      outcome((callback) => store.touch('T', {}, callback)),
      outcome((callback) => store.get('A', callback)),
      outcome((callback) => store.get('B', callback)),
    ]);
    expect(touched.error).toMatchObject({ code: 'ERR_REDIS_PROTOCOL' });
    expect(read).toMatchObject([
      { error: null, result: { owner: 'A' } },
      { error: null, result: { owner: 'B' } },
    ]);
    expect(server.connections).toHaveLength(2);
  });

  test('those answered before keep what they got', async () => {
    await start(6, of('A') + left + left + of('X'));
    const got = await Promise.all(
      ['A', 'B', 'C'].map((sid) => outcome((callback) => store.get(sid, callback))),
    );
    expect(got).toMatchObject([
      { error: null, result: { owner: 'A' } },
      { error: { code: 'ERR_REDIS_PROTOCOL' } },
      { error: null, result: { owner: 'C' } },
    ]);
    expect(server.connections.map(({ commands }) => commands.length)).toEqual([6, 2]);
  });
});
