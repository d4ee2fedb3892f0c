'use strict';

// Keeps every kind of command under way until it is terminated.

const { parentPort, workerData } = require('node:worker_threads');

const { RedisStore } = require(workerData.folder);

const stores = [
  new RedisStore({ url: workerData.url, prefix: 'worker:' }),
  new RedisStore({ host: 'localhost', port: 1, backoff: { min: 1, max: 5 } }),
];

function work() {
  for (const store of stores) {
    const done = () => {};
    store.set('a', { cookie: {}, text: 'x'.repeat(1000) }, done);
    store.get('a', done);
    store.all(done);
    store.access.getMany(['a', 'b']).catch(done);
  }
  setImmediate(work);
}

stores[0].get('connected', () => {
  work();
  setTimeout(() => parentPort.postMessage('busy'), 20);
});
