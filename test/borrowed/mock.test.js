'use strict';

// redis-mock, which has no server.

const { FAMILIES } = require('./runs');
const { describeFamily } = require('./suite');

describeFamily(FAMILIES['mock']);
