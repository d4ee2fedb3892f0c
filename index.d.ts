import { EventEmitter } from 'node:events';
// Users of another middleware need not have the types of express-session: this is `any` then.
// @ts-ignore
import type { SessionData as ExpressSessionData } from 'express-session';

type Callback<Result> = (error: any, result?: Result) => void;
type MaybePromise<Value> = Value | PromiseLike<Value>;
/** A number, or a string of its digits, as environment variables are. */
type Digits = number | string;

/**
 * The store's class for a session middleware: `require('connect-hiredis')(session)`.
 *
 * @param middleware express-session or one like it: anything with a `Store`
 * @throws {TypeError} (`ERR_INVALID_ARG_TYPE`) if it has none
 */
declare function connectHiredis(middleware: {
  Store: any;
  Session: any;
  Cookie: any;
}): typeof connectHiredis.RedisStore;
declare function connectHiredis(middleware: { Store: any }): connectHiredis.OtherStoreClass;

declare namespace connectHiredis {
  /** What a session holds: express-session's, with what the application has added to it. */
  type SessionData = ExpressSessionData;

  /** The errors of this package carry one of these, or the system's own, such as `ECONNREFUSED`. */
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

  /** An error of this package. Messages never hold a password, a session id or session data. */
  interface RedisError extends Error {
    /** What went wrong; it stays the same from version to version, as the message may not. */
    code: ErrorCode | (string & {});
    /** With `ERR_REDIS_REPLY`: the first word of Redis' answer, such as `WRONGTYPE`. */
    reply?: string;
    /** With a system error: the call that failed, such as `connect`. */
    syscall?: string;
    /** With a system error: its number, such as -111. */
    errno?: number;
    /** With a system error: the address, or the path of the socket. */
    address?: string;
    /** With a system error over TCP. */
    port?: number;
    /** In `error` events: the client that met the error. */
    client?: Client;
    /**
     * With `ERR_SESSION_PARSE` in an `error` event: whose session could not be read. Not
     * enumerable, and not shown by `util.inspect`.
     */
    id?: string;
  }

  /** Where the server is, and how to behave towards it. `undefined` means: not given. */
  interface ClientOptions {
    /** `redis://user:pass@host:6379/2` or `unix:/run/redis.sock?db=2`. Not with `host`, `port` or `socket`. */
    url?: string | URL | undefined;
    /** Name or address, IPv4 or IPv6. Default `127.0.0.1`. */
    host?: string | undefined;
    /** Default 6379. */
    port?: Digits | undefined;
    /** Path of a unix socket, instead of `host` and `port`; 106 bytes at most. */
    socket?: string | undefined;
    /** The same as `socket`. */
    path?: string | undefined;
    /** Number of the database. Default 0. */
    db?: Digits | undefined;
    /** The same as `db`. */
    database?: Digits | undefined;
    /** ACL user. Default: the server's default user. */
    username?: string | undefined;
    /** Password. Default: none is sent. */
    pass?: string | undefined;
    /** The same as `pass`. */
    password?: string | undefined;
    /**
     * Instead of `username` and `pass`: called for every connection, and again before what it
     * gave expires; the connection then authenticates anew. When it fails, the client emits
     * `error` (`ERR_REDIS_CREDENTIALS`) and tries again.
     */
    credentials?: (() => MaybePromise<Credentials>) | undefined;
    /** Sent with CLIENT SETNAME; false sends none. Default `connect-hiredis`. */
    clientName?: string | false | undefined;
    /**
     * Milliseconds for name resolution, connection and handshake together, not counting those for
     * which the event loop was blocked. Default 10,000.
     */
    connectTimeout?: Digits | undefined;
    /**
     * Milliseconds from the call of an operation to its callback, not counting those for which the
     * event loop was blocked. Default 5,000.
     */
    commandTimeout?: Digits | undefined;
    /**
     * What may wait for a connection: so many commands, of so many bytes together. Past either
     * bound an operation fails at once with ERR_REDIS_QUEUE_FULL; the command that reaches the
     * bound in bytes is still taken, however large. A number means commands. false: nothing waits.
     * Default `{ commands: 10_000, bytes: 64 * 2 ** 20 }`.
     */
    queue?:
      { commands?: Digits | undefined; bytes?: Digits | undefined } | Digits | false | undefined;
    /** Milliseconds between attempts to connect: drawn from 0 to a bound that doubles from `min` to `max`. Default 50 and 2,000. */
    backoff?: { min?: Digits | undefined; max?: Digits | undefined } | undefined;
    /**
     * Milliseconds after which an idle connection is asked whether it still stands; one that does
     * not answer within `commandTimeout` is replaced. Default false: it is not asked.
     */
    pingInterval?: Digits | false | undefined;
    /** Milliseconds of outage after which `disconnect` is emitted. Default: `commandTimeout`. */
    disconnectAfter?: Digits | undefined;
    /** true: the connection does not keep the process alive. Default false. */
    unref?: boolean | undefined;
  }

  /** What a connection authenticates with. */
  interface Credentials {
    /** Default: the server's default user. */
    username?: string | undefined;
    /** Not shown by any message. */
    password: string;
    /** A Date or milliseconds since the epoch. Default: they do not expire. */
    expiresAt?: Date | number | undefined;
  }

  /** What a client has done since it was made, and what it is doing. */
  interface ClientStats {
    /** As {@link Client.state}. */
    state: string;
    /** Redis commands sent, those sent again counted again; a `get` is two. */
    commands: number;
    /** Replies to them. */
    replies: number;
    /** Operations whose deadline ran out. */
    timeouts: number;
    /** How often the connection became ready again. */
    reconnections: number;
    /** Operations that wait for a connection now, or for the server to take them. */
    queueLength: number;
    /** How much these will send. */
    queueBytes: number;
    /** Operations that wait for their reply now. */
    inFlight: number;
    /** Handshakes included. */
    bytesSent: number;
    /** Handshakes included. */
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
    /**
     * Resolves with the client when it is ready. Nobody has to call it.
     *
     * @throws {RedisError} `ERR_REDIS_TIMEOUT` after `connectTimeout`, while the client goes on
     *   trying; `ERR_REDIS_CLOSED` if it is closed
     */
    connect(): Promise<this>;
    /**
     * Ends the connection after the commands in flight; those that wait for a connection fail with
     * `ERR_REDIS_CLOSED`. Resolves when the last handle is closed. Safe to call twice.
     */
    close(): Promise<void>;
    /** @deprecated As node-redis and ioredis call it: write {@link close}. */
    quit(): Promise<void>;
    /** @deprecated As node-redis and ioredis call it: write {@link close}. */
    disconnect(): Promise<void>;
    /** Lets the connection keep the process alive (the default). */
    ref(): this;
    /** Lets the process end while the connection is idle. */
    unref(): this;
    /** Counters since the client was made, and how much waits now. */
    stats(): ClientStats;
    /**
     * `connect` and `ready`: the connection can be used. `disconnect`: an outage has outlasted
     * `disconnectAfter`. `close`: the last handle is closed. `error`: the connection, or an attempt
     * to connect, failed; without a listener the first one is printed as a process warning.
     */
    on(event: 'connect' | 'ready' | 'disconnect' | 'close', listener: () => void): this;
    on(event: 'error', listener: (error: RedisError) => void): this;
    on(event: string | symbol, listener: (...args: any[]) => void): this;
    /** As {@link Client.on}, for one event. */
    once(event: 'connect' | 'ready' | 'disconnect' | 'close', listener: () => void): this;
    once(event: 'error', listener: (error: RedisError) => void): this;
    once(event: string | symbol, listener: (...args: any[]) => void): this;
  }

  /** Turns sessions into what is stored, and back. What it throws goes to the callback. */
  interface Serializer {
    /**
     * Gets a string where the stored bytes are valid UTF-8, else a Buffer; with `binary`
     * always a Buffer. Gives a session (an object, no array), null or undefined if there is none,
     * or a Promise of it; anything else is `ERR_SESSION_PARSE`, as what it throws is.
     */
    parse(data: any): any;
    /** May give a Promise. */
    stringify(session: any): MaybePromise<string | Buffer>;
    /** true: `parse` always gets a Buffer. Default false. */
    binary?: boolean | undefined;
  }

  /** Seconds; false: the key never expires; a function decides for each session. */
  type Ttl = number | false | ((session: any, sid: string) => MaybePromise<number | false>);

  /** What a store does with its sessions. `undefined` means: not given. */
  interface SessionOptions {
    /** Put before each session id to make the key. Default `sess:`. */
    prefix?: string | undefined;
    /** Seconds, used when the cookie has no `expires`; a function decides alone; false: keys never expire. Default 86,400. */
    ttl?: Ttl | string | undefined;
    /** As `ttl: false`. Default false. */
    disableTTL?: boolean | undefined;
    /** `touch` does nothing and succeeds. Default false. */
    disableTouch?: boolean | undefined;
    /**
     * Seconds: a touch that would move the expiry by less than this, and changes no cookie, is not
     * sent. Default 0.
     */
    touchAfter?: Digits | undefined;
    /** COUNT of each SCAN, and the bound on keys per batch; 1 to 100,000. Default 100. */
    scanCount?: Digits | undefined;
    /**
     * Requests that save the same session at once do not undo each other's changes: what each
     * changed is merged, at every depth; where both changed the same, the last wins. Default false.
     */
    concurrencyMerge?: boolean | undefined;
    /** Default `JSON`. */
    serializer?: Serializer | undefined;
  }

  /** What says where a server is, or who connects to it: one of them at least. */
  type Where = {
    [
      Name in
        | 'url'
        | 'host'
        | 'port'
        | 'socket'
        | 'path'
        | 'db'
        | 'database'
        | 'pass'
        | 'password'
        | 'credentials'
    ]: Required<Pick<ClientOptions, Name>>;
  }[
    | 'url'
    | 'host'
    | 'port'
    | 'socket'
    | 'path'
    | 'db'
    | 'database'
    | 'pass'
    | 'password'
    | 'credentials'];

  /** What several servers of one store share, and for each what is its own, or its client. */
  type RedundantOptions = Omit<ClientOptions, 'url' | 'host' | 'port' | 'socket' | 'path'> & {
    /** 1 to 16. Every operation goes to all of them at once. */
    clients: (Client | ClientOptions | string | URL)[];
  };

  /** Of a store that makes its client, or its clients: it closes them in `close()`. */
  type ConnectionOptions =
    | (ClientOptions & Where & { client?: undefined; clients?: undefined })
    | (RedundantOptions & { client?: undefined });

  /** A client, and for one of another package how long it may take to answer. */
  type GivenClient<UsedClient extends AnyClient = AnyClient> = {
    /** Made by {@link createClient}, or by another package. The store leaves it open. */
    client: UsedClient;
    /** Milliseconds from the call of an operation to its callback, over a client of another package. Default 5,000. */
    commandTimeout?: Digits | undefined;
  };

  /** All that `new RedisStore({ ... })` takes. */
  type StoreOptions = SessionOptions & (GivenClient | ConnectionOptions);

  /**
   * A client of another package: node-redis 3 or later (also its pools, sentinels and clusters),
   * ioredis 4 or later (also its Cluster), iovalkey, or what sends a command by
   * `sendCommand(['GET', key])` or `call('GET', key)` and gives a Promise of the reply.
   */
  type BorrowedClient =
    | { sendCommand(...args: any[]): any }
    | { call(...args: any[]): any }
    | { send_command(...args: any[]): any };

  /** What a store can work over. */
  type AnyClient = Client | BorrowedClient;

  /** A stored session as `all` and `scan` give it: with its id. */
  type StoredSession<Data = SessionData> = Data & { id: string };

  /**
   * The store's operations as Promises, which reject with a {@link RedisError}. A session is an
   * object; anything else given for one, an array or a function too, is `ERR_INVALID_ARG_TYPE`.
   */
  interface Access {
    /**
     * Its `cookie.expires` is a Date: when the key expires, or what is stored if the key never
     * does. Of a cookie that ends with the browser it is null, as stored.
     */
    get(sid: string): Promise<SessionData | null>;
    get<Data extends object>(sid: string): Promise<Data | null>;
    /** true if stored; false if it had expired, or was destroyed since it was loaded. */
    set(sid: string, session: SessionData): Promise<boolean>;
    set<Data extends object>(sid: string, session: Data): Promise<boolean>;
    /** Renews the expiry, and stores the cookie if the request changed it. false if the session is gone. */
    touch(sid: string, session: SessionData): Promise<boolean>;
    touch<Data extends object>(sid: string, session: Data): Promise<boolean>;
    /** false if there was none. */
    destroy(sid: string): Promise<boolean>;
    /** How many were removed. */
    clear(): Promise<number>;
    /** How many sessions there are under the prefix. */
    length(): Promise<number>;
    /** The ids of all sessions under the prefix, each once. */
    ids(): Promise<string[]>;
    /**
     * Without what is stored and is no session. An `error` event of the store, with `code`
     * `ERR_SESSION_PARSE`, tells the `id` of each: once in each call. So do `scan` and `getMany`.
     */
    all(): Promise<StoredSession[]>;
    all<Data extends object>(): Promise<StoredSession<Data>[]>;
    /**
     * Changes a session atomically: `change` is called again when somebody else wrote meanwhile.
     * It gives the session to store, or undefined if it changed the one it got. Resolves with
     * the session as stored, or null if there is none. Rejects with ECONNRESET if the connection
     * broke and it cannot be known whether the change was stored.
     */
    update(
      sid: string,
      change: (session: SessionData) => MaybePromise<SessionData | void>,
    ): Promise<SessionData | null>;
    update<Data extends object>(
      sid: string,
      change: (session: Data) => MaybePromise<Data | void>,
    ): Promise<Data | null>;
    /** For each id its session, or null if there is none or it cannot be read. */
    getMany(sids: string[]): Promise<(SessionData | null)[]>;
    getMany<Data extends object>(sids: string[]): Promise<(Data | null)[]>;
    /** Goes through all sessions and never holds more than one batch of `count` keys. Default `scanCount`. */
    scan(options?: { count?: number | undefined }): AsyncGenerator<StoredSession, void>;
    scan<Data extends object>(options?: {
      count?: number | undefined;
    }): AsyncGenerator<StoredSession<Data>, void>;
    /** Whether there is such a session. */
    exists(sid: string): Promise<boolean>;
    /** Seconds; -1: it never expires, -2: there is no such session. */
    ttl(sid: string): Promise<number>;
    /** As {@link RedisStore.close}. */
    close(): Promise<void>;
  }

  /**
   * An express-session store. `UsedClient` is inferred from the client that is given; for a store
   * that makes its own, `new RedisStore<Client>({ url })` gives `store.client` its type.
   *
   * Every method takes a callback, or gives a Promise without one. For what they are given, and
   * what they give, see {@link Access}.
   */
  class RedisStore<UsedClient extends AnyClient = any> extends EventEmitter {
    /**
     * The store makes a client, and closes it in `close()`.
     *
     * @throws {TypeError} (`ERR_INVALID_ARG_TYPE`) that names the option that is wrong
     */
    constructor(options: SessionOptions & ConnectionOptions);
    constructor(url: string | URL);
    /** The store leaves the client open. */
    constructor(options: SessionOptions & GivenClient<UsedClient>);
    /** @param client made by {@link createClient}, or one of another package */
    constructor(client: UsedClient);
    /** The one that was given, or the one that this store has made; of several the first. */
    readonly client: UsedClient;
    /** All of them. */
    readonly clients: UsedClient[];
    /** As {@link SessionOptions.prefix}. */
    readonly prefix: string;
    /** As {@link SessionOptions.ttl}; what is set here holds from the next `set` or `touch` on. */
    ttl: Ttl;
    /** As {@link SessionOptions.scanCount}. */
    readonly scanCount: number;
    /** As {@link SessionOptions.serializer}. */
    readonly serializer: Serializer;
    /** As {@link SessionOptions.disableTouch}. */
    readonly disableTouch: boolean;
    /** As {@link SessionOptions.disableTTL}. */
    readonly disableTTL: boolean;
    /** The same operations as Promises. */
    readonly access: Access;

    /** The session, or null if there is none. Its `cookie.expires` is when the key expires. */
    get(sid: string, callback: Callback<SessionData | null>): void;
    get(sid: string): Promise<SessionData | null>;
    /** `'OK'`; a count if the session had expired; null if it was destroyed since it was loaded. */
    set(sid: string, session: SessionData, callback: Callback<'OK' | number | null>): void;
    set(sid: string, session: SessionData): Promise<'OK' | number | null>;
    /**
     * Renews the expiry, and stores the cookie if the request changed it. `'EXPIRED'` if the session
     * is gone.
     */
    touch(sid: string, session: SessionData, callback: Callback<'OK' | 'EXPIRED'>): void;
    touch(sid: string, session: SessionData): Promise<'OK' | 'EXPIRED'>;
    /** How many keys were removed. */
    destroy(sid: string, callback: Callback<number>): void;
    destroy(sid: string): Promise<number>;
    /** How many sessions were removed. */
    clear(callback: Callback<number>): void;
    clear(): Promise<number>;
    /** How many sessions there are under the prefix. */
    length(callback: Callback<number>): void;
    length(): Promise<number>;
    /** The ids of all sessions under the prefix, each once. */
    ids(callback: Callback<string[]>): void;
    ids(): Promise<string[]>;
    /** All sessions under the prefix, each with its id. What is no session is left out. */
    all(callback: Callback<StoredSession[]>): void;
    all(): Promise<StoredSession[]>;
    all<Data extends object>(): Promise<StoredSession<Data>[]>;
    /** Closes the client if this store made it. Safe to call twice. */
    close(callback: Callback<void>): void;
    close(): Promise<void>;

    /** Of express-session's Store: gives the request a session with a new id. */
    regenerate(request: any, callback: (error?: any) => any): void;
    /** Of express-session's Store: reads a session, and gives it as `createSession` does. */
    load(sid: string, callback: (error: any, session?: any) => any): void;
    /** Of express-session's Store: makes the session of a request from what is stored. */
    createSession(request: any, data: any): any;

    /**
     * `connect` and `ready`: the connection can be used. `disconnect`: an outage has outlasted
     * `disconnectAfter`; express-session serves requests without a session until `connect`. `error`:
     * the connection failed (`error.client`), or a stored value is no session (`error.id`).
     */
    on(event: 'connect' | 'ready' | 'disconnect', listener: (client: UsedClient) => void): this;
    on(event: 'error', listener: (error: RedisError) => void): this;
    on(event: string | symbol, listener: (...args: any[]) => void): this;
    /** As {@link RedisStore.on}, for one event. */
    once(event: 'connect' | 'ready' | 'disconnect', listener: (client: UsedClient) => void): this;
    once(event: 'error', listener: (error: RedisError) => void): this;
    once(event: string | symbol, listener: (...args: any[]) => void): this;
  }

  /** A store for a middleware other than express-session: sessions are what that middleware makes them. */
  interface OtherStore extends Omit<RedisStore, 'get' | 'set' | 'touch'> {
    /** As {@link RedisStore.get}. */
    get(sid: string, callback: Callback<any>): void;
    get(sid: string): Promise<any>;
    /** As {@link RedisStore.set}. */
    set(sid: string, session: any, callback: Callback<'OK' | number | null>): void;
    set(sid: string, session: any): Promise<'OK' | number | null>;
    /** As {@link RedisStore.touch}. */
    touch(sid: string, session: any, callback: Callback<'OK' | 'EXPIRED'>): void;
    touch(sid: string, session: any): Promise<'OK' | 'EXPIRED'>;
  }

  /** Its class; constructed as {@link RedisStore} is. */
  interface OtherStoreClass {
    new (...args: ConstructorParameters<typeof RedisStore>): OtherStore;
    new (options: StoreOptions): OtherStore;
    new (url: string | URL): OtherStore;
    /** What all of its stores have. */
    readonly prototype: OtherStore;
  }

  /**
   * A client of one server, which begins to connect by itself. `createClient()` alone means
   * 127.0.0.1:6379.
   *
   * @throws {TypeError} (`ERR_INVALID_ARG_TYPE`) that names the option that is wrong
   */
  function createClient(options?: ClientOptions): Client;
  /** @param options win over what the URL says */
  function createClient(url: string | URL | undefined, options?: ClientOptions): Client;
}

export = connectHiredis;
