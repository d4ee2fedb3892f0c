'use strict';

// Says when something is due, from outside of the process that does it, as requests come to an
// application: `node pacer.js SCHEDULE`, where the schedule is JSON. First a line with the time of
// process.hrtime() from which it counts, then a byte whenever something is due.

const fs = require('node:fs');

const { drawArrivals } = require('./arrivals');

/** Milliseconds until it begins, so that who reads this is ready. */
const HEAD_START = 20;

const arrivals = drawArrivals(JSON.parse(process.argv[2]));
// A timer of Node's has a resolution of a millisecond, this has the kernel's.
const never = new Int32Array(new SharedArrayBuffer(4));
const start = process.hrtime.bigint() + BigInt(HEAD_START * 1e6);
fs.writeSync(1, `${start}\n`);
const now = () => Number(process.hrtime.bigint() - start) / 1e6;

for (const due of arrivals) {
  for (let left = due - now(); left > 0; left = due - now()) Atomics.wait(never, 0, 0, left);
  fs.writeSync(1, '.');
}
