import connectHiredis from './index.js';

export default connectHiredis;
export const RedisStore: typeof connectHiredis.RedisStore;
export type RedisStore<UsedClient extends connectHiredis.AnyClient = any> =
  connectHiredis.RedisStore<UsedClient>;
export const createClient: typeof connectHiredis.createClient;
export type Access = connectHiredis.Access;
export type AnyClient = connectHiredis.AnyClient;
export type BorrowedClient = connectHiredis.BorrowedClient;
export type Client = connectHiredis.Client;
export type ClientOptions = connectHiredis.ClientOptions;
export type ClientStats = connectHiredis.ClientStats;
export type ConnectionOptions = connectHiredis.ConnectionOptions;
export type Credentials = connectHiredis.Credentials;
export type ErrorCode = connectHiredis.ErrorCode;
export type GivenClient<UsedClient extends connectHiredis.AnyClient = connectHiredis.AnyClient> =
  connectHiredis.GivenClient<UsedClient>;
export type OtherStore = connectHiredis.OtherStore;
export type OtherStoreClass = connectHiredis.OtherStoreClass;
export type RedisError = connectHiredis.RedisError;
export type RedundancyStats = connectHiredis.RedundancyStats;
export type RedundantOptions = connectHiredis.RedundantOptions;
export type Serializer = connectHiredis.Serializer;
export type SessionData = connectHiredis.SessionData;
export type SessionOptions = connectHiredis.SessionOptions;
export type StoredSession<Data = connectHiredis.SessionData> = connectHiredis.StoredSession<Data>;
export type StoreOptions = connectHiredis.StoreOptions;
export type Ttl = connectHiredis.Ttl;
export type Where = connectHiredis.Where;
