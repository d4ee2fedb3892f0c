'use strict';
// Finds and loads the addon.

const path = require('node:path');

const root = path.join(__dirname, '..');
const candidates = ['build/Release/connect_hiredis.node', 'build/Debug/connect_hiredis.node'];

/** @returns {typeof import('../binding')} */
function load() {
  if (process.versions.bun) {
    throw new Error(
      "connect-hiredis cannot run on Bun: it needs libuv's functions (uv_*), which Bun does not have",
    );
  }
  /** @type {unknown[]} */
  const causes = [];
  for (const candidate of candidates) {
    try {
      return require(path.join(root, candidate));
    } catch (cause) {
      causes.push(cause);
    }
  }
  throw new Error(
    `connect-hiredis found no native addon for ${process.platform}-${process.arch}, ` +
      `Node ${process.version}: build it with "npm run build" in the package's folder`,
    { cause: causes.find((cause) => Object(cause).code !== 'MODULE_NOT_FOUND') ?? causes[0] },
  );
}

module.exports = load();
