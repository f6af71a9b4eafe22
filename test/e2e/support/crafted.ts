// Messages no ordinary client sends, and every byte of what comes back. Runs crafted-client.ts inside a namespace.

import { join } from 'node:path';
import type { Space } from './namespaces.ts';

export interface CraftedMessage {
  readonly type: number;
  readonly mac: string;
  /** `raw`: a frame without an address of its own; `udp`: from the host's own address and port. */
  readonly via?: 'raw' | 'udp';
  readonly xid?: number;
  /** Seconds since the client began. */
  readonly secs?: number;
  readonly isBroadcast?: boolean;
  readonly ciaddr?: string;
  readonly giaddr?: string;
  readonly to?: string;
  /** Code to bytes as hex; `$yiaddr` and `$server` stand for those of the reply before. */
  readonly options?: Readonly<Record<number, string>>;
  /** The whole payload as hex, instead of all of the above but `mac` and `via`. */
  readonly payload?: string;
}

export interface CraftedReply {
  readonly ethernetDestination: string;
  readonly ipSource: string;
  readonly ipDestination: string;
  readonly type: number;
  readonly yiaddr: string;
  readonly siaddr: string;
  readonly giaddr: string;
  readonly file: string;
  /** Code to bytes as hex, in the order of the message. */
  readonly options: Readonly<Record<number, string>>;
  readonly optionOrder: readonly number[];
  readonly size: number;
}

export async function craft(host: Space, messages: readonly CraftedMessage[], waitMillis: number): Promise<(CraftedReply | undefined)[]> {
  const script = join(import.meta.dirname, 'crafted-client.ts');
  const child = host.start([process.execPath, '--import', 'tsx', script, JSON.stringify({ messages, waitMillis })]);
  await child.exited;
  const line = child.lines.find((text) => text.startsWith('['));
  if (line === undefined) throw new Error(`crafted-client: ${child.text}`);
  return (JSON.parse(line) as (CraftedReply | null)[]).map((reply) => reply ?? undefined);
}
