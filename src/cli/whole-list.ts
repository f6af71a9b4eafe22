// A whole list from a server that tells it a part at a time.

import { answered, type CommandAnswer } from '../control/command-table.ts';
import { ok, type Result } from '../std/result.ts';
import { ControlClient } from './control-client.ts';

export type ListName = 'leases.list' | 'hosts.list';
export type ListRow = Readonly<Record<string, unknown>>;
type Send = (name: string, parameters: Readonly<Record<string, unknown>>) => Promise<Result<CommandAnswer, string>>;

const rowsName = { 'leases.list': 'leases', 'hosts.list': 'hosts' } as const;

interface Part {
  readonly count: number;
  /** Absent behind the last part, and where the server tells everything at once. */
  readonly next?: number;
}

/** One answer as if the list had come in one: `count` of those that fit, and the rows, of which `limit` are wanted. */
export async function wholeList(send: Send, name: ListName, { limit = Infinity, ...wanted }: ListRow & { readonly limit?: number }): Promise<Result<CommandAnswer, string>> {
  const key = rowsName[name];
  const rows: ListRow[] = [];
  let count = 0;
  for (let from: number | undefined = 0; from !== undefined; ) {
    const left: number = limit - rows.length;
    const answer = await send(name, { ...wanted, from, ...(Number.isFinite(left) ? { limit: left } : {}) });
    if (!answer.ok || !answer.value.ok) return answer;
    const part = answer.value.value as Part & Readonly<Record<typeof key, readonly ListRow[]>>;
    for (const row of part[key]) rows.push(row);
    count += part.count;
    from = part.next;
  }
  return ok(answered({ count, [key]: rows }));
}

/** The same over the control socket at `path`. */
export async function sendList(path: string, name: ListName, wanted: ListRow): Promise<Result<CommandAnswer, string>> {
  const client = new ControlClient(path);
  const answer = await wholeList((part, parameters) => client.send(part, parameters), name, wanted);
  client.close();
  return answer;
}
