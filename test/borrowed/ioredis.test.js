'use strict';

// ioredis 4 to 6, and iovalkey.

const { FAMILIES } = require('./runs');
const { describeFamily } = require('./suite');

describeFamily(FAMILIES['ioredis']);
