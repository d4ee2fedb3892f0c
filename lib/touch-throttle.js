'use strict';
// Remembers which expiries this process renewed lately, so that touches which would move them by
// next to nothing need not be sent. Pure, without a clock of its own.

/** Sessions remembered at most; the longest unrenewed go first. */
const MAX_SESSIONS = 100_000;

class TouchThrottle {
  #window;
  /** @type {Map<string, number>} when each key expires, the last renewed last */
  #expiries = new Map();

  /** @param {number} window milliseconds; 0: nothing is ever left out */
  constructor(window) {
    this.#window = window;
  }

  /**
   * Whether a touch may be left out: it would move the expiry later, by less than the window
   * and by less than half of what is left, so that the key cannot lapse through it.
   *
   * @param {string} sid
   * @param {number} left the time to live that the touch would give, in milliseconds
   * @param {number} now milliseconds
   */
  covers(sid, left, now) {
    if (this.#window === 0) return false;
    const expiry = this.#expiries.get(sid);
    if (expiry === undefined) return false;
    const moved = now + left - expiry;
    return moved >= 0 && moved < Math.min(this.#window, left / 2);
  }

  /**
   * @param {string} sid
   * @param {number} left the time to live that the key was given, in milliseconds
   * @param {number} now milliseconds
   */
  renewed(sid, left, now) {
    if (this.#window === 0) return;
    this.#expiries.delete(sid);
    this.#expiries.set(sid, now + left);
    if (this.#expiries.size > MAX_SESSIONS) {
      this.#expiries.delete(/** @type {string} */ (this.#expiries.keys().next().value));
    }
  }

  /** @param {string} sid whose key is gone, or may be */
  forget(sid) {
    this.#expiries.delete(sid);
  }

  clear() {
    this.#expiries.clear();
  }
}

module.exports = { TouchThrottle };
