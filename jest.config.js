'use strict';

module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.js'],
  // The addon's build folder and the copies that tests make of the package are no modules of ours.
  modulePathIgnorePatterns: ['<rootDir>/build/', '<rootDir>/coverage/'],
  // Each test is bounded by the store's own deadlines; this only ends one that hangs.
  testTimeout: 30_000,
};
