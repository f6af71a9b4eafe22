// Real DHCP clients, each behind the same three verbs. Their hook script records what they were given.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, type Child } from '../../../src/cli/lab/child.ts';
import type { Space } from './namespaces.ts';

export type ClientKind = 'udhcpc' | 'dhclient' | 'dhcpcd';
export const clientKinds: readonly ClientKind[] = ['udhcpc', 'dhclient', 'dhcpcd'];

/** What a client told its hook script, under one name for all three. Empty: not given (or the client hides it). */
export interface Bound {
  readonly ip: string;
  readonly leaseSeconds: number;
  readonly serverIdentifier: string;
  readonly subnetMask: string;
  readonly routers: string;
  readonly domainNameServers: string;
  readonly domainSearch: string;
  readonly domainName: string;
  readonly hostName: string;
  readonly nextServer: string;
  readonly filename: string;
  /** The variables as the script saw them. */
  readonly raw: Readonly<Record<string, string>>;
}

/** Variable names of each client; the first that is set counts. */
const variables: Readonly<Record<ClientKind, Readonly<Record<Exclude<keyof Bound, 'raw'>, readonly string[]>>>> = {
  udhcpc: {
    ip: ['ip'], leaseSeconds: ['lease'], serverIdentifier: ['serverid'], subnetMask: ['subnet'], routers: ['router'],
    domainNameServers: ['dns'], domainSearch: ['search'], domainName: ['domain'], hostName: ['hostname'],
    nextServer: ['siaddr'], filename: ['boot_file', 'bootfile'],
  },
  dhclient: {
    ip: ['new_ip_address'], leaseSeconds: ['new_dhcp_lease_time'], serverIdentifier: ['new_dhcp_server_identifier'],
    subnetMask: ['new_subnet_mask'], routers: ['new_routers'], domainNameServers: ['new_domain_name_servers'],
    domainSearch: ['new_domain_search'], domainName: ['new_domain_name'], hostName: ['new_host_name'],
    nextServer: ['new_next_server'], filename: ['new_filename'],
  },
  dhcpcd: {
    ip: ['new_ip_address'], leaseSeconds: ['new_dhcp_lease_time'], serverIdentifier: ['new_dhcp_server_identifier'],
    subnetMask: ['new_subnet_mask'], routers: ['new_routers'], domainNameServers: ['new_domain_name_servers'],
    domainSearch: ['new_domain_search'], domainName: ['new_domain_name'], hostName: ['new_host_name'],
    nextServer: ['new_next_server', 'new_siaddr'], filename: ['new_filename'],
  },
};

const script = (eventFile: string): string => `#!/bin/sh
# Records what the client says, and gives the interface its address.
{ echo "event=\${reason:-$1}"; env; echo '--'; } >> ${eventFile}.new
cat ${eventFile}.new >> ${eventFile}; : > ${eventFile}.new
ip=\${ip:-$new_ip_address}
case "\${reason:-$1}" in
  bound|renew|BOUND|RENEW|REBIND|REBOOT) [ -n "$ip" ] && ip addr replace "$ip/24" dev "$interface" ;;
esac
exit 0
`;

/** One client on one interface. The daemon keeps running after `bind`, as on a real machine. */
export class DhcpClient {
  readonly kind: ClientKind;
  readonly host: Space;
  child: Child | undefined;
  readonly #dev: string;
  readonly #folder: string;

  constructor(kind: ClientKind, host: Space, dev: string, folder: string) {
    this.kind = kind;
    this.host = host;
    this.#dev = dev;
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'hook'), script(this.#eventFile), { mode: 0o755 });
  }

  get #eventFile(): string {
    return join(this.#folder, 'events');
  }

  /** Starts the client. It goes on by itself until it is stopped. */
  start(...extra: readonly string[]): Child {
    this.child = this.host.start([...this.#command(), ...extra]);
    return this.child;
  }

  #command(): string[] {
    const hook = join(this.#folder, 'hook');
    switch (this.kind) {
      case 'udhcpc':
        return ['udhcpc', '-f', '-i', this.#dev, '-s', hook, '-t', '5', '-T', '1', '-A', '2', '-O', 'search', '-O', 'bootfile'];
      case 'dhclient':
        writeFileSync(
          join(this.#folder, 'dhclient.conf'),
          'timeout 60; retry 2; initial-interval 1; request subnet-mask, broadcast-address, routers, domain-name, domain-name-servers, domain-search, host-name, ntp-servers;\n',
        );
        return [
          ...['dhclient', '-4', '-d', '-v', '-cf', join(this.#folder, 'dhclient.conf'), '-lf', join(this.#folder, 'dhclient.leases')],
          ...['-pf', join(this.#folder, 'dhclient.pid'), '-sf', hook, this.#dev],
        ];
      case 'dhcpcd':
        writeFileSync(
          join(this.#folder, 'dhcpcd.conf'),
          'hostname\noption domain_name_servers, domain_name, domain_search, host_name, routers, interface_mtu\nrequire dhcp_server_identifier\nnoipv4ll\nnoarp\n',
        );
        return [...this.#dhcpcd(), '-4', '-B', '-d', '-t', '0', '-f', join(this.#folder, 'dhcpcd.conf'), '-c', hook, this.#dev];
    }
  }

  /** dhcpcd with folders of its own, since it knows no flag for them: `ip netns exec` gives it its own mounts. */
  #dhcpcd(): string[] {
    const [state, run] = [join(this.#folder, 'state'), join(this.#folder, 'run')];
    for (const folder of [state, run, '/var/lib/dhcpcd', '/run/dhcpcd']) mkdirSync(folder, { recursive: true });
    const prepare = `mount --bind ${state} /var/lib/dhcpcd && mount --bind ${run} /run/dhcpcd && exec "$0" "$@"`;
    return ['sh', '-c', prepare, 'dhcpcd'];
  }

  /** Every bound, renewed or rebooted lease so far, in order. */
  leases(): Bound[] {
    if (!existsSync(this.#eventFile)) return [];
    return readFileSync(this.#eventFile, 'utf8')
      .split('\n--\n')
      .filter((text) => /^event=(bound|renew|BOUND|RENEW|REBIND|REBOOT)$/m.test(text))
      .map((text) => this.#bound(text));
  }

  #bound(text: string): Bound {
    const raw = Object.fromEntries(text.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
    const of = (name: Exclude<keyof Bound, 'raw'>): string => variables[this.kind][name].map((variable) => raw[variable]).find(Boolean) ?? '';
    return {
      ip: of('ip'), leaseSeconds: Number(of('leaseSeconds')), serverIdentifier: of('serverIdentifier'), subnetMask: of('subnetMask'),
      routers: of('routers'), domainNameServers: of('domainNameServers'), domainSearch: of('domainSearch'), domainName: of('domainName'),
      hostName: of('hostName'), nextServer: of('nextServer'), filename: of('filename'), raw,
    };
  }

  /** Starts the client and waits until it has an address. */
  async bind(millis = 30_000): Promise<Bound> {
    const before = this.leases().length;
    if (this.child === undefined || this.child.hasExited) this.start();
    try {
      return await eventually(`${this.kind} gets an address`, () => this.leases()[before], millis);
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${this.child?.text ?? ''}`, { cause: error });
    }
  }

  /** Asks for more time now. Only udhcpc and dhcpcd can be told to. */
  async renew(millis = 30_000): Promise<Bound> {
    const before = this.leases().length;
    if (this.kind === 'udhcpc') this.child?.process.kill('SIGUSR1');
    else if (this.kind === 'dhcpcd') this.host.run(...this.#dhcpcd(), '-n', this.#dev);
    else throw new Error('dhclient renews when its time comes only');
    return eventually(`${this.kind} renews`, () => this.leases()[before], millis);
  }

  /** Gives the address back and ends. */
  async release(): Promise<void> {
    if (this.kind === 'udhcpc') {
      this.child?.process.kill('SIGUSR2');
      await this.child?.line(/entering released state|performing DHCP release/i);
      await this.child?.stop();
    } else if (this.kind === 'dhclient') {
      await this.child?.stop('SIGKILL');
      const base = this.#command().filter((word) => word !== '-d');
      this.host.run(...base, '-r');
    } else {
      this.host.run(...this.#dhcpcd(), '-k', this.#dev);
      await this.child?.exited;
    }
  }
}
