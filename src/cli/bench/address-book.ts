// Which client of the load holds which address: finds one address given to two clients.

/** Knuth's multiplicative constant: spreads neighbouring addresses. */
const spread = 0x9e3779b1;

/** Open addressing over typed arrays. PERF: no allocation per lease. */
export class AddressBook {
  /** Address of each client, 0 for none. */
  readonly addresses: Uint32Array;
  readonly #keys: Uint32Array;
  readonly #holders: Int32Array;
  readonly #mask: number;

  constructor(clients: number) {
    const size = 2 ** Math.ceil(Math.log2(clients * 4 + 16));
    this.addresses = new Uint32Array(clients);
    this.#keys = new Uint32Array(size);
    this.#holders = new Int32Array(size).fill(-1);
    this.#mask = size - 1;
  }

  /** Records that `client` was acknowledged `address`; false when another client of the load still holds it. */
  take(client: number, address: number): boolean {
    const before = this.addresses[client] ?? 0;
    if (before === address) return true;
    if (before !== 0) this.#holders[this.#find(before)] = -1;
    const at = this.#find(address);
    const holder = this.#holders[at] ?? -1;
    this.#keys[at] = address;
    this.#holders[at] = client;
    this.addresses[client] = address;
    if (holder >= 0) this.addresses[holder] = 0;
    return holder < 0;
  }

  forget(client: number): void {
    const address = this.addresses[client] ?? 0;
    if (address !== 0) this.#holders[this.#find(address)] = -1;
    this.addresses[client] = 0;
  }

  /** Where the address is or would be. Keys stay once written, so that a search never misses what lies behind. */
  #find(address: number): number {
    let at = (Math.imul(address, spread) >>> 8) & this.#mask;
    for (let steps = 0; steps <= this.#mask; steps++) {
      const key = this.#keys[at];
      if (key === 0 || key === address) return at;
      at = (at + 1) & this.#mask;
    }
    throw new Error('more addresses were given than the load has clients to keep');
  }
}
