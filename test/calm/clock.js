'use strict';

// Time in milliseconds that all processes and threads of a machine agree on.

const offset = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** Monotonic, and the same everywhere at the same moment. */
const now = () => performance.now() + offset;

module.exports = { now };
