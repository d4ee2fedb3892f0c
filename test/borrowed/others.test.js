'use strict';

// Classes of which nothing is known but one method.

const { FAMILIES } = require('./runs');
const { describeFamily } = require('./suite');

describeFamily(FAMILIES['others']);
