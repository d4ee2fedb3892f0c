'use strict';

// node-redis 3 to 6: clients and pools.

const { FAMILIES } = require('./runs');
const { describeFamily } = require('./suite');

describeFamily(FAMILIES['node-redis']);
