// Whether the kernel's clock is kept by NTP (adjtimex(2)): chronyd, ntpd and systemd-timesyncd all tell the kernel.

import { libc } from './libc.ts';
import { NativeBlock } from './native.ts';

/** struct timex on 64-bit Linux: modes at 0, status at 40; modes 0 reads only and needs no privilege. */
const timexSize = 208;
const statusAt = 40;
const unsynced = 0x40;
const lookEveryMillis = 60_000;

export class NtpState {
  readonly #timex = new NativeBlock(timexSize);
  #lookAt = -Infinity;
  #last: boolean | undefined;

  /** The state when it is new; undefined when it is as before, not yet due, or the kernel does not say. */
  changed(monoMillis: number): boolean | undefined {
    if (monoMillis < this.#lookAt) return undefined;
    this.#lookAt = monoMillis + lookEveryMillis;
    const isSynced = this.#read();
    if (isSynced === this.#last) return undefined;
    this.#last = isSynced;
    return isSynced;
  }
  #read(): boolean | undefined {
    this.#timex.bytes.fill(0);
    if (libc.adjtimex(this.#timex.address) < 0) return undefined;
    return (this.#timex.view.getInt32(statusAt, true) & unsynced) === 0;
  }
}
