'use strict';

// What cannot be had through a client, and why: by client, the titles of cases. These cases are run
// all the same, and have to fail: a limit that is gone is to be taken from here.

const MOCK_EXPIRY = 'redis-mock keeps no milliseconds';
const MOCK_SET = 'redis-mock does not take an expiry from a key when it is set without one';
const MOCK_XX =
  'redis-mock says OK to a SET XX that has stored nothing: nothing comes back, though';

/** @type {Record<string, Record<string, string>>} */
const LEFT_OUT = {
  'redis-mock': {
    'a session is there until its expiry, and gone at it, to the millisecond': MOCK_EXPIRY,
    'set of a session without expiry ends the expiry that it had': MOCK_SET,
    'a logout sticks': MOCK_XX,
    'so does one of a session that its own request has made': MOCK_XX,
  },
};

const MOCK_TIMERS =
  'redis-mock lets keys lapse by timers of the process, which are late when it is busy';

/** What is not run, because it passes or fails by chance. @type {typeof LEFT_OUT} */
const NOT_RUN = {
  'redis-mock': {
    'a session of 5 ms is gone after 10 ms': MOCK_TIMERS,
    'a session whose 5 ms are over is neither counted nor given': MOCK_TIMERS,
  },
};

/**
 * @param {string} client
 * @param {{ title: string, limit?: string }} oneCase
 * @returns {string | undefined} why the case is not expected to pass
 */
const reasonFor = (client, { title, limit }) => limit ?? LEFT_OUT[client]?.[title];

module.exports = { LEFT_OUT, NOT_RUN, reasonFor };
