'use strict';

// Workers that are terminated, or end by themselves, in a process whose main thread never loads
// the addon: only there the addon is torn down, and unloaded, with each of them. Arguments: the
// package's folder, the server's url.

const path = require('node:path');
const { Worker } = require('node:worker_threads');

const { runSteps } = require('./steps');

const [folder, url] = process.argv.slice(2);
const ROUNDS = 10;

const begin = () =>
  new Worker(path.join(__dirname, 'worker.js'), {
    workerData: { folder: path.resolve(folder), url },
  });

runSteps({
  'Workers terminated while they alone have the addon': async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const worker = begin();
      await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
      await worker.terminate();
    }
  },

  'Workers terminated while they start': async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const worker = begin();
      await new Promise((resolve) => worker.once('online', resolve));
      await new Promise((resolve) => setTimeout(resolve, round * 3));
      await worker.terminate();
    }
  },
});
