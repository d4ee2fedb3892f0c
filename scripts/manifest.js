'use strict';

// The package.json that is published: the repository's, less what is for those who work on it.

/** Of package.json, what is of no use in a user's node_modules. */
const LEFT_OUT = ['binary', 'devDependencies', 'overrides', 'private', 'scripts'];

/**
 * Where the source is, which provenance has to agree with: hosted CI says it.
 * @param {NodeJS.ProcessEnv} env
 */
function repository({ GITHUB_SERVER_URL, GITHUB_REPOSITORY }) {
  if (!GITHUB_SERVER_URL || !GITHUB_REPOSITORY) return undefined;
  return { type: 'git', url: `git+${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git` };
}

/**
 * @param {Record<string, unknown>} manifest of the repository
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {any}
 */
function publishedManifest(manifest, env = process.env) {
  const kept = Object.entries(manifest).filter(([key]) => !LEFT_OUT.includes(key));
  const from = repository(env);
  return {
    ...Object.fromEntries(kept),
    ...(from && { repository: from }),
    bin: { 'connect-hiredis': 'bin/connect-hiredis.js' },
    // Yarn's Plug'n'Play would leave the package zipped: no system loads a library from there.
    preferUnplugged: true,
  };
}

/** What only the publisher knows: npm's page shows it, and SECURITY.md sends people to the author. */
const PUBLISHERS = ['author', 'repository', 'homepage', 'bugs'];

/**
 * @param {any} manifest as it is to be published
 * @returns {string[]} what keeps it from that
 */
function missingFields(manifest) {
  return PUBLISHERS.filter((name) => !manifest[name]).map(
    (name) => `package.json has no "${name}": the publisher sets it`,
  );
}

module.exports = { missingFields, publishedManifest };
