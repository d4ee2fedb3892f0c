'use strict';

// How a process with a store ends, and how it goes on.

const path = require('node:path');
const { runScript } = require('../helpers/child');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();
const fixture = (name) => path.join(__dirname, 'fixtures', name);

describe('process.exit', () => {
  test.each([
    'in a callback',
    'in the middle of a batch',
    'in a promise continuation',
    'in a ready listener',
    'in an error listener',
    'in a close callback',
    'in an exit listener that asks again',
    'on uncaughtException',
  ])('%s ends the process with its code', async (moment) => {
    const args = [moment, redis.server.url];
    await expect(runScript(fixture('exit.js'), { args })).resolves.toMatchObject({
      code: 7,
      signal: null,
      stderr: '',
    });
  });
});

describe('an idle process', () => {
  const run = (kind) => runScript(fixture('idle.js'), { args: [kind, redis.server.url] });
  const worked = ['set OK', 'got 1'];

  test.each(['plain', 'of a client, ref() called after unref()'])(
    'stays with a store %s',
    async (kind) => {
      await expect(run(kind)).resolves.toMatchObject({ code: 0, lines: [...worked, 'stayed'] });
    },
  );

  test.each(['with unref', 'of a client with unref', 'of a client, unref() called', 'closed'])(
    'ends by itself with a store %s, once its operations were answered',
    async (kind) => {
      await expect(run(kind)).resolves.toMatchObject({
        code: 0,
        signal: null,
        lines: worked,
        stderr: '',
      });
    },
  );

  test('ends by itself with an unref store that cannot connect', async () => {
    await expect(run('with unref, never connected')).resolves.toMatchObject({
      code: 0,
      signal: null,
      lines: [],
      stderr: '',
    });
  });

  test('with unref waits for an operation that the server takes its time for', async () => {
    await redis.admin.sendCommand(['CLIENT', 'PAUSE', '800', 'WRITE']);
    await expect(run('with unref')).resolves.toMatchObject({ code: 0, lines: worked });
  });
});

test('without an error listener nobody dies of an unreachable server', async () => {
  const { code, signal, lines } = await runScript(fixture('no-listener.js'));
  expect({ code, signal }).toEqual({ code: 0, signal: null });
  expect(lines).toEqual(['store failed', 'client failed', 'alive']);
});

test('NODE_DEBUG=connect-hiredis logs an error that nobody listens to', async () => {
  const env = { NODE_DEBUG: 'connect-hiredis' };
  const { stderr } = await runScript(fixture('no-listener.js'), { env });
  expect(stderr).toMatch(/connect-hiredis/i);
  expect(stderr).toContain('ECONNREFUSED');
  expect(stderr).not.toContain('very-secret');
});

test('without an error listener a warning says once for each client what to do', async () => {
  const { stderr } = await runScript(fixture('no-listener.js'));
  const [, ...warnings] = stderr.split(/^\(node:\d+\) /m);
  expect(warnings).toHaveLength(2);
  for (const warning of warnings) {
    expect(warning).toContain('connect ECONNREFUSED 127.0.0.1:1');
    expect(warning).toContain("client.on('error', …)");
  }
  expect(stderr).not.toContain('very-secret');
});

test('many stores may share a client', async () => {
  const args = [redis.server.url];
  await expect(runScript(fixture('shared.js'), { args })).resolves.toMatchObject({
    code: 0,
    lines: ['30 stores'],
    stderr: '',
  });
});

test('the ES module has the same exports as the CommonJS one', async () => {
  const args = [redis.server.url];
  await expect(runScript(fixture('module.mjs'), { args })).resolves.toMatchObject({
    code: 0,
    lines: ['same true true', 'default true', 'got 1'],
    stderr: '',
  });
});
