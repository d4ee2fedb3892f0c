'use strict';
// What is remembered about objects of somebody else's, in fields that nobody else sees.
//
// These are WeakMaps in effect, for less than a tenth of their price on objects that share a shape,
// as those of JSON.parse do: an entry in one costs 450 ns and more, much of it in garbage
// collections, and `get` would pay that each time. A field is a private one of a class whose
// constructor works on an object that exists. Each kind has a class of its own, at the top of this
// file: made by a function they cost 100 ns more.

class Given {
  /** @param {any} object */
  constructor(object) {
    return object;
  }
}

/** Which store read an object, and under which id. */
class Reading extends Given {
  #sid;
  #store;

  /**
   * @param {object} object that has none
   * @param {string} sid
   * @param {object} store
   */
  constructor(object, sid, store) {
    super(object);
    this.#sid = sid;
    this.#store = store;
  }

  /**
   * @param {any} object
   * @param {string} sid
   * @param {object} store
   */
  static put(object, sid, store) {
    if (#sid in object) {
      // A serializer may give the same object each time.
      object.#sid = sid;
      object.#store = store;
    } else new Reading(object, sid, store);
  }

  /**
   * @param {object} object that has none
   * @param {string} sid
   * @param {object} store
   */
  static putNew(object, sid, store) {
    new Reading(object, sid, store);
  }

  /**
   * @param {any} object
   * @param {object} store
   * @returns {string | undefined} undefined: this store has not read it
   */
  static sidOf(object, store) {
    return #sid in object && object.#store === store ? object.#sid : undefined;
  }
}

/** The bytes that an object was read from. */
class Source extends Given {
  #data;

  /**
   * @param {object} object that has none
   * @param {import('./serializer').Stored} data
   */
  constructor(object, data) {
    super(object);
    this.#data = data;
  }

  /**
   * @param {any} object
   * @param {import('./serializer').Stored} data
   */
  static put(object, data) {
    if (#data in object) object.#data = data;
    else new Source(object, data);
  }

  /**
   * @param {any} object
   * @returns {import('./serializer').Stored | undefined}
   */
  static of(object) {
    return #data in object ? object.#data : undefined;
  }
}

module.exports = { Reading, Source };
