// Configurations made by a seed: half sensible, half wrong in ways that only show when declarations are compared.

import { Prng } from '../../src/std/prng.ts';

type Line = () => string;

export class ConfigMaker {
  readonly #random: Prng;
  constructor(seed: number) {
    this.#random = new Prng(seed);
  }

  #n(low: number, high: number): number {
    return this.#random.between(low, high);
  }
  #one<T>(items: readonly T[]): T {
    return this.#random.pick(items);
  }
  #some(count: number, makers: readonly Line[]): string {
    return Array.from({ length: count }, () => this.#one(makers)()).join('\n');
  }

  #parameter(): string {
    const secret = this.#one(['abcd', 'ab==', 'seKFiO/m7j82Du1eg6ueJA==', 'abc']);
    return this.#one([
      `default-lease-time ${this.#one([-1, 0, 600, 99999])};`,
      'max-lease-time infinite;',
      'option routers 10.0.0.1;',
      'option domain-name "x";',
      'next-server a.b;',
      'filename "f";',
      'deny unknown-clients;',
      'ignore client-updates;',
      'authoritative;',
      'not authoritative;',
      'autoritative;',
      'if known { option domain-name "k"; } else { deny bootp; }',
      'option host-name = concat("a", "b");',
      'on commit { set z = "1"; }',
      'use-host-decl-names on;',
      'vendor-option-space foo;',
      'omapi-port 7911;',
      `key k${this.#n(0, 2)} { algorithm hmac-md5; secret ${secret}; }`,
      `zone z${this.#n(0, 2)}. { primary 10.0.0.1; ${this.#one(['', 'key k0;', 'key k1;'])} }`,
    ]);
  }
  #range(net: number): string {
    const low = this.#n(1, 250);
    const high = this.#random.chance(0.8) ? Math.min(low + this.#n(0, 6), 254) : this.#n(1, 250);
    const subnet = this.#random.chance(0.95) ? net : 9;
    const end = this.#random.chance(0.5) ? ` 10.${net}.0.${high}` : '';
    return `range ${this.#random.chance(0.25) ? 'dynamic-bootp ' : ''}10.${subnet}.0.${low}${end};`;
  }
  #pool(net: number): string {
    const range: Line = () => this.#range(net);
    const permits: readonly Line[] = [
      () => `allow members of "c${this.#n(0, 2)}";`,
      () => 'deny unknown-clients;',
      () => 'allow known-clients;',
      () => 'deny dynamic bootp clients;',
      () => `allow after epoch ${this.#n(1, 9)};`,
    ];
    return `pool {\n${this.#some(this.#n(0, 4), [range, range, () => `failover peer "f${this.#n(0, 1)}";`, ...permits, () => this.#parameter(), () => this.#host()])}\n}`;
  }
  #host(): string {
    const body = this.#some(this.#n(0, 4), [
      () => `hardware ethernet 0:1:2:3:4:${this.#n(0, 5)};`,
      () => `fixed-address 10.0.0.${this.#n(1, 40)};`,
      () => `uid "a${this.#n(0, 3)}";`,
      () => 'option dhcp-client-identifier "q";',
      () => `group "g${this.#n(0, 1)}";`,
      () => 'host-identifier option agent.circuit-id "a";',
      () => this.#parameter(),
      () => 'dynamic;',
      () => 'deleted;',
    ]);
    return `host h${this.#n(0, 12)} {\n${body}\n}`;
  }
  #class(): string {
    if (this.#random.chance(0.3))
      return `subclass "c${this.#n(0, 2)}" ${this.#one(['"x"', '1:2:3'])}${this.#one([';', ' { option domain-name "s"; }', ' { lease limit 2; }'])}`;
    const body = this.#some(this.#n(0, 2), [
      () => 'match if known;',
      () => 'match hardware;',
      () => 'spawn with option host-name;',
      () => 'lease limit 3;',
      () => this.#parameter(),
    ]);
    return `class "c${this.#n(0, 2)}" {\n${body}\n}`;
  }
  #subnet(net: number): string {
    const mask = this.#one([
      '255.255.255.0',
      '255.255.255.0',
      '255.255.255.0',
      '255.255.0.0',
      '255.255.255.128',
    ]);
    const range: Line = () => this.#range(net);
    const pool: Line = () => this.#pool(net);
    const body = this.#some(this.#n(0, 5), [
      range,
      range,
      pool,
      pool,
      () => this.#parameter(),
      () => this.#host(),
      () => this.#class(),
      () => `interface eth${this.#n(0, 1)};`,
      () => `group {\n${this.#host()}\n${this.#parameter()}\n}`,
    ]);
    return `subnet 10.${net}.0.0 netmask ${mask} {\n${body}\n}`;
  }
  #peer(): string {
    const maybe = (probability: number, text: string): string =>
      this.#random.chance(probability) ? text : '';
    const members = [
      this.#one(['primary;', 'secondary;', '']),
      maybe(0.9, 'address 10.0.0.2;'),
      maybe(0.9, 'peer address 10.0.0.3;'),
      maybe(0.8, `mclt ${this.#one([60, 0])};`),
      maybe(0.7, `split ${this.#one([128, 255, 257, 0])};`),
      maybe(0.6, `load balance max seconds ${this.#one([0, 3])};`),
    ];
    return `failover peer "f${this.#n(0, 1)}" {\n${members.filter((member) => member !== '').join('\n')}\n}`;
  }
  #network(): string {
    const net = this.#n(0, 3);
    const first = this.#one(['', 'failover peer "f0";', this.#parameter(), this.#peer()]);
    return `shared-network s${net} {\n${first}\n${this.#subnet(net)}\n${this.#one(['', this.#pool(net)])}\n}`;
  }

  file(): string {
    const host: Line = () => this.#host();
    const subnet: Line = () => this.#subnet(this.#n(0, 3));
    const makers: readonly Line[] = [
      () => this.#peer(),
      () => this.#class(),
      () => this.#class(),
      () => this.#parameter(),
      host,
      host,
      () => `group ${this.#one(['', 'g0', 'g1'])} {\n${this.#one(['', this.#host()])}\n}`,
      () => this.#network(),
      () => this.#one(['omapi-key k0;', 'ddns-update-style interim;', 'ddns-update-style ad-hoc;']),
      subnet,
      subnet,
    ];
    return `${this.#some(this.#n(1, 7), makers)}\n`;
  }
}
