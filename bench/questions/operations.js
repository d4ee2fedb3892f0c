'use strict';

// What do get, set, touch and destroy cost the Node process, beside the peers and the floor?

const { canPin, pin } = require('../process/pin');
const { withParticipants } = require('../process/participants');
const { SESSION_BYTES } = require('../process/session');
const { withServer } = require('../process/server');
const { verify } = require('../process/verify');
const { costTable, detailTable } = require('../report/cost');
const { interleave } = require('../rounds');
const { STORES, SUBJECTS, choose } = require('../subjects');

const OPERATIONS = ['get', 'set', 'touch'];
const DEFAULT_SUBJECTS = [...STORES, 'borrowed', 'floor', 'floor-expiry', 'json'];

/** The main level first; pinned: server and subject share one core. */
const LEVELS = [
  { outstanding: 64, pinned: false },
  { outstanding: 1, pinned: true },
  { outstanding: 1, pinned: false },
  { outstanding: 16, pinned: false },
  { outstanding: 256, pinned: false },
];

/** @typedef {(typeof LEVELS)[number]} Level */

/** @param {Level} level */
function levelName({ outstanding, pinned }) {
  return pinned ? `${outstanding}-pinned` : String(outstanding);
}

/** @param {Level} level */
function describeLevel({ outstanding, pinned }) {
  return `${outstanding} outstanding${pinned ? ', server and subject on one core' : ''}`;
}

/**
 * @param {import('../run').Context} context
 */
async function run({ options, print }) {
  const { quick } = options;
  const ids = choose(options.subjects, DEFAULT_SUBJECTS, ['store', 'program', 'json']);
  const operations = options.operations ?? OPERATIONS;
  const wanted = options.levels ?? LEVELS.slice(0, quick ? 2 : undefined).map(levelName);
  const levels = LEVELS.filter((level) => wanted.includes(levelName(level)));
  const count = options.rounds ?? (quick ? 5 : 7);
  const milliseconds = options.milliseconds ?? (quick ? 180 : 500);

  return withServer((server) =>
    withParticipants({ ids, server, destroys: operations.includes('destroy') }, async (all) => {
      for (const participant of all) {
        if (SUBJECTS[participant.id].kind === 'store') await verify(server, participant);
      }
      if (options.sessions === 'express') {
        for (const { id, child } of all) {
          if (SUBJECTS[id].kind === 'store') await child?.ask('asExpressSessions');
        }
      }
      print(introduction(options, count, milliseconds));

      const results = [];
      for (const [index, level] of levels.entries()) {
        if (level.pinned && !canPin()) {
          print(`${describeLevel(level)}: not measured, there is no taskset here.\n`);
          continue;
        }
        pinAll(server, all, level.pinned);
        const ofLevel = [];
        for (const operation of operations) {
          const participants = all.filter((participant) => participant.does(operation));
          const request = { operation, outstanding: level.outstanding };
          // Code that has run for the first level is compiled.
          const warmUp = index === 0 ? Math.max(300, milliseconds) : milliseconds / 2;
          await interleave(participants, 1, (participant) =>
            participant.round({ ...request, milliseconds: warmUp }),
          );
          const rows = await interleave(participants, count, (participant) =>
            participant.round({ ...request, milliseconds }),
          );
          ofLevel.push({ operation, ...level, rows });
        }
        pinAll(server, all, false);
        results.push(...ofLevel);
        print(costTable(describeLevel(level), ofLevel, ids));
        if (options.details) for (const result of ofLevel) print(detailTable(result, ids));
      }
      return { milliseconds, rounds: count, results };
    }),
  );
}

/**
 * @param {InstanceType<typeof import('../process/server').Server>} server
 * @param {InstanceType<typeof import('../process/participants').Participant>[]} participants
 * @param {boolean} pinned
 */
function pinAll(server, participants, pinned) {
  if (!canPin()) return;
  pin(server.pid, pinned);
  for (const participant of participants) participant.pin(pinned);
}

/**
 * @param {import('../run').Options} options
 * @param {number} rounds
 * @param {number} milliseconds
 */
function introduction({ sessions }, rounds, milliseconds) {
  const what =
    sessions === 'express' ? ', as the Session objects that express-session loads and saves' : '';
  return (
    `Sessions of ${SESSION_BYTES} bytes of JSON${what}, JSON work included; closed loop; each ` +
    `subject in a process of its own, in turn.\nMedians of ${rounds} rounds of ${milliseconds} ms. ` +
    `CPU: microseconds of processor time of that process per operation;\nin brackets its ratio ` +
    `to the CPU of the first row's in the same round. The server counted every command.\n`
  );
}

module.exports = { run };
