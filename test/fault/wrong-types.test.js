'use strict';

// A reply that can be read but cannot belong to its command: the operation is told
// ERR_REDIS_PROTOCOL, nobody else is given anything of it, and the connection is replaced.

const { tellWithReply } = require('../helpers/replaced-reply');
const { expectNoSocketLeft } = require('../helpers/scene');
const { CASES } = require('./cases/wrong-types');

expectNoSocketLeft();

const EXPECTED =
  'before@1, ERR_REDIS_PROTOCOL, behind@2, later@2; ERR_REDIS_PROTOCOL; 2 connections';

test.each(CASES)(
  '$name: what cannot be reply $index, to $command, is ERR_REDIS_PROTOCOL to it alone',
  async ({ name, index, misfits }) => {
    const got = await Promise.all(
      misfits.map(async ([kind, misfit]) => [kind, await tellWithReply(name, index, misfit)]),
    );
    expect(got.filter(([, told]) => told !== EXPECTED)).toEqual([]);
    expect(got.length).toBeGreaterThan(10);
  },
);
