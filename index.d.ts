import { EventEmitter } from 'node:events';
import type * as session from 'express-session';

/** The errors of this package carry one of these, or the system's own code such as `ECONNREFUSED`. */
type ErrorCode =
  | 'ERR_REDIS_REPLY'
  | 'ERR_REDIS_TIMEOUT'
  | 'ERR_REDIS_QUEUE_FULL'
  | 'ERR_REDIS_CLOSED'
  | 'ERR_REDIS_PROTOCOL'
  | 'ERR_REDIS_CREDENTIALS'
  | 'ERR_SESSION_PARSE'
  | 'ERR_SESSION_SERIALIZE'
  | 'ERR_INVALID_ARG_TYPE';

type Callback<Result> = (error: any, result?: Result) => void;
type MaybePromise<Value> = Value | PromiseLike<Value>;

declare function connectHiredis(middleware: {
  Store: abstract new (...args: any[]) => any;
}): typeof connectHiredis.RedisStore;

declare namespace connectHiredis {
  /** An error of this package. Messages never hold a password, a session id or session data. */
  interface RedisError extends Error {
    code: ErrorCode | (string & {});
    /** With `ERR_REDIS_REPLY`: the first word of Redis' answer, such as `WRONGTYPE`. */
    reply?: string;
    /** With a system error: the call that failed, such as `connect`. */
    syscall?: string;
    /** With a system error: the numeric code. */
    errno?: number;
    /** With a system error: the address or the path of the socket. */
    address?: string;
    port?: number;
    /** The client that met the error, in `error` events. */
    client?: Client;
    /**
     * With `ERR_SESSION_PARSE` in an `error` event: whose session could not be read. Not
     * enumerable, and not shown by `util.inspect`.
     */
    id?: string;
  }

  /** Where the server is, and how to behave towards it. */
  interface ClientOptions {
    /** `redis://user:pass@host:6379/2` or `unix:/run/redis.sock?db=2`. */
    url?: string | URL;
    /** Name or address, IPv4 or IPv6. Default `127.0.0.1`. */
    host?: string;
    /** Default 6379. */
    port?: number;
    /** Path of a unix socket, instead of `host` and `port`. */
    socket?: string;
    /** The same as `socket`. */
    path?: string;
    /** Number of the database. Default 0. */
    db?: number;
    /** The same as `db`. */
    database?: number;
    /** ACL user. Default: the server's default user. */
    username?: string;
    pass?: string;
    /** The same as `pass`. */
    password?: string;
    /**
     * Instead of `username` and `pass`: called for every connection, and again before what it
     * gave expires, which the connection then authenticates with anew.
     */
    credentials?: () => MaybePromise<Credentials>;
    /** Sent with CLIENT SETNAME; false sends none. Default `connect-hiredis`. */
    clientName?: string | false;
    /** Milliseconds for name resolution, connection and handshake together. Default 10,000. */
    connectTimeout?: number;
    /** Milliseconds from the call of an operation to its callback. Default 5,000. */
    commandTimeout?: number;
    /** How many commands may wait for a connection; false: none waits. Default 10,000. */
    queue?: number | false;
    /** Milliseconds between attempts to reconnect: drawn between 0 and a bound that doubles from `min` to `max`. Default 50 and 2,000. */
    backoff?: { min?: number; max?: number };
    /**
     * Milliseconds after which an idle connection is asked whether it still stands; one that does
     * not answer within `commandTimeout` is replaced. Default false: it is not asked.
     */
    pingInterval?: number | false;
    /** Milliseconds of outage after which `disconnect` is emitted. Default: `commandTimeout`. */
    disconnectAfter?: number;
    /** true: the connection does not keep the process alive. Default false. */
    unref?: boolean;
  }

  /** What a connection authenticates with. */
  interface Credentials {
    /** Default: the server's default user. */
    username?: string;
    password: string;
    /** A Date or milliseconds since the epoch. Default: they do not expire. */
    expiresAt?: Date | number;
  }

  /** What a client has done since it was made, and what it is doing. */
  interface ClientStats {
    state: string;
    /** Redis commands sent, those sent again counted again; a `get` is two. */
    commands: number;
    /** Replies to them. */
    replies: number;
    /** Operations whose deadline ran out. */
    timeouts: number;
    /** How often the connection became ready again. */
    reconnections: number;
    /** Operations that wait for a connection now. */
    queueLength: number;
    /** Operations that wait for their reply now. */
    inFlight: number;
    /** Handshakes included. */
    bytesSent: number;
    bytesReceived: number;
    /** Errors that operations or the connection met, by their code. */
    errors: Record<string, number>;
    /** Calls into JavaScript, results told in them, and the most in one. */
    batches: { count: number; results: number; largest: number };
    /** Of one of several servers of a store (`clients`). */
    redundancy?: RedundancyStats;
  }

  /** How one of several servers of a store stands. */
  interface RedundancyStats {
    /** Only those that are trusted decide what there is not. */
    standing: 'away' | 'catching up' | 'settling' | 'trusted';
    /** Sessions that it is to be told of when it is back. */
    journal: number;
    /** Writes that it did not take when the others did. */
    missed: number;
    /** Sessions written to it because it lacked them. */
    repairs: number;
    /** How often all that it has was compared with what another has. */
    comparisons: number;
  }

  /** A connection to one server, made by {@link createClient}. It connects, and reconnects, by itself. */
  interface Client extends EventEmitter {
    /** `resolving`, `connecting`, `handshaking`, `ready`, `backoff`, `closing` or `closed`. */
    readonly state: string;
    /** Ends the connection after the commands in flight; resolves when its last handle is closed. */
    close(): Promise<void>;
    /** Lets the connection keep the process alive (the default). */
    ref(): this;
    /** Lets the process end while the connection is idle. */
    unref(): this;
    stats(): ClientStats;
    on(event: 'connect' | 'ready' | 'disconnect' | 'close', listener: () => void): this;
    on(event: 'error', listener: (error: RedisError) => void): this;
    on(event: string | symbol, listener: (...args: any[]) => void): this;
    once(event: 'connect' | 'ready' | 'disconnect' | 'close', listener: () => void): this;
    once(event: 'error', listener: (error: RedisError) => void): this;
    once(event: string | symbol, listener: (...args: any[]) => void): this;
  }

  /** Turns sessions into what is stored, and back. */
  interface Serializer {
    /**
     * Gets a string where the stored bytes are valid UTF-8, else a Buffer; with `binary`
     * always a Buffer. Gives a session (an object, no array), or null or undefined if there is
     * none; anything else is `ERR_SESSION_PARSE`, as what it throws is.
     */
    parse(data: any): any;
    stringify(session: any): MaybePromise<string | Buffer>;
    /** true: `parse` always gets a Buffer. */
    binary?: boolean;
  }

  interface SessionOptions {
    /** Put before each session id to make the key. Default `sess:`. */
    prefix?: string;
    /** Seconds, used when the cookie has no `expires`; a function decides alone; false: keys never expire. Default 86,400. */
    ttl?: number | false | ((session: any, sid: string) => MaybePromise<number | false>);
    /** As `ttl: false`. Default false. */
    disableTTL?: boolean;
    /** `touch` does nothing and succeeds. Default false. */
    disableTouch?: boolean;
    /** Seconds: a touch that would move the expiry by less than this is not sent. Default 0. */
    touchAfter?: number;
    /** COUNT of each SCAN, and the bound on keys per batch. Default 100. */
    scanCount?: number;
    /**
     * Requests that save the same session at once do not undo each other's changes: what each
     * changed is merged, at every depth; where both changed the same, the last wins. Default false.
     */
    concurrencyMerge?: boolean;
    /** Default `JSON`. */
    serializer?: Serializer;
  }

  /** What several servers of one store share, and for each what is its own, or its client. */
  type RedundantOptions = Omit<ClientOptions, 'url' | 'host' | 'port' | 'socket' | 'path'> & {
    /** 1 to 16. Every operation goes to all of them at once. */
    clients: (Client | ClientOptions | string | URL)[];
  };

  type ConnectionOptions = (ClientOptions & { clients?: undefined }) | RedundantOptions;

  type StoreOptions = SessionOptions & ({ client: AnyClient } | ConnectionOptions);

  /**
   * A client of another package: node-redis 3 or later (also its pools, sentinels and clusters),
   * ioredis 4 or later (also its Cluster), iovalkey, or what sends a command by
   * `sendCommand(['GET', key])` or `call('GET', key)` and gives a Promise of the reply.
   */
  type BorrowedClient =
    | { sendCommand(...args: any[]): any }
    | { call(...args: any[]): any }
    | { send_command(...args: any[]): any };

  type AnyClient = Client | BorrowedClient;

  /** A stored session as `all` and `scan` give it: with its id. */
  type StoredSession = session.SessionData & { id: string };

  /**
   * The store's operations as Promises. A session is an object; anything else given for one, an
   * array or a function too, is `ERR_INVALID_ARG_TYPE`.
   */
  interface Access {
    /**
     * Its `cookie.expires` is a Date: when the key expires, or what is stored if the key never
     * does. Of a cookie that ends with the browser it is null, as stored.
     */
    get(sid: string): Promise<session.SessionData | null>;
    /** true if stored; false if it had expired, or was destroyed since it was loaded. */
    set(sid: string, session: session.SessionData): Promise<boolean>;
    /** false if the session is gone. */
    touch(sid: string, session: session.SessionData): Promise<boolean>;
    /** false if there was none. */
    destroy(sid: string): Promise<boolean>;
    /** How many were removed. */
    clear(): Promise<number>;
    length(): Promise<number>;
    ids(): Promise<string[]>;
    /**
     * Without what is stored and is no session. An `error` event of the store, with `code`
     * `ERR_SESSION_PARSE`, tells the `id` of each: once in each call. So do `scan` and `getMany`.
     */
    all(): Promise<StoredSession[]>;
    /**
     * Changes a session atomically: `change` is called again when somebody else wrote meanwhile.
     * It gives the session to store, or undefined if it changed the one it got. Resolves with
     * the session as stored, or null if there is none. Rejects with ECONNRESET if the connection
     * broke and it cannot be known whether the change was stored.
     */
    update(
      sid: string,
      change: (session: session.SessionData) => MaybePromise<session.SessionData | void>,
    ): Promise<session.SessionData | null>;
    /** For each id its session, or null if there is none or it cannot be read: in one round trip. */
    getMany(sids: string[]): Promise<(session.SessionData | null)[]>;
    /** Walks over all sessions and never holds more than one batch of `count` keys. */
    scan(options?: { count?: number }): AsyncGenerator<StoredSession, void>;
    exists(sid: string): Promise<boolean>;
    /** Seconds; -1: it never expires, -2: there is no such session. */
    ttl(sid: string): Promise<number>;
    close(): Promise<void>;
  }

  class RedisStore<UsedClient extends AnyClient = Client> extends session.Store {
    constructor(client: UsedClient);
    constructor(options: SessionOptions & { client: UsedClient });
    constructor(options: SessionOptions & ConnectionOptions);
    /** The one that was given, or the one that this store has made; of several the first. */
    readonly client: UsedClient;
    /** All of them. */
    readonly clients: UsedClient[];
    readonly prefix: string;
    ttl: number | false | ((session: any, sid: string) => MaybePromise<number | false>);
    readonly scanCount: number;
    readonly serializer: Serializer;
    readonly disableTouch: boolean;
    readonly disableTTL: boolean;
    readonly access: Access;

    // For all of these see Access: what they are given, and what they give of it.

    get(sid: string, callback: Callback<session.SessionData | null>): void;
    get(sid: string): Promise<session.SessionData | null>;
    /** `'OK'`; a count if the session had expired; null if it was destroyed since it was loaded. */
    set(sid: string, session: session.SessionData, callback: Callback<'OK' | number | null>): void;
    set(sid: string, session: session.SessionData): Promise<'OK' | number | null>;
    touch(sid: string, session: session.SessionData, callback: Callback<'OK' | 'EXPIRED'>): void;
    touch(sid: string, session: session.SessionData): Promise<'OK' | 'EXPIRED'>;
    /** How many keys were removed. */
    destroy(sid: string, callback: Callback<number>): void;
    destroy(sid: string): Promise<number>;
    clear(callback: Callback<number>): void;
    clear(): Promise<number>;
    length(callback: Callback<number>): void;
    length(): Promise<number>;
    ids(callback: Callback<string[]>): void;
    ids(): Promise<string[]>;
    all(callback: Callback<StoredSession[]>): void;
    all(): Promise<StoredSession[]>;
    /** Closes the client if this store made it. */
    close(callback: Callback<void>): void;
    close(): Promise<void>;
  }

  /** A client of one server; `createClient()` alone means 127.0.0.1:6379. */
  function createClient(options?: ClientOptions | string | URL): Client;
}

export = connectHiredis;
