'use strict';

// Makes the links of a published page lead somewhere: into the package, else into the repository,
// and where nobody knows its address they become plain text.

const fs = require('node:fs');
const path = require('node:path');

/** Links and images of Markdown: its text, and where it leads. */
const LINK = /(!?)\[((?:[^\][]|\[[^\]]*\])*)\]\(([^()\s]+)\)/g;

/**
 * @param {any} repository of a package.json
 * @returns {string | undefined} the address of a file's page there, without the file
 */
function pagesOf(repository) {
  const url = typeof repository === 'string' ? repository : repository?.url;
  if (!url) return undefined;
  return `${url.replace(/^git\+/, '').replace(/\.git$/, '')}/blob/HEAD`;
}

/**
 * @param {string} text Markdown
 * @param {string} file its path in the package
 * @param {(file: string) => boolean} isPacked whether the package has this file
 * @param {string | undefined} pages see pagesOf
 * @returns {string}
 */
function withLiveLinks(text, file, isPacked, pages) {
  return text.replace(LINK, (whole, image, label, target) => {
    if (/^(#|[a-z]+:)/i.test(target)) return whole;
    const [name, anchor] = target.split('#');
    const to = path.posix.normalize(path.posix.join(path.posix.dirname(file), name));
    if (isPacked(to)) return whole;
    // The label may hold links and images itself.
    const inside = withLiveLinks(label, file, isPacked, pages);
    if (!pages) return image ? '' : inside;
    return `${image}[${inside}](${pages}/${to}${anchor ? `#${anchor}` : ''})`;
  });
}

/**
 * Rewrites all pages of a package in place.
 * @param {string} folder of the package
 * @param {any} manifest its package.json
 */
function reviveLinks(folder, manifest) {
  const pages = pagesOf(manifest.repository);
  const isPacked = (/** @type {string} */ file) => fs.existsSync(path.join(folder, file));
  for (const file of pagesIn(folder)) {
    const page = path.join(folder, file);
    const text = fs.readFileSync(page, 'utf8');
    fs.writeFileSync(page, withLiveLinks(text, file, isPacked, pages));
  }
}

/**
 * @param {string} folder
 * @returns {string[]} the Markdown files of a package that are its own
 */
function pagesIn(folder) {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => file.endsWith('.md') && !file.startsWith('vendor/'));
}

module.exports = { pagesIn, reviveLinks, withLiveLinks };
