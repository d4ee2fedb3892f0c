'use strict';

// What do get, set, touch and destroy cost the Node process, beside the peers and the floor?

const { canPin, pin } = require('../process/pin');
const { withParticipants } = require('../process/participants');
const { SESSION_BYTES } = require('../process/session');
const { withServer } = require('../process/server');
const { verify } = require('../process/verify');
const { costTable, detailTable } = require('../report/cost');
const { surenessOf } = require('../report/interval');
const { inSets, interleave, measureSet } = require('../rounds');
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

/**
 * @typedef {(typeof LEVELS)[number]} Level
 * @typedef {InstanceType<typeof import('../process/server').Server>} Server
 */

/** @param {Level} level */
function levelName({ outstanding, pinned }) {
  return pinned ? `${outstanding}-pinned` : String(outstanding);
}

/** @param {Level} level */
function describeLevel({ outstanding, pinned }) {
  return `${outstanding} outstanding${pinned ? ', server and subject on one core' : ''}`;
}

/**
 * What a run of the question measures.
 * @param {import('../run').Options} options
 */
function planOf(options) {
  const { quick } = options;
  const wanted = options.levels ?? LEVELS.slice(0, quick ? 1 : undefined).map(levelName);
  return {
    ids: choose(options, DEFAULT_SUBJECTS, ['store', 'program', 'json']),
    operations: options.operations ?? OPERATIONS,
    levels: LEVELS.filter((level) => wanted.includes(levelName(level))),
    sets: options.processes ?? 6,
    rounds: options.rounds ?? (quick ? 5 : 10),
    milliseconds: options.milliseconds ?? (quick ? 40 : 60),
  };
}

/**
 * Everything, once, with a process of its own for each subject.
 * @param {Server} server
 * @param {import('../run').Options} options
 * @param {ReturnType<typeof planOf>} plan
 */
function measure(server, options, { ids, operations, levels, rounds, milliseconds }) {
  const who = { ids, server, destroys: operations.includes('destroy'), builds: options.builds };
  return withParticipants(who, async (all) => {
    for (const participant of all) {
      if (SUBJECTS[participant.id].kind === 'store') await verify(server, participant);
    }
    if (options.sessions === 'express') {
      for (const { id, child } of all) {
        if (SUBJECTS[id].kind === 'store') await child?.ask('asExpressSessions');
      }
    }
    const measured = [];
    for (const [index, level] of levels.entries()) {
      pinAll(server, all, level.pinned);
      for (const operation of operations) {
        const participants = all.filter((participant) => participant.does(operation));
        const request = { operation, outstanding: level.outstanding };
        // Code that has run for the first level is compiled.
        const warmUp = index === 0 ? Math.min(300, 6 * milliseconds) : milliseconds;
        await interleave(participants, 1, (participant) =>
          participant.round({ ...request, milliseconds: warmUp }),
        );
        const figures = await measureSet(participants, rounds, (participant) =>
          participant.round({ ...request, milliseconds }),
        );
        measured.push({ operation, ...level, ...figures });
      }
      pinAll(server, all, false);
    }
    return measured;
  });
}

/**
 * @param {import('../run').Context} context
 */
async function run({ options, print }) {
  const plan = planOf(options);
  const levels = plan.levels.filter(({ pinned }) => !pinned || canPin());
  if (levels.length < plan.levels.length) print('There is no taskset here: nothing is pinned.\n');
  const { sets } = plan;
  print(introduction(options, plan));
  const results = await withServer((server) =>
    inSets(sets, () => measure(server, options, { ...plan, levels })),
  );
  for (const level of levels) {
    const ofLevel = results.filter(
      ({ outstanding, pinned }) => outstanding === level.outstanding && pinned === level.pinned,
    );
    print(costTable(describeLevel(level), ofLevel, plan.ids));
    if (options.details) for (const result of ofLevel) print(detailTable(result, plan.ids));
  }
  return { ...plan, results };
}

/**
 * @param {Server} server
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
 * @param {{ sets: number, rounds: number, milliseconds: number }} plan
 */
function introduction({ sessions }, { sets, rounds, milliseconds }) {
  const what =
    sessions === 'express' ? ', as the Session objects that express-session loads and saves' : '';
  return (
    `Sessions of ${SESSION_BYTES} bytes of JSON${what}, JSON work included; closed loop. ${sets} ` +
    `processes of each subject, each with ${rounds} rounds of\n${milliseconds} ms in turn with the ` +
    'others. CPU: microseconds of processor time of that process per operation; in brackets the ' +
    `ratio to the first row's.\nMedians of the processes, and how far the interval ` +
    `(${surenessOf(sets)}) reaches ` +
    'from there. The server counted every command.\n'
  );
}

module.exports = { run };
