'use strict';

// What stays of a run: everything in build/bench, and on demand, in docs/bench, a chart with the
// figures that it was drawn from.

const fs = require('node:fs');
const path = require('node:path');

const { ROOT } = require('../../scripts/setup');
const { drawChart } = require('./chart');
const { figuresOf } = require('./figures');

const BUILD = path.join('build', 'bench');
const DOCS = path.join('docs', 'bench');

/**
 * @typedef {object} Answered
 * @property {string} question
 * @property {string} date
 * @property {object} machine
 * @property {Record<string, string>} versions
 * @property {any} answer
 */

/**
 * @param {string} folder
 * @param {string} name
 * @param {string} text
 * @returns {string} the file, relative to the repository
 */
function write(folder, name, text) {
  fs.mkdirSync(path.join(ROOT, folder), { recursive: true });
  fs.writeFileSync(path.join(ROOT, folder, name), text);
  return path.join(folder, name);
}

/**
 * @param {Answered} answered
 * @param {{ publishes: boolean }} options
 * @returns {Promise<string[]>} the files written
 */
async function save(answered, { publishes }) {
  const { question, answer, ...about } = answered;
  const { svg, drawn } = await drawChart(question, figuresOf(question, answer));
  const files = [
    write(BUILD, `${question}.json`, JSON.stringify(answered)),
    write(BUILD, `${question}.svg`, svg),
  ];
  if (publishes) {
    const prettier = await import('prettier');
    const text = JSON.stringify({ question, ...about, figures: drawn });
    const options = { parser: 'json', printWidth: 100 };
    files.push(
      write(DOCS, `${question}.json`, await prettier.format(text, options)),
      write(DOCS, `${question}.svg`, svg),
    );
  }
  return files;
}

module.exports = { save };
