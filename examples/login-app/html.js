'use strict';

// A template tag that escapes whatever is put into it, so that no page can forget to.

/** @type {Record<string, string>} */
const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** HTML that is safe to send. */
class Html {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }

  toString() {
    return this.text;
  }
}

/**
 * @param {unknown} value
 * @returns {string}
 */
function escape(value) {
  if (value instanceof Html) return value.text;
  if (value == null || value === false) return '';
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/**
 * html`<p>${anything}</p>`: everything but other html`…` is escaped; null and false are nothing.
 * @param {TemplateStringsArray} strings
 * @param {...unknown} values
 */
function html(strings, ...values) {
  return new Html(String.raw({ raw: strings }, ...values.map(escape)));
}

module.exports = { Html, html };
