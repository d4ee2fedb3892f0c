'use strict';

// What stays of a run: everything in one folder, and on demand, in docs/bench, a chart with the
// figures that it was drawn from.

const fs = require('node:fs');
const path = require('node:path');

const { ROOT } = require('../../scripts/setup');
const { drawChart, hasChart } = require('./chart');
const { figuresOf } = require('./figures');

const DOCS = path.join(ROOT, 'docs', 'bench');

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
  const file = path.join(folder, name);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(file, text);
  return path.relative(ROOT, file);
}

/**
 * @param {Answered} answered
 * @param {{ publishes: boolean, output: string }} options
 * @returns {Promise<string[]>} the files written
 */
async function save(answered, { publishes, output }) {
  const { question, answer, ...about } = answered;
  const record = write(output, `${question}.json`, JSON.stringify(answered));
  if (!hasChart(question)) return [record];
  const { svg, drawn } = await drawChart(question, figuresOf(question, answer));
  const files = [record, write(output, `${question}.svg`, svg)];
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
