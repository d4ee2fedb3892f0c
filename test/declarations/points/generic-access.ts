// `access` takes the type of a session.
import { RedisStore } from 'connect-hiredis';

interface Cart {
  items: string[];
}

const { access } = new RedisStore('redis://127.0.0.1');

export async function cart(sid: string): Promise<string[]> {
  const found = await access.get<Cart>(sid);
  const [first] = await access.getMany<Cart>([sid]);
  for await (const { id, items } of access.scan<Cart>()) if (id === sid) return items;
  await access.update<Cart>(sid, (session) => ({ items: [...session.items, 'tea'] }));
  await access.set<Cart>(sid, { items: [] });
  // @ts-expect-error a session may be missing
  found.items;
  return first?.items ?? found?.items ?? [];
}
