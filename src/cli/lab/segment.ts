// A switch: a bridge in a namespace of its own, whose ports can be cut in one direction or both.

import { cable, Space } from './namespaces.ts';

/** `from-host`: what the host sends is lost. `to-host`: it hears nothing. */
export type Direction = 'from-host' | 'to-host' | 'both';

/** There where the kernel has it (bridge netfilter); of each network namespace its own. */
const firewallHook = '/proc/sys/net/bridge/bridge-nf-call-iptables';

export class Segment {
  readonly space: Space;
  readonly #ports = new Map<Space, string>();

  constructor(label: string) {
    this.space = new Space(label);
    this.space.ip('link', 'add', 'br0', 'type', 'bridge', 'mcast_snooping', '0');
    this.space.up('br0');
    // A switch asks no firewall about the frames it forwards.
    this.space.run('sh', '-c', `[ ! -e ${firewallHook} ] || echo 0 > ${firewallHook}`);
  }

  /** Plugs the host's new interface `dev` in. */
  plug(host: Space, dev: string, mac?: string): void {
    const port = `p${this.#ports.size}`;
    cable(host, dev, this.space, port);
    if (mac !== undefined) host.ip('link', 'set', dev, 'address', mac);
    this.space.ip('link', 'set', port, 'master', 'br0');
    this.#ports.set(host, port);
  }

  /** Silently loses frames of the host's port until `heal`. */
  cut(host: Space, direction: Direction = 'both'): void {
    const port = this.#ports.get(host);
    if (port === undefined) throw new Error(`${host.name} is not plugged in here`);
    const rules = [
      'add table bridge cut',
      'add chain bridge cut forward { type filter hook forward priority 0; }',
      ...(direction === 'to-host' ? [] : [`add rule bridge cut forward iifname ${port} drop`]),
      ...(direction === 'from-host' ? [] : [`add rule bridge cut forward oifname ${port} drop`]),
    ];
    this.space.run('nft', rules.join('; '));
  }

  /** Ends every cut. */
  heal(): void {
    this.space.run('nft', 'add table bridge cut; delete table bridge cut');
  }

  close(): Promise<void> {
    return this.space.close();
  }
}
