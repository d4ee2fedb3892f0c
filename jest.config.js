'use strict';

module.exports = {
  testEnvironment: 'node',
  testSequencer: '<rootDir>/test/helpers/sequencer.js',
  testMatch: ['<rootDir>/test/**/*.test.js'],
  // The addon's build folder and the copies that tests make of the package are no modules of ours.
  modulePathIgnorePatterns: ['<rootDir>/build/', '<rootDir>/coverage/'],
  // This only ends what hangs, later than PATIENCE in test/helpers/patience.js, which says what.
  testTimeout: 150_000,
};
