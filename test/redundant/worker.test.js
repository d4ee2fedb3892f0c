'use strict';

// Workers that end in the middle: nothing of a store over several servers may outlive them, and
// nothing may be freed before libuv has let go of it.

const path = require('node:path');
const { runScript } = require('../helpers/child');
const { useRedundant } = require('../helpers/redundant');

const FIXTURE = path.join(__dirname, 'fixtures', 'terminated.js');

const redundant = useRedundant(2);

const run = (kind, sockets) => runScript(FIXTURE, { args: [kind, ...sockets] });
const ended = { code: 0, signal: null, lines: ['terminated 10'], stderr: '' };

test.each(['making', 'idle', 'working', 'closing'])(
  'ten Workers can be terminated: %s',
  async (kind) => {
    const sockets = redundant.members.map(({ socket }) => socket);
    expect(await run(kind, sockets)).toEqual(ended);
  },
);

test('ten Workers can be terminated: working, one server being away', async () => {
  expect(await run('working', [redundant.members[0].socket, '/no/such'])).toEqual(ended);
});

test('ten Workers can be terminated: waiting for any server', async () => {
  expect(await run('waiting', ['/no/such', '/nor/this'])).toEqual(ended);
});
