'use strict';

const js = require('@eslint/js');
const globals = require('globals');

/** What the tests of applications fake: lib/timers.js has the real ones. */
const TIMERS = [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'queueMicrotask',
  'performance',
];
const message = 'Tests of applications fake it: take it from lib/timers.js.';

module.exports = [
  { ignores: ['build/', 'coverage/'] },
  js.configs.recommended,
  {
    files: ['**/*.js'],
    languageOptions: {
      ecmaVersion: 2023,
      sourceType: 'commonjs',
      globals: globals.node,
    },
    rules: {
      curly: ['error', 'multi-line'],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-shadow': 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      strict: ['error', 'global'],
    },
  },
  {
    files: ['lib/**/*.js'],
    ignores: ['lib/timers.js'],
    rules: {
      'no-restricted-globals': ['error', ...TIMERS.map((name) => ({ name, message }))],
      'no-restricted-properties': [
        'error',
        ...TIMERS.map((property) => ({ object: 'globalThis', property, message })),
        ...['nextTick', 'hrtime', 'uptime'].map((property) => ({
          object: 'process',
          property,
          message,
        })),
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "CallExpression[callee.name='require'] > Literal[value=/^(node:)?(timers|perf_hooks)/]",
          message,
        },
      ],
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { ecmaVersion: 2023, sourceType: 'module', globals: globals.node },
  },
  {
    files: ['examples/*/public/**/*.js'],
    languageOptions: { sourceType: 'script', globals: globals.browser },
  },
  {
    files: ['test/**/*.js'],
    languageOptions: { globals: globals.jest },
  },
];
