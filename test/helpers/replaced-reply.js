'use strict';

// One reply of an operation replaced by other bytes, among the right replies to others.

const { OPERATIONS } = require('./operations');
const { first, withScene } = require('./scene');

/**
 * Answers an operation's command number `index` by `bytes`, on the first connection.
 * @param {string} name of the operation
 * @param {number} index
 * @param {string} bytes
 * @returns {Promise<string>} what was told to a read that was sent before it on the same
 *   connection, to the operation, to a read that was sent after it, and to one later; the codes of
 *   the errors emitted; and how many connections there were
 */
function tellWithReply(name, index, bytes) {
  const { commands, options, prepare } = OPERATIONS[name];
  let scene;
  let isOn = false; // from when on the operation is asked, until the bytes have left
  let asked = 0; // of the operation's commands
  let behind; // what the read after it is told
  const held = [];
  const onCommands = (peer, answers, words) => {
    if (!isOn) {
      peer.write(answers.join(''));
      return;
    }
    for (const [at, [command, ...rest]] of words.entries()) {
      const isOurs = !rest.some((word) => /sess:(before|behind)/.test(word));
      const isVictim = isOurs && command === commands[asked] && asked++ === index;
      held.push(isVictim ? bytes : answers[at]);
    }
    const isThere = asked > index;
    if (isThere && !behind) {
      // The read behind it is there when the bytes leave: they come together.
      behind = scene.tell('get', 'behind');
    } else if (!isThere || words.at(-1).join() === 'PTTL,sess:behind') {
      isOn = !isThere;
      peer.write(held.splice(0).join(''));
    }
  };
  return withScene(first({ onCommands }), options, async (opened) => {
    scene = opened;
    await scene.ready();
    const prepared = await prepare?.(scene.store, 'victim');
    isOn = true;
    const [before, victim] = await Promise.all([
      scene.tell('get', 'before'),
      scene.tell(name, 'victim', prepared),
    ]);
    const told = [before, victim, await behind, await scene.tell('get', 'later')];
    return `${told.join(', ')}; ${scene.codes}; ${scene.server.peers.length} connections`;
  });
}

module.exports = { tellWithReply };
