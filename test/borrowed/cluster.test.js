'use strict';

// Clients of a cluster.

const { FAMILIES } = require('./runs');
const { describeFamily } = require('./suite');

describeFamily(FAMILIES['cluster']);
