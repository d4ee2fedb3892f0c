'use strict';

// Classes of which nothing is known, and which behave oddly: whatever they do, each operation calls
// back once, with an error that is one.

const { RedisStore } = require('../..');
const { failure, outcome, expectEachCalledOnce } = require('../helpers/outcome');

afterEach(expectEachCalledOnce);

const own = new Error('mine');
const thrower = () => {
  throw own;
};

const OPERATIONS = {
  get: (store, callback) => store.get('a', callback),
  set: (store, callback) => store.set('a', {}, callback),
  touch: (store, callback) => store.touch('a', {}, callback),
  destroy: (store, callback) => store.destroy('a', callback),
  length: (store, callback) => store.length(callback),
  all: (store, callback) => store.all(callback),
  clear: (store, callback) => store.clear(callback),
};
const names = Object.keys(OPERATIONS);

/** What it gives instead of a reply: [what, sendCommand, the error that callbacks get]. */
const ODD = [
  ['throws', thrower, own],
  ['rejects', () => Promise.reject(own), own],
  ['rejects with a string', () => Promise.reject('no luck'), expect.objectContaining({ message: 'no luck' })], // prettier-ignore
  ['rejects with undefined', () => Promise.reject(), expect.objectContaining({ message: expect.any(String) })], // prettier-ignore
  ['rejects with null', () => Promise.reject(null), expect.objectContaining({ message: expect.any(String) })], // prettier-ignore
  ['rejects with an object', () => Promise.reject({ message: 'no luck', code: 'ODD' }), expect.objectContaining({ message: 'no luck', code: 'ODD' })], // prettier-ignore
];

describe.each(ODD)('a client that %s', (_, sendCommand, expected) => {
  test.each(names)('gives an error to the callback of %s', async (name) => {
    const store = new RedisStore({ client: { sendCommand } });
    const error = await failure((callback) => OPERATIONS[name](store, callback));
    expect(error).toEqual(expected);
    expect(error).toBeInstanceOf(Error);
  });
});

test('an error of another realm is given as it is', async () => {
  const foreign = require('node:vm').runInNewContext('new Error("from elsewhere")');
  const store = new RedisStore({ client: { sendCommand: () => Promise.reject(foreign) } });
  await expect(failure((callback) => store.get('a', callback))).resolves.toBe(foreign);
});

test('a frozen error is given, too', async () => {
  const frozen = Object.freeze(
    Object.assign(new Error('cold'), { code: 'ICE', args: ['a'], command: {} }),
  );
  const store = new RedisStore({ client: { sendCommand: () => Promise.reject(frozen) } });
  const error = await failure((callback) => store.set('a', {}, callback));
  expect(error).toMatchObject({ message: 'cold', code: 'ICE' });
  expect(error).not.toHaveProperty('args');
});

describe.each([[7], [undefined], [{}], [true], [[]], [[1, 2]], [['x', 'y']]])(
  'a client that answers everything with %j',
  (reply) => {
    test.each(names)('has the callback of %s called', async (name) => {
      const store = new RedisStore({ client: { sendCommand: async () => reply } });
      const { error } = await outcome((callback) => OPERATIONS[name](store, callback));
      if (name === 'get') expect(error).toBeInstanceOf(Error);
    });
  },
);
