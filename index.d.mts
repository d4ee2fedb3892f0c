import connectHiredis from './index.js';

export default connectHiredis;
export const RedisStore: typeof connectHiredis.RedisStore;
export type RedisStore<UsedClient extends connectHiredis.AnyClient = connectHiredis.Client> =
  connectHiredis.RedisStore<UsedClient>;
export const createClient: typeof connectHiredis.createClient;
export type Access = connectHiredis.Access;
export type AnyClient = connectHiredis.AnyClient;
export type BorrowedClient = connectHiredis.BorrowedClient;
export type Client = connectHiredis.Client;
export type ClientOptions = connectHiredis.ClientOptions;
export type RedisError = connectHiredis.RedisError;
export type Serializer = connectHiredis.Serializer;
export type SessionOptions = connectHiredis.SessionOptions;
export type StoredSession = connectHiredis.StoredSession;
export type StoreOptions = connectHiredis.StoreOptions;
