'use strict';

/** Thrown by a case that sees the very defect that it is about; any other error is another matter. */
class Defect extends Error {}

/** @param {any} symptom truthy: the defect is there @param {string} what was seen */
function seen(symptom, what) {
  if (symptom) throw new Defect(what);
}

const future = (ms) => new Date(Date.now() + ms);

/** Session data that lives so long. */
const lasting = (ms, data) => ({ cookie: { originalMaxAge: ms, expires: future(ms) }, ...data });

module.exports = { Defect, seen, future, lasting };
