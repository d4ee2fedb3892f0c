'use strict';

// This package's own client, measured by what is asked of all others.

const { runCase } = require('../helpers/lab');
const { openPlace } = require('../helpers/places');
const { loadSubject } = require('../helpers/subjects');
const { GROUPS, casesOf } = require('./cases');

let place;
beforeAll(async () => (place = await openPlace('server')));
afterAll(() => place?.stop());

const own = loadSubject('connect-hiredis');
const subject = { ...own, features: [...own.features, 'buffers'] };

/** Its own test runs the contract of express-session's stores already. */
const asked = GROUPS.flatMap(casesOf).filter(
  (each) => !require('../conformance/cases').includes(each),
);

test.each(asked.map((each) => [each.group, each.title, each]))(
  'this client: %s: %s',
  async (_group, _title, each) => {
    const outcome = await runCase(subject, each, { server: place.where, admin: place.witness() });
    if (outcome.error) throw outcome.error;
    expect(outcome.verdict).toBe(each.needs?.includes('text') ? '-' : 'yes');
  },
);
