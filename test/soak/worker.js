'use strict';

// A worker with a store that passes by: see passing.js.

const { parentPort, workerData } = require('node:worker_threads');
const { Heartbeat } = require('../calm/heartbeat');
const { pass } = require('./passing');

const heartbeat = new Heartbeat();
pass(workerData, (since) => heartbeat.delayedSince(since)).then((account) => {
  heartbeat.stop();
  parentPort.postMessage(account);
});
