'use strict';

// The server's side of RESP: takes commands from the bytes of a connection.

class CommandReader {
  #chunks = [];
  #size = 0;
  #wanted = 0; // so many bytes are needed before it is worth looking again

  /**
   * @param {Buffer} chunk
   * @returns {string[][]} the commands that are complete by now
   */
  push(chunk) {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    const commands = [];
    if (this.#size < this.#wanted) return commands;
    const buffer = Buffer.concat(this.#chunks);
    let begin = 0;
    for (;;) {
      const { words, end } = readCommand(buffer, begin);
      if (!words) {
        this.#wanted = end - begin;
        break;
      }
      commands.push(words);
      begin = end;
    }
    this.#chunks = [buffer.subarray(begin)];
    this.#size = buffer.length - begin;
    return commands;
  }
}

/**
 * @param {Buffer} buffer
 * @param {number} begin
 * @returns {{ words?: string[], end: number }} without words: at least what reaches to `end` is
 *   needed
 */
function readCommand(buffer, begin) {
  let at = begin;
  // A line's number, after its type.
  const number = () => {
    const end = buffer.indexOf('\r\n', at, 'latin1');
    if (end < 0) return undefined;
    const text = buffer.toString('latin1', at + 1, end);
    at = end + 2;
    return Number(text);
  };
  const count = number();
  if (count === undefined) return { end: buffer.length + 1 };
  const words = [];
  while (words.length < count) {
    const size = number();
    if (size === undefined) return { end: buffer.length + 1 };
    if (at + size + 2 > buffer.length) return { end: at + size + 2 };
    words.push(buffer.toString('utf8', at, at + size));
    at += size + 2;
  }
  return { words, end: at };
}

module.exports = { CommandReader };
