'use strict';

// Ties processes to one core, where the system has taskset.

const { execFileSync } = require('node:child_process');
const os = require('node:os');

const { findCommand } = require('../../scripts/setup');

/** Whether this can be done here at all. */
function canPin() {
  return findCommand('taskset') !== undefined;
}

/** The last one: interrupts tend to be the first one's. */
const CORE = os.availableParallelism() - 1;

/**
 * Ties a process with all its threads to one core, or lets it go again.
 * @param {number} pid
 * @param {boolean} pinned
 */
function pin(pid, pinned) {
  const cores = pinned ? String(CORE) : `0-${CORE}`;
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, String(pid)], {
    stdio: 'ignore',
  });
}

module.exports = { canPin, pin, CORE };
