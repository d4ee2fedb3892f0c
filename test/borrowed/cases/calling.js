'use strict';

// How every method calls back, whatever the client's own way of answering is.

const assert = require('node:assert/strict');
const { AsyncLocalStorage } = require('node:async_hooks');
const { MINUTE, lasting } = require('../../conformance/tools');

/** Each method with what it is given. */
const METHODS = [
  ['get', () => ['a']],
  ['set', () => ['a', lasting(MINUTE)]],
  ['touch', () => ['a', lasting(MINUTE)]],
  ['length', () => []],
  ['ids', () => []],
  ['all', () => []],
  ['destroy', () => ['b']],
  ['clear', () => []],
];

const calling = [
  {
    title: 'each callback of each method runs in the async context of its call',
    async run(lab) {
      const store = await lab.createStore();
      await store.set('a', lasting(MINUTE));
      const context = new AsyncLocalStorage();
      const called = [...METHODS, ...METHODS].map(([method, args], n) =>
        context.run(
          n,
          () =>
            new Promise((resolve, reject) => {
              store[method](...args(), (error) => {
                if (error) reject(error);
                else resolve(context.getStore());
              });
            }),
        ),
      );
      assert.deepEqual(await Promise.all(called), [...called.keys()]);
    },
  },
  {
    title: 'each method gives a Promise without a callback, and none with one',
    async run(lab) {
      const store = await lab.createStore();
      for (const [method, args] of METHODS) {
        const promise = store[method](...args());
        assert.equal(typeof promise?.then, 'function', method);
        await promise;
        await new Promise((resolve) => {
          assert.equal(store[method](...args(), resolve), undefined, method);
        });
      }
    },
  },
  {
    title: 'a store that is closed leaves its client to the others',
    async run(lab) {
      const one = await lab.createStore();
      const other = await lab.createStore();
      await one.set('a', lasting(MINUTE, { n: 1 }));
      await one.close();
      await one.close();
      assert.equal((await other.get('a')).n, 1);
    },
  },
];

module.exports = { group: 'Calling back', cases: calling };
