'use strict';

// Serializers that give bytes: what a client can carry comes back as it was, for what it cannot
// there is a TypeError.

const assert = require('node:assert/strict');
const v8 = require('node:v8');
const { MINUTE, lasting } = require('../../conformance/tools');
const { fresh, load } = require('../../helpers/requests');

/** No UTF-8: v8's first byte is 0xff. Dates and such come back as what they were. */
const binary = {
  parse: (data) => v8.deserialize(data),
  stringify: (session) => v8.serialize({ ...session, cookie: { ...session.cookie } }),
  binary: true,
};
/** The same, but does not say so beforehand. */
const unsaid = { parse: binary.parse, stringify: binary.stringify };
/** Bytes that are text. */
const textual = {
  parse: (data) => JSON.parse(String(data)),
  stringify: (session) => Buffer.from(JSON.stringify(session)),
};

const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const expiring = (more) => ({ cookie: { expires: new Date(Date.now() + MINUTE) }, ...more });
const hex = (bytes) => Buffer.from(bytes).toString('hex');

const carried = [binary, unsaid].flatMap((serializer) => {
  const kind = serializer.binary ? 'a binary serializer' : 'a serializer that gives other bytes';
  return [
    {
      title: `${kind}: all bytes come back, one by one and together`,
      needs: ['buffers'],
      async run(lab) {
        const store = await lab.createStore({ serializer });
        await store.set('a', expiring({ every, n: 2n ** 70n }));
        await store.set('b', expiring({ every }));
        const found = [
          await store.get('a'),
          ...(await store.access.getMany(['a', 'b'])),
          ...(await store.all()),
        ];
        assert.deepEqual(found.map((session) => hex(session.every)), Array(5).fill(hex(every))); // prettier-ignore
        assert.equal(found[0].n, 2n ** 70n);
      },
    },
    {
      title: `${kind}: updates and merges compare bytes`,
      needs: ['buffers'],
      async run(lab) {
        const store = await lab.createStore({ serializer, concurrencyMerge: true });
        await store.set('a', expiring({ every, n: 0 }));
        await Promise.all(
          Array.from({ length: 5 }, () =>
            store.access.update('a', (session) => ({ ...session, n: session.n + 1 })),
          ),
        );
        const loaded = [await load(store, 'a'), await load(store, 'a')];
        for (const [index, session] of loaded.entries()) {
          session[`r${index}`] = true;
          assert.equal(await store.set('a', session), 'OK');
        }
        const { n, r0, r1, every: read } = await store.get('a');
        assert.deepEqual([n, r0, r1, hex(read)], [5, true, true, hex(every)]);
      },
    },
  ];
});

const refused = [
  {
    title: 'a serializer that says it is binary is refused at construction, with a TypeError',
    needs: ['text'],
    async run(lab) {
      await assert.rejects(lab.createStore({ serializer: binary }), (error) => {
        assert.ok(error instanceof TypeError);
        assert.equal(error.code, 'ERR_INVALID_ARG_TYPE');
        assert.match(error.message, /"serializer".*"client"/s);
        return true;
      });
    },
  },
  {
    title: 'bytes that are no UTF-8 are an error to the callback, and nothing is stored',
    needs: ['text'],
    async run(lab) {
      const store = await lab.createStore({ serializer: unsaid });
      const { error } = await lab.call(store, 'set', 'a', expiring({ every }));
      assert.ok(error instanceof TypeError);
      assert.equal(await store.access.exists('a'), false);
    },
  },
];

const everywhere = [
  {
    title: 'bytes that are text come back through every client',
    async run(lab) {
      const store = await lab.createStore({ serializer: textual, concurrencyMerge: true });
      await store.set('a', fresh({ word: 'žluť \u{1f600}' }));
      const session = await load(store, 'a');
      session.n = 1;
      assert.equal(await store.set('a', session), 'OK');
      const { word, n } = await store.get('a');
      assert.deepEqual([word, n], ['žluť \u{1f600}', 1]);
    },
  },
  {
    title: 'an asynchronous serializer is waited for',
    async run(lab) {
      const store = await lab.createStore({
        serializer: {
          parse: async (text) => JSON.parse(String(text)),
          stringify: async (session) => JSON.stringify(session),
        },
      });
      await store.set('a', lasting(MINUTE, { n: 1 }));
      assert.equal((await store.get('a')).n, 1);
    },
  },
];

module.exports = { group: 'Bytes', cases: [...carried, ...refused, ...everywhere] };
