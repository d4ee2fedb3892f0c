'use strict';
// Turns sessions into what is stored and back, with the user's serializer or JSON.

const { invalidArgument, sessionError, serializerError } = require('./errors');

/** What the binding makes of stored bytes; the numbers are those of src/binding/values.h. */
const Decoding = Object.freeze({
  /** a string if they are valid UTF-8, else a Buffer */
  auto: 0,
  /** a Buffer */
  binary: 1,
});

/** @typedef {import('..').Serializer} Serializer */
/** @typedef {string | Buffer} Stored the bytes of a session, as the binding gives them */

/**
 * @typedef {object} Codec
 * @property {boolean} isJson nothing of it is asynchronous
 * @property {number} decoding
 * @property {(session: any) => any} encode gives a string, a Uint8Array, or a Promise of one;
 *   throws what is to be given to the callback
 * @property {(data: string | Buffer) => any} decode gives a session, null, or a Promise of one;
 *   throws what is to be given to the callback
 */

/** @type {Codec} */
const jsonCodec = {
  isJson: true,
  // What is written only if nothing else was (access.update) is compared as it was read: bytes
  // that are no UTF-8 must not become others.
  decoding: Decoding.auto,
  encode(session) {
    let text;
    try {
      text = JSON.stringify(session);
    } catch {
      // Its own message names the session's properties.
      throw sessionError(
        'ERR_SESSION_SERIALIZE',
        'The session cannot be turned into JSON: is it circular, or does it hold a BigInt?',
      );
    }
    if (text === undefined) throw notStorable();
    // What this makes of a session may be none: a string, an array.
    if (typeof session.toJSON === 'function' && text[0] !== '{') throw notStorable();
    return text;
  },
  decode(text) {
    let session;
    try {
      session = JSON.parse(String(text));
    } catch {
      // Its own message quotes the data.
      throw notParsable();
    }
    return sessionOrNull(session);
  },
};

/**
 * @param {Serializer | typeof JSON} serializer
 * @returns {Codec}
 */
function createCodec(serializer) {
  if (serializer === JSON) return jsonCodec;
  const custom = /** @type {Serializer} */ (serializer);
  return {
    isJson: false,
    decoding: custom.binary === true ? Decoding.binary : Decoding.auto,
    encode: (session) =>
      attempt('ERR_SESSION_SERIALIZE', () => custom.stringify(session), checkStorable),
    decode: (data) => attempt('ERR_SESSION_PARSE', () => custom.parse(data), sessionOrNull),
  };
}

/**
 * @param {'ERR_SESSION_PARSE' | 'ERR_SESSION_SERIALIZE'} code
 * @param {() => any} run may throw, or give a Promise
 * @param {(value: any) => any} check
 */
function attempt(code, run, check) {
  let result;
  try {
    result = run();
  } catch (thrown) {
    throw serializerError(code, thrown);
  }
  if (!isThenable(result)) return check(result);
  return Promise.resolve(result).then(check, (thrown) => {
    throw serializerError(code, thrown);
  });
}

/** @param {any} value */
function isThenable(value) {
  return typeof value?.then === 'function';
}

/**
 * Serializers may use the same Buffer again: what is kept for later has to be a copy.
 *
 * @param {string | Uint8Array} data
 * @returns {Stored}
 */
function copyOf(data) {
  return typeof data === 'string' ? data : Buffer.from(data);
}

/** @param {any} data */
function checkStorable(data) {
  if (data instanceof Uint8Array) return data;
  if (typeof data !== 'string') throw notStorable();
  // UTF-8 has no lone surrogates: they would come back as something else.
  if (data.isWellFormed()) return data;
  throw sessionError(
    'ERR_SESSION_SERIALIZE',
    'The serializer\'s "stringify" returned a string that is not well-formed Unicode: let it return a Buffer',
  );
}

/**
 * @param {any} parsed
 * @returns {any} null: there is no session
 */
function sessionOrNull(parsed) {
  if (parsed === undefined || parsed === null) return null;
  if (!isSession(parsed)) throw notParsable();
  return parsed;
}

/**
 * An array is none: JSON keeps nothing of it that has a name, such as the cookie.
 *
 * @param {any} value
 */
function isSession(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notParsable() {
  return sessionError('ERR_SESSION_PARSE', 'What is stored for the session cannot be parsed');
}

function notStorable() {
  return sessionError(
    'ERR_SESSION_SERIALIZE',
    'The session was serialized to something other than a string or a Buffer, or the JSON of something other than an object',
  );
}

/**
 * @param {unknown} serializer
 * @returns {Serializer | typeof JSON}
 */
function checkSerializer(serializer) {
  const { parse, stringify } = /** @type {any} */ (serializer ?? {});
  if (typeof parse === 'function' && typeof stringify === 'function') {
    return /** @type {any} */ (serializer);
  }
  throw invalidArgument(
    'The "serializer" option must be an object with the functions "parse" and "stringify"',
  );
}

module.exports = { Decoding, checkSerializer, copyOf, createCodec, isSession, isThenable };
