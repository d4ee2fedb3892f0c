'use strict';
// Finds and loads the addon: one that was built here, otherwise the prebuilt one. Who has clients of
// other packages alone does without it.

const { platform } = require('./platform');

/** Runtimes that load addons, but lack parts of libuv: what they lack would end the process. */
function refuseOtherRuntimes() {
  const { bun, deno } = /** @type {Record<string, string | undefined>} */ (process.versions);
  const runtime = bun ? `Bun ${bun}` : deno && `Deno ${deno}`;
  if (!runtime) return;
  throw new Error(
    `connect-hiredis cannot run on ${runtime}: it needs libuv's functions (uv_*), and only ` +
      'Node.js has them all',
  );
}

/**
 * Bundlers follow the paths that stand here in full, and forgive those that lead nowhere because
 * they stand inside of `try`.
 * @param {string} name of a platform, or the configuration of a local build
 * @param {unknown[]} failures takes why it cannot be loaded
 * @returns {Addon | undefined}
 */
function tryAddon(name, failures) {
  try {
    switch (name) {
      case 'Release':
        return require('../build/Release/connect_hiredis.node');
      case 'Debug':
        return require('../build/Debug/connect_hiredis.node');
      case 'linux-x64-glibc':
        return require('../prebuilds/linux-x64-glibc/connect_hiredis.node');
      case 'linux-arm64-glibc':
        return require('../prebuilds/linux-arm64-glibc/connect_hiredis.node');
      case 'linux-x64-musl':
        return require('../prebuilds/linux-x64-musl/connect_hiredis.node');
      case 'linux-arm64-musl':
        return require('../prebuilds/linux-arm64-musl/connect_hiredis.node');
      case 'darwin-x64':
        return require('../prebuilds/darwin-x64/connect_hiredis.node');
      case 'darwin-arm64':
        return require('../prebuilds/darwin-arm64/connect_hiredis.node');
      case 'win32-x64':
        return require('../prebuilds/win32-x64/connect_hiredis.node');
      case 'win32-arm64':
        return require('../prebuilds/win32-arm64/connect_hiredis.node');
    }
  } catch (failure) {
    failures.push(failure);
  }
  return undefined;
}

/** @typedef {typeof import('../binding')} Addon */

/** @type {Addon | undefined} */
let loaded;

/**
 * The addon, which is loaded when it is first asked for.
 *
 * @returns {Addon}
 * @throws {Error} if there is none that this runtime can load; the next call tries again
 */
function addon() {
  loaded ??= load();
  return loaded;
}

/** @returns {Addon} */
function load() {
  refuseOtherRuntimes();
  /** @type {unknown[]} */
  const failures = [];
  const local = tryAddon('Release', failures) ?? tryAddon('Debug', failures);
  if (local) return local;
  const here = platform();
  const prebuilt = tryAddon(here, failures);
  if (prebuilt) return prebuilt;
  // A file that is there and does not load says more than those that are not.
  const cause = failures.find((failure) => Object(failure).code !== 'MODULE_NOT_FOUND');
  throw new Error(
    `connect-hiredis found no native addon for ${here}, Node ${process.version} (tried ` +
      `build/Release, build/Debug and prebuilds/${here} in its folder${cause ? '; see cause' : ''}). ` +
      'Build it with `npx connect-hiredis build`, which takes CMake and a C++20 compiler',
    { cause: cause ?? failures.at(-1) },
  );
}

module.exports = { addon };
