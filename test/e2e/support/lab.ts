// A laboratory: switches, hosts, servers, clients and relays in network namespaces, removed again with the test.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import type { TestContext } from 'node:test';
import { DhcpClient, type ClientKind } from './dhcp-clients.ts';
import { DhcpServer, subject, type ServerKind, type ServerOptions } from './dhcp-servers.ts';
import { Capture } from './capture.ts';
import { removeLeftovers, Space } from './namespaces.ts';
import { Segment } from '../../../src/cli/lab/segment.ts';
import { craft, type CraftedMessage, type CraftedReply } from './crafted.ts';

export { skipWithout } from './namespaces.ts';

/** Every server of a lab stands here unless the test says otherwise. */
export const defaultServerCidr = '192.168.50.80/24';

export interface HostOptions {
  readonly mac?: string;
  readonly cidr?: string;
  readonly on?: Segment;
}

export class Lab {
  readonly folder = mkdtempSync(join(tmpdir(), 'leasehold-lab-'));
  readonly lan: Segment;
  readonly #closing: (() => void | Promise<void>)[] = [];
  #count = 0;

  constructor() {
    this.lan = this.segment('lan');
  }

  segment(label: string): Segment {
    const segment = new Segment(label);
    this.#closing.unshift(() => segment.close());
    return segment;
  }

  /** A machine with `eth0` on the LAN. */
  host(label: string, { mac, cidr, on = this.lan }: HostOptions = {}): Space {
    const space = new Space(label);
    this.#closing.unshift(() => space.close());
    on.plug(space, 'eth0', mac);
    if (cidr !== undefined) space.address('eth0', cidr);
    return space;
  }

  /** A server of the kind under test, not started. */
  server(options: ServerOptions & { readonly kind?: ServerKind; readonly host?: Space; readonly cidr?: string }): DhcpServer {
    const host = options.host ?? this.host('server', { cidr: options.cidr ?? defaultServerCidr });
    const server = new DhcpServer(options.kind ?? subject, host, join(this.folder, `server-${this.#count++}`), options);
    // After its host, whose processes hold the files.
    this.#closing.push(() => server.close());
    return server;
  }

  client(kind: ClientKind, mac: string, on: Segment = this.lan): DhcpClient {
    return this.clientOn(kind, this.host(kind, { mac, on }));
  }
  clientOn(kind: ClientKind, host: Space): DhcpClient {
    return new DhcpClient(kind, host, 'eth0', join(this.folder, `client-${this.#count++}`));
  }

  /** dhcrelay between two segments; clients behind it get `cidr`'s subnet. */
  relay(inner: Segment, cidr: string, outerCidr: string, serverAddress: string, ...flags: readonly string[]): Space {
    const host = new Space('relay');
    this.#closing.unshift(() => host.close());
    inner.plug(host, 'eth0');
    this.lan.plug(host, 'eth1');
    host.address('eth0', cidr).address('eth1', outerCidr);
    host.run('sysctl', '-qw', 'net.ipv4.ip_forward=1');
    host.start(['dhcrelay', '-4', '-d', '--no-pid', ...flags, '-i', 'eth0', '-i', 'eth1', serverAddress]);
    return host;
  }

  /** Sends crafted messages from a host, one after another, and returns what came back for each. */
  craft(host: Space, messages: readonly CraftedMessage[], waitMillis = 1_500): Promise<(CraftedReply | undefined)[]> {
    return craft(host, messages, waitMillis);
  }

  /** Captures what passes a host's interface until `stop`. */
  capture(host: Space, dev: string, filter: string): Promise<Capture> {
    return Capture.start(host, dev, filter, join(this.folder, `capture-${this.#count++}.pcap`));
  }

  async close(): Promise<void> {
    for (const close of this.#closing) await close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

let isPrepared = false;

/** A new lab; it is taken down with the test. */
export async function openLab(t: TestContext): Promise<Lab> {
  if (!isPrepared) {
    removeLeftovers();
    // The program under test is the built one, as operators run it.
    if (subject === 'leasehold') execFileSync(process.execPath, ['--import', 'tsx', 'tools/build.ts'], { stdio: 'inherit' });
    isPrepared = true;
  }
  const lab = new Lab();
  t.after(() => lab.close());
  return lab;
}
