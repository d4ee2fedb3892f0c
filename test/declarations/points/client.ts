// The client's methods, with the habits of other clients.
import { type Client, type ClientOptions, type ClientStats, createClient } from 'connect-hiredis';

export async function main(options: ClientOptions): Promise<ClientStats> {
  const client: Client = await createClient('redis://127.0.0.1', options).connect();
  const stats = client.ref().unref().stats();
  await client.quit();
  await client.close();
  return stats;
}
