// The product as it runs and a real ISC dhcpd (or two dhcpds, to compare), as a failover pair on one switch, and a client that
// goes through an exchange message by message.

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { copyFileSync } from 'node:fs';
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

const config = (role: Role): string => `
failover peer "fo" {
  ${role}; address ${addresses[role]}; port 647; peer address ${addresses[other(role)]}; peer port 647;
  max-response-delay 10; max-unacked-updates 10; load balance max seconds 3;
  ${role === 'primary' ? 'mclt 8; split 128;' : ''}
}
authoritative; ddns-update-style none; ping-check false; dhcp-cache-threshold 0; omapi-port 7911;
default-lease-time 120; max-lease-time 120;
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

export interface Bound {
  readonly address: string;
  /** Who answered last. */
  readonly by: Role;
}

export class MixedPair {
  readonly #lab: Lab;
  readonly servers: Record<Role, DhcpServer>;
  readonly #client: Space;
  #capture: Capture | undefined;
  #nextMac = 1;
  /** What runs that are over said. */
  readonly #said: Record<Role, string[]> = { primary: [], secondary: [] };

  constructor(lab: Lab, kinds: Readonly<Record<Role, ServerKind>>) {
    this.#lab = lab;
    const server = (role: Role): DhcpServer => this.#server(role, kinds[role], lab.host(role, { cidr: `${addresses[role]}/24` }));
    this.servers = { primary: server('primary'), secondary: server('secondary') };
    this.#client = lab.host('client', { cidr: '10.78.0.9/24' });
  }

  #server(role: Role, kind: ServerKind, host: Space): DhcpServer {
    return this.#lab.server({ kind, host, config: config(role), interfaceNames: ['eth0'] });
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
    await eventually('a shared pool', () => (roles.every((role) => this.servers[role].leases().includes('binding state backup;')) ? true : undefined));
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

  // ── Judges ──

  /** Both lease files name this client, and no other, as the holder. */
  async isKnownToBoth(mac: string, address: string): Promise<void> {
    for (const role of roles)
      await eventually(`${address} of ${mac} at the ${role}`, () => {
        const record = this.servers[role].leases().split('\nlease ').filter((text) => text.startsWith(`${address} `)).at(-1) ?? '';
        return record.includes('binding state active;') && record.includes(`hardware ethernet ${mac};`) ? true : undefined;
      });
  }
  /** A lease that both know and that runs for its full time: the first grant lasts MCLT only. */
  async settledLease(mac: string): Promise<string> {
    const { address } = await this.fresh(mac);
    await this.isKnownToBoth(mac, address);
    const again = await this.rebind(mac, address);
    assert.ok(again !== undefined && again !== 'nak' && again.address === address, 'the lease is renewed');
    await this.isKnownToBoth(mac, address);
    return address;
  }
  /** Wireshark finds no malformed field in what the two said. */
  async wireIsWellFormed(): Promise<void> {
    const capture = this.#capture;
    assert.ok(capture !== undefined);
    await capture.holds('dhcpfo');
    await capture.stop();
    assert.deepEqual(capture.read('dhcpfo && _ws.malformed', ['frame.number', '_ws.col.Info']), []);
  }
  /** Every message that each node sent; ends the capture. */
  async said(): Promise<Record<Role, WireMessage[]>> {
    const capture = this.#capture;
    assert.ok(capture !== undefined);
    await capture.stop();
    return { primary: saidBy(capture, addresses.primary).flat(), secondary: saidBy(capture, addresses.secondary).flat() };
  }
  /** `set local-state = N` at a dhcpd. */
  omshell(role: Role, state: number): void {
    setLocalState(this.servers[role].host.name, 'fo', state);
  }
}

export const requestOf = (mac: string, offer: CraftedReply, secs = 0): CraftedMessage => ({
  type: 3, mac, secs, options: { 50: hexOf(offer.yiaddr), 54: offer.options[54] ?? '' },
});
const hexOf = (address: string): string => address.split('.').map((part) => Number(part).toString(16).padStart(2, '0')).join('');
export const answeredBy = (reply: CraftedReply): Role => (reply.options[54] === hexOf(addresses.primary) ? 'primary' : 'secondary');
const boundBy = (ack: CraftedReply): Bound => ({ address: ack.yiaddr, by: answeredBy(ack) });

/** A pair that is normal, taken down with the test. */
export async function openPair(t: TestContext, kinds: Readonly<Record<Role, ServerKind>>): Promise<MixedPair> {
  const pair = new MixedPair(await openLab(t), kinds);
  await pair.start();
  return pair;
}
