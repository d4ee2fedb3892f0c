'use strict';

// Error replies, with the words of Redis itself where it has some.

/** What a command is answered, and its caller is told at once. */
const GIVEN = {
  OOM: "OOM command not allowed when used memory > 'maxmemory'.",
  MISCONF:
    'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist on disk.',
  NOPERM: "NOPERM this user has no permissions to run the 'get' command",
  WRONGTYPE: 'WRONGTYPE Operation against a key holding the wrong kind of value',
  NOREPLICAS: 'NOREPLICAS Not enough good replicas to write.',
  BUSY: 'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
  BUSYKEY: 'BUSYKEY Target key name already exists.',
  CLUSTERDOWN: 'CLUSTERDOWN Hash slot not served',
  CROSSSLOT: "CROSSSLOT Keys in request don't hash to the same slot",
  MOVED: 'MOVED 3999 127.0.0.1:6381',
  TRYAGAIN: 'TRYAGAIN Multiple keys request during rehashing of slot',
  UNKILLABLE: 'UNKILLABLE Sorry the script already executed write commands against the dataset.',
  CUSTOM: 'CUSTOM of a proxy or a script',
  // Not the same words.
  LOADINGS: 'LOADINGS of something',
  READONLYX: 'READONLYX of something',
};

/** What a command is answered, and does better on another connection. */
const SENT_AGAIN = {
  LOADING: 'LOADING Redis is loading the dataset in memory',
  MASTERDOWN: "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
  READONLY: "READONLY You can't write against a read only replica.",
  NOAUTH: 'NOAUTH Authentication required.',
};

/** What the handshake's CLIENT SETNAME, CLIENT SETINFO and PING may be answered. */
const TOLERATED = {
  'an unknown command': "ERR unknown command 'CLIENT', with args beginning with: 'SETNAME'",
  'an unknown subcommand': "ERR Unknown subcommand or wrong number of arguments for 'SETINFO'.",
  'no permission': "NOPERM this user has no permissions to run the 'client|setname' command",
  'no permission, as before Redis 7': "NOPERM this user has no permissions to run the 'client' command or its subcommand", // prettier-ignore
  'an error of a proxy': 'ERR unsupported',
};

module.exports = { GIVEN, SENT_AGAIN, TOLERATED };
