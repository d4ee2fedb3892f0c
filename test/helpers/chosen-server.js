'use strict';

// Which server the tests start, and how much of a deployment: the one place that knows.
// `npm run test:servers` says it in the environment, for Jest's processes.

/** The program; it takes the arguments of redis-server. */
const chosenServer = () => process.env.CONNECT_HIREDIS_TEST_SERVER || 'redis-server';

/**
 * Whether a place is to be as in production: a Sentinel's with a replica and three sentinels, a
 * cluster with a replica for each primary. Otherwise it is the least that a client can tell from
 * it, which starts sooner.
 */
const hasReplicas = () => process.env.CONNECT_HIREDIS_TEST_REPLICAS === '1';

module.exports = { chosenServer, hasReplicas };
