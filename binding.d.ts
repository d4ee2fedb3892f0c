// The native binding, as lib/native.js loads it. Not part of the package's public interface:
// arguments are checked in lib/, the binding asserts them.

/** Why an operation was not taken, or failed; lib/errors.js makes the Error of it. */
export interface Failure {
  /** `ERR_REDIS_...`, or the system's such as `ECONNREFUSED`. */
  code: string;
  message: string;
  reply?: string;
  errno?: number;
  syscall?: string;
  address?: string;
  port?: number;
  cause?: Failure;
}

/** Where the binding puts what came in, and whom it calls then. */
export interface Receiver {
  /** Three numbers for each result: slot, kind (see Result), and a count or a time to live. */
  results: Float64Array;
  /**
   * All results of one wake-up of the loop, in one call, and for each of them a value, a batch, a
   * failure, or undefined. Zero and none: go on after one threw.
   */
  onResults(count: number, ...values: unknown[]): void;
  onEvent(
    name: 'connect' | 'ready' | 'error' | 'disconnect' | 'credentials' | 'close',
    failure?: Failure,
  ): void;
}

/** Of one batch of an enumeration. */
export interface Batch {
  ids: string[];
  /** Of enumerations of sessions; else empty. */
  values: (string | Buffer)[];
  /** Milliseconds, -1: none; of enumerations of sessions, else empty. */
  timesToLive: number[];
  last: boolean;
}

export interface ConnectionOptions {
  host: string;
  port: number;
  /** Path of a unix socket; empty: host and port. */
  socket: string;
  username: string | undefined;
  password: string | undefined;
  /** Instead of username and password: the event `credentials` asks for them. */
  asksCredentials: boolean;
  database: number;
  /** Empty: none is sent. */
  clientName: string;
  /** For CLIENT SETINFO; empty: none is sent. */
  libraryVersion: string;
  /** All in milliseconds. */
  connectTimeout: number;
  commandTimeout: number;
  disconnectAfter: number;
  backoffMin: number;
  backoffMax: number;
  /** 0: none. */
  pingInterval: number;
  /** 0: no command waits for a connection. */
  queueCommands: number;
  queueBytes: number;
  keepAlive: boolean;
  /** false: the application does not wait for its sockets in libuv's loop, but elsewhere. */
  waitsInLoop: boolean;
}

/** A connection; it opens at once, and is not collected before it is closed. */
export class Client {
  constructor(options: ConnectionOptions, receiver: Receiver);
  readonly state: string;
  close(): void;
  keepAlive(alive: boolean): void;
  /**
   * An answer to the event `credentials`; `lifetime` in milliseconds. false: nobody waits for it
   * any more.
   */
  provideCredentials(username: string | undefined, password: string, lifetime?: number): boolean;
  refuseCredentials(message: string): void;
  /** As in index.d.ts. */
  stats(): Omit<import('./index').ClientStats, 'state' | 'reconnections'> & {
    connections: number;
  };
}

/**
 * Clients that have the same sessions, under one prefix: every operation goes to all of them. Not
 * collected before all of them are closed.
 */
export class Group {
  /** At least one client, at most 16; times in milliseconds; the queue as of ConnectionOptions. */
  constructor(
    clients: Client[],
    prefix: string,
    commandTimeout: number,
    settlingTime: number,
    queueCommands: number,
    queueBytes: number,
    receiver: Receiver,
  );
  /** Of the client of that index. */
  report(index: number): import('./index').RedundancyStats;
  /** Takes no more operations; the clients stay as they are. */
  close(): void;
}

/**
 * The sessions under one prefix. Each operation gives undefined if it was taken: then its result
 * comes under `slot`, a number below 2^24, later and once. Otherwise it gives the failure.
 */
export class Sessions {
  /** `decoding`: what stored bytes become; see Decoding in lib/serializer.js. */
  constructor(
    place: Client | Group,
    prefix: string,
    scanCount: number,
    decoding: number,
    isGroup: boolean,
  );
  get(slot: number, sid: string): Failure | undefined;
  /** `timeToLive` in milliseconds, 0: for ever. */
  set(
    slot: number,
    sid: string,
    value: string | Uint8Array,
    timeToLive: number,
    mustExist: boolean,
  ): Failure | undefined;
  /** `timeToLive` as for set: 0 takes the expiry away. */
  touch(slot: number, sid: string, timeToLive: number): Failure | undefined;
  destroy(slot: number, sid: string): Failure | undefined;
  /**
   * Stores `value` if `expected` is still what is stored. Its result: a count, 1 if stored and 0
   * if the session is gone, or what is stored instead. `once`: a failure if, after a broken
   * connection, nobody knows whether it was stored.
   */
  replace(
    slot: number,
    sid: string,
    expected: string | Uint8Array,
    value: string | Uint8Array,
    timeToLive: number,
    once: boolean,
  ): Failure | undefined;
  exists(slot: number, sid: string): Failure | undefined;
  /** Milliseconds, -1: for ever, -2: no such session. */
  timeLeft(slot: number, sid: string): Failure | undefined;
  count(slot: number): Failure | undefined;
  clear(slot: number): Failure | undefined;
}

/** Over the ids alone, or the sessions too; in batches, bounded in number and in bytes. */
export class Enumeration {
  /**
   * `batchSize` takes the place of the sessions' `scanCount`. `ahead`: of two batches with values
   * the second is asked for as soon as the first has come, not only by `next`, which is to be
   * called in the same tick. `sids`: over these sessions alone, at least one id, with values, in
   * this order; those that are not there are left out.
   */
  constructor(
    sessions: Sessions,
    values: boolean,
    batchSize: number,
    ahead: boolean,
    sids?: string[],
  );
  /** One batch under `slot`; not while an earlier call has no result yet. */
  next(slot: number): Failure | undefined;
}

/** The kinds of results, by name; see Delivery in src/binding/delivery.h. */
export const Result: Readonly<{
  none: number;
  value: number;
  count: number;
  batch: number;
  failure: number;
}>;
