'use strict';

// What is asked in one tick: the store may fetch several sessions by one command, and nobody is to
// notice.

const assert = require('node:assert/strict');
const { MINUTE, lasting } = require('../../conformance/tools');

const together = [
  {
    title: 'each that gets a session gets its own',
    async run(lab) {
      const store = await lab.createStore();
      const numbers = Array.from({ length: 50 }, (_, n) => n);
      for (const n of numbers.filter((each) => each % 3)) {
        await store.set(`s${n}`, lasting((n + 1) * MINUTE, { n }));
      }
      const asked = [...numbers, ...numbers];
      const found = await Promise.all(asked.map((n) => store.get(`s${n}`)));
      assert.deepEqual(
        found.map((session) => session?.n),
        asked.map((n) => (n % 3 ? n : undefined)),
      );
      for (const { n, cookie } of found.filter(Boolean)) {
        const left = new Date(cookie.expires) - Date.now();
        assert.ok(Math.abs(left - (n + 1) * MINUTE) < MINUTE / 2, `${n}: ${left}`);
      }
      assert.notEqual(found[1], found[51]);
    },
  },
  {
    title: 'one that cannot be had takes nothing from the others',
    needs: ['redis'],
    async run(lab) {
      const store = await lab.createStore();
      await store.set('a', lasting(MINUTE, { n: 1 }));
      await store.set('b', lasting(MINUTE, { n: 2 }));
      await lab.admin.about('HSET', 'sess:hash', 'field', 'value');
      const gets = await Promise.allSettled(['a', 'hash', 'b', 'none'].map((id) => store.get(id)));
      assert.deepEqual(
        gets.map(({ value }) => value?.n ?? value),
        [1, undefined, 2, null],
      );
      assert.match(gets[1].reason.message, /WRONGTYPE/);
    },
  },
  {
    title: 'a get sees what was done before it, and nothing that is done later',
    async run(lab) {
      const store = await lab.createStore();
      await store.set('a', lasting(MINUTE, { n: 1 }));
      const numberOf = async () => (await store.get('a'))?.n;
      const [, one, , two, , none] = await Promise.all([
        store.get('other'),
        numberOf(),
        store.set('a', lasting(MINUTE, { n: 2 })),
        numberOf(),
        store.destroy('a'),
        numberOf(),
      ]);
      assert.deepEqual([one, two, none], [1, 2, undefined]);
    },
  },
];

module.exports = { group: 'In one tick', cases: together };
