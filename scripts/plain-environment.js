'use strict';

// The environment for programs that are no part of what is tested. Under `npm run test:asan` Node
// is started with a sanitizer's library before all others: a redis-server or a shell with that
// library would be slower, and be searched for leaks of its own.

function plainEnvironment() {
  const environment = { ...process.env };
  delete environment.LD_PRELOAD;
  return environment;
}

exports.plainEnvironment = plainEnvironment;
