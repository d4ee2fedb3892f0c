'use strict';

// The process that is watched during a soak: its stores are under load all the time, others come
// and go. It answers messages as test/calm/fixtures/loaded.js does.

const { once } = require('node:events');
const fs = require('node:fs');
const { setTimeout: pause } = require('node:timers/promises');
const { RedisStore } = require('../..');
const { answerMessages, judgeStored } = require('../calm/answering');
const { Chance } = require('../calm/chance');
const { Heartbeat } = require('../calm/heartbeat');
const { Load } = require('../calm/load');
const { ComingAndGoing } = require('./coming-and-going');

const { loads: described, passing, seed } = JSON.parse(process.argv[2]);
const chance = new Chance(seed);
const heartbeat = new Heartbeat();
// The load holds the loop up, too, when the machine is busy with something else.
const excuse = (since) => heartbeat.delayedSince(since);
const loads = described.map(({ options, ...rest }) => {
  const store = new RedisStore(options);
  store.on('error', () => {});
  return new Load({ store, chance, excuse, deadline: options.commandTimeout, ...rest });
});
const others = new ComingAndGoing({ options: passing, chance, excuse });

const countFiles = () => fs.readdirSync('/proc/self/fd').length;

function sum() {
  const total = { issued: 0, calledBack: 0, failed: 0, twice: 0, late: 0, outstanding: 0 };
  const faults = [...others.faults];
  for (const load of loads) {
    const { account } = load;
    for (const name of ['issued', 'calledBack', 'twice', 'late']) total[name] += account[name];
    for (const { failed } of Object.values(account.phases)) {
      for (const count of Object.values(failed)) total.failed += count;
    }
    total.outstanding += load.outstanding;
    faults.push(...account.faults);
  }
  return { ...total, faults, passing: others.total };
}

/** What the process holds, with nothing under way. */
async function measure() {
  // What has ended is freed over some turns of the loop: finalizers, close callbacks, workers.
  for (let n = 0; n < 5; n++) {
    globalThis.gc();
    await pause(50);
  }
  const { rss, heapUsed, heapTotal } = process.memoryUsage();
  return {
    rss,
    heapUsed,
    heapTotal,
    files: countFiles(),
    // The channel to the process that asks, timers, sockets that Node knows.
    resources: process.getActiveResourcesInfo().length,
  };
}

answerMessages({
  async start() {
    // One of them lets nothing wait for a connection.
    const away = loads.filter(({ store }) => store.client.state !== 'ready');
    await Promise.all(away.map(({ store }) => once(store, 'ready')));
    await Promise.all(loads.map((load) => load.start()));
    others.start();
  },
  status() {
    others.check();
    const { longest, longestOwn } = heartbeat;
    heartbeat.reset();
    const rss = process.memoryUsage.rss();
    return { ...sum(), rss, files: countFiles(), longest, longestOwn };
  },
  /** All come to rest, what the process holds is measured, and all goes on. */
  async measure() {
    await others.stop();
    await Promise.all(loads.map((load) => load.rest()));
    const measured = await measure();
    others.start();
    for (const load of loads) load.resume();
    return measured;
  },
  /** The same, at the end. */
  async finish(url) {
    await others.stop();
    await Promise.all(loads.map((load) => load.stop()));
    const measured = await measure();
    await judgeStored(loads, url);
    await Promise.all(loads.map(({ store }) => store.close()));
    return { measured, ...sum() };
  },
});
