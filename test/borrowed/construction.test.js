'use strict';

// What is no client is refused at construction, with words that say what would do.

const express = require('express');
const { RedisStore } = require('../..');
const { CLIENTS, clientNamed, openClient } = require('../helpers/borrowed-clients');
const { openPlace } = require('../helpers/places');

let place;
beforeAll(async () => (place = await openPlace('server')));
afterAll(() => place?.stop());

/** The error of constructing. */
function refusal(...args) {
  try {
    new RedisStore(...args);
  } catch (error) {
    return error;
  }
  throw new Error('was not refused');
}

function expectTypeError(error, ...words) {
  expect(error).toBeInstanceOf(TypeError);
  expect(error.code).toBe('ERR_INVALID_ARG_TYPE');
  for (const word of words) expect(error.message).toContain(word);
}

const NO_CLIENTS = [
  ['a number', 7],
  ['a string', 'redis://127.0.0.1'],
  ['true', true],
  ['null', null],
  ['a function', () => {}],
  ['a class', class {}],
  ['an empty object', {}],
  ['options', { url: 'redis://127.0.0.1:6379' }],
  ['an array', [clientNamed('node-redis 6')]],
  ['an Express application', express()],
  ['an EventEmitter', new (require('node:events').EventEmitter)()],
  ['a Map', new Map()],
  ['an object with get and set', { get() {}, set() {} }],
  ['the package node-redis', require('redis')],
  ['the class of ioredis', require('ioredis')],
  ['a store', new (require('express-session').MemoryStore)()],
];

test.each(NO_CLIENTS)('%s as client is a TypeError that names what would do', (_, client) => {
  expectTypeError(refusal({ client }), '"client"', 'createClient()', 'ioredis', 'sendCommand');
});

test.each(NO_CLIENTS.filter(([name]) => name !== 'a string' && name !== 'options'))(
  '%s alone is a TypeError',
  (_, client) => {
    expectTypeError(refusal(client));
  },
);

test('a Promise of a client is a TypeError that says to await it', async () => {
  const { client, close } = await openClient(clientNamed('node-redis 6'), place.where);
  expectTypeError(refusal({ client: Promise.resolve(client) }), '"client"', 'await');
  await close();
});

describe('beside a client', () => {
  let opened;
  beforeAll(async () => (opened = await openClient(clientNamed('ioredis 6'), place.where)));
  afterAll(() => opened.close());

  test.each([
    ['cache', true],
    ['port', 6379],
    ['host', '127.0.0.1'],
    ['url', 'redis://127.0.0.1'],
    ['socket', '/redis.sock'],
    ['disconnectAfter', 10],
    ['clients', []],
    ['tls', {}],
    ['prefixx', 'a:'],
    ['keyPrefix', 'a:'],
  ])('the option %s is refused by name', (name, value) => {
    expectTypeError(refusal({ client: opened.client, [name]: value }), `"${name}"`);
  });
});

const openable = CLIENTS.filter(({ place: kind }) => kind === 'server');

test.each(openable.map((borrowed) => [borrowed.name, borrowed]))(
  'new RedisStore(client) takes %s as it is',
  async (_, borrowed) => {
    const { client, close } = await openClient(borrowed, place.where);
    const store = new RedisStore(client);
    expect(store.client).toBe(client);
    expect(store.prefix).toBe('sess:');
    await expect(store.set('a', { n: 1 })).resolves.toBe('OK');
    await expect(place.witness(borrowed.prefix).get('sess:a')).resolves.toBe('{"n":1}');
    await expect(store.get('a')).resolves.toMatchObject({ n: 1 });
    await store.clear();
    await close();
  },
);

test('a client is taken for what it can do, whatever its class is called', async () => {
  for (const name of ['ioredis 6', 'node-redis 6', 'node-redis 3']) {
    const { client, close } = await openClient(clientNamed(name), place.where);
    Object.defineProperty(client, 'constructor', { value: class Other {} });
    await expect(new RedisStore({ client }).set('a', {})).resolves.toBe('OK');
    await close();
  }
});
