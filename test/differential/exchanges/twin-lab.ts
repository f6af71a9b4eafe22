// ISC dhcpd and Leasehold side by side, each on a cable of its own, asked the same things at the same time. Silence is known by
// what follows it: behind every message goes one that both answer with a line of their log and nothing else.

import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { setImmediate as nextTurn, setTimeout as until } from 'node:timers/promises';
import { hex } from '../../../src/wire/testing.ts';
import { assert } from '../../../src/std/assert.ts';
import { parseIpv4, type Ipv4 } from '../../../src/std/ipv4.ts';
import { sendCommand } from '../../../src/cli/control-client.ts';
import { openLab, type Lab } from '../../e2e/support/lab.ts';
import { cable, Space } from '../../e2e/support/namespaces.ts';
import { subject, type DhcpServer, type ServerKind } from '../../e2e/support/dhcp-servers.ts';
import { clientKey, hardwareOf, packetOf, serverAddress, type Given, type Message, type Packet, type Scenario } from './messages.ts';
import type { Heard } from './prediction.ts';
import { optionOf, readReply, replyPayload, type Reply } from './replies.ts';
import { Tap } from './tap.ts';

/** What the two answered to one message, undefined for silence, and what they said of it. */
export interface Answered {
  readonly message: Message;
  readonly dhcpd: Reply | undefined;
  readonly leasehold: Reply | undefined;
  /** A second began while they answered: their clocks may have said two different ones. */
  readonly isSplit: boolean;
  readonly dhcpdLines: readonly string[];
  readonly leaseholdLines: readonly string[];
  /** What our server met and said, for its own prediction of it. */
  readonly heard: Heard;
}

const serverMac = '02:00:00:00:ff:01';
const xidOfFirst = 0x4c480000;
/** How long a reply may be late when the other server has answered. Only a difference costs this time. */
const lateMillis = 500;
/** With less of the clock's second left the next one is awaited, so that both servers read the same. */
const secondLeftMin = 100;
const second = (): number => Math.floor(Date.now() / 1000);
/** No subnet holds it, so both say `unknown network segment`. */
const nowhere = '203.0.113.1';

class Side {
  readonly kind: ServerKind;
  readonly #lab: Lab;
  readonly #host: Space;
  readonly #tap: Tap;
  #server: DhcpServer | undefined;
  #given = new Map<string, Given>();
  #replies: (Reply | undefined)[] = [];
  #payloads: (Uint8Array | undefined)[] = [];
  /** What was asked, and the lease file as it stood then. */
  #asked: Pick<Heard, 'packet' | 'leaseFile'>[] = [];

  constructor(lab: Lab, kind: ServerKind, wire: Space, dev: string) {
    this.kind = kind;
    this.#lab = lab;
    this.#host = new Space(kind);
    cable(this.#host, 'eth0', wire, dev);
    this.#host.ip('link', 'set', 'eth0', 'address', serverMac);
    // Nobody answers ARP here: what the kernel delivers leaves at once, whatever address it is for.
    this.#host.ip('link', 'set', 'eth0', 'arp', 'off');
    this.#host.address('eth0', `${serverAddress}/24`);
    this.#host.ip('route', 'add', 'default', 'dev', 'eth0');
    this.#tap = new Tap(wire, dev);
  }

  async start(config: string): Promise<void> {
    this.#given = new Map();
    this.#replies = [];
    this.#payloads = [];
    this.#asked = [];
    this.#server = this.#lab.server({ kind: this.kind, host: this.#host, config, interfaceNames: ['eth0'] });
    await this.#server.start();
    // What an earlier server said late belongs to nobody.
    this.#tap.drain(() => {});
  }
  async stop(): Promise<void> {
    await this.#server?.stop();
    this.collect();
  }
  /** What the server said about one message. */
  linesOf(index: number): string[] {
    const lines = this.#server?.child.lines ?? [];
    const end = lines.findIndex((line) => line.includes(sentinelMark(index)));
    const before = lines.findIndex((line) => line.includes(index === 0 ? 'Server starting service' : sentinelMark(index - 1)));
    return lines.slice(before + 1, end < 0 ? undefined : end);
  }

  ask(index: number, message: Message): void {
    const packet = packetOf(message, xidOfFirst + index, this.#given.get(clientKey(message)));
    this.#asked.push({ packet, leaseFile: readFileSync(this.#server?.leaseFile ?? '') });
    this.#tap.send(packet, hex(hardwareOf(message)).slice(0, 6));
  }
  heard(index: number, wall: number): Heard {
    const asked = this.#asked[index];
    assert(asked !== undefined, 'every message of a run was sent');
    return { ...asked, wall, reply: this.#payloads[index], lines: this.linesOf(index) };
  }
  sentinel(index: number): void {
    this.#tap.send(sentinelOf(index), hex(sentinelMac(index)));
  }
  hasPassed(index: number): boolean {
    return this.#server?.child.lines.some((line) => line.includes(sentinelMark(index))) === true;
  }
  /** Resolves with the next line of the log, or soon. */
  get nextLine(): Promise<unknown> {
    const child = this.#server?.child;
    const count = child?.lineCount ?? 0;
    return child?.until(() => (child.lineCount > count ? true : undefined), 5) ?? nextTurn();
  }

  /** Files what has come under the message it answers. */
  collect(): void {
    this.#tap.drain((bytes, view, size) => {
      const reply = readReply(bytes, view, size, serverMac);
      if (reply === undefined) return;
      this.#replies[reply.xid - xidOfFirst] ??= reply;
      this.#payloads[reply.xid - xidOfFirst] ??= replyPayload(bytes, view, size);
    });
  }
  reply(index: number): Reply | undefined {
    return this.#replies[index];
  }
  remember(index: number, message: Message): void {
    const reply = this.#replies[index];
    if (reply === undefined || reply.yiaddr === '0.0.0.0') return;
    this.#given.set(clientKey(message), { yiaddr: reply.yiaddr, server: optionOf(reply, 54) ?? '00000000' });
  }

  /** Packets dropped unread since the start, by reason; dhcpd does not tell. */
  async drops(): Promise<Record<string, number>> {
    if (this.kind !== 'leasehold') return {};
    const answer = await sendCommand(this.#server?.controlSocket ?? '', 'server.status', {});
    assert(answer.ok && answer.value.ok, 'a server tells its status');
    return (answer.value.value as { readonly drops: Record<string, number> }).drops;
  }

  async close(): Promise<void> {
    this.#tap.close();
    await this.#host.close();
  }
}

const sentinelMac = (index: number): string => `02ee0000${index.toString(16).padStart(4, '0')}`;
const sentinelMark = (index: number): string => `${sentinelMac(index).replace(/..(?!$)/g, '$&:')} via ${nowhere}: unknown network segment`;
function sentinelOf(index: number): Packet {
  const packet = packetOf({ type: 1, chaddr: sentinelMac(index), giaddr: nowhere }, 0x53454e54, undefined);
  return { ...packet, source: { address: parseIpv4(nowhere) as Ipv4, port: 67 } };
}

export class TwinLab {
  readonly #sides: readonly [dhcpd: Side, leasehold: Side];
  /** Packets that our server dropped unread in the last run, by reason. */
  drops: Readonly<Record<string, number>> = {};
  /** By exchange of the run. */
  #splits: boolean[] = [];
  #seconds: number[] = [];

  private constructor(dhcpd: Side, leasehold: Side) {
    this.#sides = [dhcpd, leasehold];
  }

  static async open(t: TestContext): Promise<TwinLab> {
    const lab = await openLab(t);
    const wire = new Space('wire');
    const twins = new TwinLab(new Side(lab, 'dhcpd', wire, 'w0'), new Side(lab, subject, wire, 'w1'));
    t.after(async () => {
      for (const side of twins.#sides) await side.close();
      await wire.close();
    });
    return twins;
  }

  /** Both servers afresh with the scenario's configuration, and its messages one after another. */
  async run({ config, messages }: Scenario): Promise<Answered[]> {
    const [dhcpd, leasehold] = this.#sides;
    await Promise.all(this.#sides.map((side) => side.start(config)));
    this.#splits = [];
    this.#seconds = [];
    try {
      for (const [index, message] of messages.entries()) await this.#withinASecond(() => this.#exchange(index, message));
      this.drops = await leasehold.drops();
    } finally {
      await Promise.all(this.#sides.map((side) => side.stop()));
    }
    return messages.map((message, index) => ({
      message, isSplit: this.#splits[index] === true, dhcpd: dhcpd.reply(index), leasehold: leasehold.reply(index), dhcpdLines: dhcpd.linesOf(index), leaseholdLines: leasehold.linesOf(index),
      heard: leasehold.heard(index, this.#seconds[index] ?? 0),
    }));
  }
  /** What either server said about a message of the last run, for whoever looks into a difference. */
  logOf(index: number): string {
    return this.#sides.flatMap((side) => side.linesOf(index).map((line) => `  ${side.kind}: ${line}`)).join('\n');
  }

  async #withinASecond(exchange: () => Promise<void>): Promise<void> {
    const left = 1000 - (Date.now() % 1000);
    if (left < secondLeftMin) await until(left + 1);
    const began = second();
    await exchange();
    this.#splits.push(second() !== began);
    this.#seconds.push(began);
  }

  async #exchange(index: number, message: Message): Promise<void> {
    const sides = this.#sides;
    for (const side of sides) {
      side.ask(index, message);
      side.sentinel(index);
    }
    let passedAt = Infinity;
    for (;;) {
      for (const side of sides) side.collect();
      const answered = sides.filter((side) => side.reply(index) !== undefined).length;
      if (answered === sides.length) break;
      if (passedAt === Infinity && sides.every((side) => side.hasPassed(index))) passedAt = performance.now();
      // A lease is written before it is acknowledged, so an ACK may come after the answer to what follows it.
      if (passedAt < Infinity && (answered === 0 || performance.now() - passedAt > lateMillis)) break;
      await Promise.race(sides.map((side) => side.nextLine));
    }
    for (const side of sides) side.remember(index, message);
  }
}
