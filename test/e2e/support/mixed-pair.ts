// The product as it runs and a real ISC dhcpd (or two dhcpds, to compare), as a failover pair on one switch, and a client that
// goes through an exchange message by message.

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../../src/cli/lab/child.ts';
import type { CraftedMessage, CraftedReply } from './crafted.ts';
import type { Capture } from './capture.ts';
import type { DhcpServer, ServerKind } from './dhcp-servers.ts';
import { openLab, type Lab } from './lab.ts';
import { saidBy, type WireMessage } from './failover-wire.ts';
import type { Space } from './namespaces.ts';
import { setLocalState } from './omshell.ts';

export type Role = 'primary' | 'secondary';
export const roles: readonly Role[] = ['primary', 'secondary'];
export const other = (role: Role): Role => (role === 'primary' ? 'secondary' : 'primary');
const addresses: Readonly<Record<Role, string>> = { primary: '10.78.0.1', secondary: '10.78.0.2' };

const config = (role: Role, mclt: number): string => `
failover peer "fo" {
  ${role}; address ${addresses[role]}; port 647; peer address ${addresses[other(role)]}; peer port 647;
  max-response-delay 10; max-unacked-updates 10; load balance max seconds 3;
  ${role === 'primary' ? `mclt ${mclt}; split 128;` : ''}
}
authoritative; ddns-update-style none; ping-check false; dhcp-cache-threshold 0; omapi-port 7911;
default-lease-time ${leaseSeconds}; max-lease-time ${leaseSeconds};
subnet 10.78.0.0 netmask 255.255.255.0 { pool { failover peer "fo"; range 10.78.0.100 10.78.0.139; } }
`;

/** What befalls a node; `cut from`: what it sends is lost, `cut to`: it hears nothing. */
export type Fault = 'stop' | 'kill' | 'cut' | 'cut from' | 'cut to';
const isEnd = (fault: Fault): boolean => fault === 'stop' || fault === 'kill';
const directions = { cut: 'both', 'cut from': 'from-host', 'cut to': 'to-host' } as const;

/** The programs of a pair in which one node, or none, is ours. */
export const kindsWith = (ours: Role | undefined): Record<Role, ServerKind> => ({
  primary: ours === 'primary' ? 'leasehold' : 'dhcpd', secondary: ours === 'secondary' ? 'leasehold' : 'dhcpd',
});

/** An operator's word at a node. */
export type Order = 'partner-down' | 'recover' | 'pause' | 'resume' | 'shutdown';
/** The same as omshell's `set local-state` at a dhcpd. */
const localStates: Readonly<Record<Order, number>> = { resume: 2, 'partner-down': 4, recover: 6, pause: 7, shutdown: 8 };

const wireFields = [
  'frame.time_relative', 'ip.src', '_ws.col.Info', 'dhcpfo.xid', 'dhcpfo.serverstatus', 'dhcpfo.assignedipaddress', 'dhcpfo.bindingstatus',
  'dhcpfo.leaseexpirationtime', 'dhcpfo.potentialexpirationtime', 'dhcpfo.rejectreason', 'dhcpfo.message',
];
const malformed = '_ws.malformed || dhcpfo.bad_length || dhcpfo.message_digest_type_not_allowed';

/** Seconds; short, so that what must wait for it does. */
const usualMclt = 8;
/** Addresses in the range above. */
const poolSize = 40;
/** Seconds that a lease lasts once both nodes know of it. */
export const leaseSeconds = 120;
/** What passed between the nodes and what both said, of every scenario that was played last. */
const transcripts = join(import.meta.dirname, '../../../dist/failover-transcripts');

export interface Bound {
  readonly address: string;
  readonly seconds: number;
  /** When the lease is half over, and its client asks again; milliseconds of `performance.now()`. */
  readonly renewsAt: number;
  /** Who answered last. */
  readonly by: Role;
}

export class MixedPair {
  readonly #lab: Lab;
  readonly servers: Record<Role, DhcpServer>;
  readonly #client: Space;
  #capture: Capture | undefined;
  #nextMac = 1;
  /** By clients, so far. */
  messagesSent = 0;
  /** What runs that are over said. */
  readonly #said: Record<Role, string[]> = { primary: [], secondary: [] };
  readonly #mclt: number;
  readonly #openedAt = performance.now();

  constructor(lab: Lab, kinds: Readonly<Record<Role, ServerKind>>, mclt = usualMclt) {
    this.#lab = lab;
    this.#mclt = mclt;
    const server = (role: Role): DhcpServer => this.#server(role, kinds[role], lab.host(role, { cidr: `${addresses[role]}/24` }));
    this.servers = { primary: server('primary'), secondary: server('secondary') };
    this.#client = lab.host('client', { cidr: '10.78.0.9/24' });
  }

  #server(role: Role, kind: ServerKind, host: Space): DhcpServer {
    return this.#lab.server({ kind, host, config: config(role, this.#mclt), interfaceNames: ['eth0'] });
  }

  /** Another program takes over a node with its lease file, as an operator would do it. */
  async replace(role: Role, kind: ServerKind): Promise<void> {
    const before = this.servers[role];
    await before.stop();
    const after = this.#server(role, kind, before.host);
    copyFileSync(before.leaseFile, after.leaseFile);
    this.servers[role] = after;
    await after.start();
  }

  /** Both run, are normal and have shared the pool out. */
  async start(): Promise<void> {
    this.#capture = await this.#lab.capture(this.servers.primary.host, 'eth0', 'tcp port 647');
    // A dhcpd takes an empty file for a new pair; ours is told so.
    for (const server of Object.values(this.servers).filter(({ kind }) => kind === 'leasehold')) {
      await server.start();
      server.command('failover', 'init', '--yes');
    }
    await Promise.all(Object.values(this.servers).map((server) => (server.kind === 'dhcpd' ? server.start() : undefined)));
    await this.areNormal({ primary: 0, secondary: 0 });
    // A cut before the last half of it is acknowledged leaves a dhcpd something to send that no scenario asks for.
    await eventually('a shared pool', () => (roles.every((role) => this.#backups(role) === poolSize / 2) ? true : undefined));
  }
  /** Addresses that a node's lease file keeps for the secondary. */
  #backups(role: Role): number {
    return [...this.#records(role).values()].filter((record) => record.includes('\n  binding state backup;')).length;
  }
  /** The last record of each address in a node's lease file. */
  #records(role: Role): ReadonlyMap<string, string> {
    return new Map(this.servers[role].leases().split('\nlease ').slice(1).map((record) => [record.slice(0, record.indexOf(' ')), record]));
  }
  /** Starts a server again that was stopped or killed. */
  async startAgain(role: Role): Promise<void> {
    this.#said[role].push(...this.servers[role].child.lines);
    await this.servers[role].start();
  }
  async hit(role: Role, fault: Fault): Promise<void> {
    const server = this.servers[role];
    if (fault === 'stop') await server.stop();
    else if (fault === 'kill') await server.kill();
    else this.#lab.lan.cut(server.host, directions[fault]);
  }
  /** Undoes the fault and waits until both are normal again; `marks` are from before it. */
  async mend(role: Role, fault: Fault, marks: Readonly<Record<Role, number>>): Promise<void> {
    if (isEnd(fault)) await this.startAgain(role);
    else this.#lab.lan.heal();
    await this.areNormal(isEnd(fault) ? { ...marks, [role]: 0 } : marks);
  }
  /** Seconds since the lab was opened: what a node says again and again, it says oftener in a longer scenario. */
  get seconds(): number {
    return (performance.now() - this.#openedAt) / 1000;
  }
  /** Waits for a line of a node behind the marks. */
  async says(role: Role, pattern: RegExp, marks: Readonly<Record<Role, number>>, millis?: number): Promise<void> {
    await this.servers[role].child.line(pattern, marks[role], millis);
  }
  /** Every line of a server, of all its runs. */
  lines(role: Role): readonly string[] {
    return [...this.#said[role], ...this.servers[role].child.lines];
  }

  /** How many lines either server said so far: where to look from after a fault. */
  marks(): Record<Role, number> {
    return { primary: this.servers.primary.child.lines.length, secondary: this.servers.secondary.child.lines.length };
  }
  /** Both say that both are normal, behind the marks; a server that was started again is looked at from its start. */
  async areNormal(marks: Readonly<Record<Role, number>>): Promise<void> {
    await Promise.all(roles.map((role) => this.servers[role].child.line(/Both servers normal/, marks[role], 90_000)));
  }

  // ── The client ──

  newMac(): string {
    return `02:78:00:00:00:${(this.#nextMac++).toString(16).padStart(2, '0')}`;
  }
  async send(messages: readonly CraftedMessage[], waitMillis = 1_000): Promise<(CraftedReply | undefined)[]> {
    this.messagesSent += messages.length;
    return this.#lab.craft(this.#client, messages, waitMillis);
  }
  /** A client that the wanted node answers, with its offer. */
  async clientOf(role: Role): Promise<{ readonly mac: string; readonly offer: CraftedReply }> {
    for (let tries = 0; tries < 30; tries++) {
      const mac = this.newMac();
      const [offer] = await this.send([{ type: 1, mac }]);
      if (offer !== undefined && answeredBy(offer) === role) return { mac, offer };
    }
    throw new Error(`no client is answered by the ${role}`);
  }
  /** REQUEST for what was offered, again and again, then from the beginning: as clients do. */
  async persist(mac: string, offer: CraftedReply): Promise<Bound> {
    for (let tries = 0; tries < 2; tries++) {
      const [ack] = await this.send([requestOf(mac, offer, 4 * tries)], 2_000);
      if (ack?.type === 5) return boundBy(ack);
    }
    return this.fresh(mac);
  }
  async fresh(mac: string, secs = 8): Promise<Bound> {
    for (let tries = 0; tries < 12; tries++) {
      const [offer, ack] = await this.send([{ type: 1, mac, secs: secs + tries }, { type: 3, mac, secs: secs + tries, options: { 50: '$yiaddr', 54: '$server' } }], 2_000);
      if (offer !== undefined && ack?.type === 5) return boundBy(ack);
    }
    throw new Error(`${mac} got no lease`);
  }
  /** REBINDING: a broadcast from the address. undefined: nobody answers. */
  async rebind(mac: string, address: string): Promise<Bound | 'nak' | undefined> {
    const [reply] = await this.send([{ type: 3, mac, ciaddr: address, secs: 8, isBroadcast: true }], 2_000);
    return reply === undefined ? undefined : reply.type === 5 ? boundBy(reply) : 'nak';
  }
  /** A client that is still there once time has passed: behind half of its lease it asks again, and begins anew where nobody grants that. */
  async renewed(mac: string, bound: Bound): Promise<Bound> {
    if (performance.now() < bound.renewsAt) return bound;
    const again = await this.rebind(mac, bound.address);
    return again === undefined || again === 'nak' ? this.fresh(mac) : again;
  }

  // ── Judges ──

  /** Both lease files name this client, and no other, as the holder. */
  async isKnownToBoth(mac: string, address: string): Promise<void> {
    for (const role of roles)
      await eventually(`${address} of ${mac} at the ${role}`, () => {
        const record = this.#records(role).get(address) ?? '';
        return record.includes('binding state active;') && record.includes(`hardware ethernet ${mac};`) ? true : undefined;
      });
  }
  /** A lease that both know and that runs for its full time: the first grant lasts MCLT only, which a slow machine may let pass. */
  async settledLease(mac: string): Promise<string> {
    let { address } = await this.fresh(mac);
    await eventually(`a lease of ${mac} for its full time`, async () => {
      const again = await this.rebind(mac, address);
      if (again === undefined || again === 'nak') ({ address } = await this.fresh(mac));
      return again !== undefined && again !== 'nak' && again.seconds === leaseSeconds ? true : undefined;
    }, 90_000);
    await this.isKnownToBoth(mac, address);
    return address;
  }
  /** Wireshark finds no malformed field in what the two said. Keeps the transcript of the scenario. */
  async wireIsWellFormed(scenario: string): Promise<void> {
    const capture = this.#capture;
    assert.ok(capture !== undefined);
    await capture.holds('dhcpfo');
    await capture.stop();
    const wire = capture.read('dhcpfo', wireFields).map((cells) => cells.join('\t'));
    const kinds = roles.map((role) => `${role} ${this.servers[role].kind}`).join(', ');
    const said = roles.flatMap((role) => [`\n# what the ${role} said`, ...this.lines(role)]);
    mkdirSync(transcripts, { recursive: true });
    writeFileSync(join(transcripts, `${scenario}.txt`), [`# ${scenario}: ${kinds}\n\n# ${wireFields.join('\t')}`, ...wire, ...said, ''].join('\n'));
    assert.deepEqual(capture.read(`dhcpfo && (${malformed})`, ['frame.number', '_ws.col.Info']), []);
    assert.ok(wire.length > 5, `only ${wire.length} packets were captured`);
  }
  /** Every message that each node sent; ends the capture. */
  async said(): Promise<Record<Role, readonly (readonly WireMessage[])[]>> {
    const capture = this.#capture;
    assert.ok(capture !== undefined);
    await capture.stop();
    return { primary: saidBy(capture, addresses.primary), secondary: saidBy(capture, addresses.secondary) };
  }
  /** An operator's word: a command of ours, omshell at a dhcpd. */
  order(role: Role, word: Order): void {
    const server = this.servers[role];
    if (server.kind === 'leasehold') server.command('failover', word, '--yes');
    else setLocalState(server.host.name, 'fo', localStates[word]);
  }
}

export const requestOf = (mac: string, offer: CraftedReply, secs = 0): CraftedMessage => ({
  type: 3, mac, secs, options: { 50: hexOf(offer.yiaddr), 54: offer.options[54] ?? '' },
});
const hexOf = (address: string): string => address.split('.').map((part) => Number(part).toString(16).padStart(2, '0')).join('');
export const answeredBy = (reply: CraftedReply): Role => (reply.options[54] === hexOf(addresses.primary) ? 'primary' : 'secondary');
function boundBy(ack: CraftedReply): Bound {
  const seconds = Number.parseInt(ack.options[51] ?? '0', 16);
  return { address: ack.yiaddr, seconds, renewsAt: performance.now() + seconds * 500, by: answeredBy(ack) };
}

/** A pair that is normal, taken down with the test. */
export async function openPair(t: TestContext, kinds: Readonly<Record<Role, ServerKind>>, mclt?: number): Promise<MixedPair> {
  const pair = new MixedPair(await openLab(t), kinds, mclt);
  await pair.start();
  return pair;
}
