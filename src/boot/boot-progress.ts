// Whether a machine has fetched what it boots once: its file with its MAC address in the name, then the kernel and every initrd of
// the profile that the file was made from, each to its end. The file tells which machine is behind an address.

import type { BootFetched } from '../model/boot-choice.ts';
import { bootPath, pathOfTarget } from './boot-path.ts';
import { macNameOf } from './mac-name.ts';
import type { MachineFiles } from './machine-files.ts';

/** What is told of a file that arrived whole. */
export interface SentFile {
  readonly protocol: 'tftp' | 'http';
  readonly client: string;
  /** As the client wrote it. */
  readonly name: string;
  /** The profile that it was made from; else empty. */
  readonly profile: string;
}

/** Machines in the middle of their boot; the one that began longest ago gives way. */
export const bootsMax = 4_096;
/** Ethernet, in front of the address in a loader's name for it. */
const ethernet = '01';

const pathOf = ({ protocol, name }: SentFile): string | undefined => {
  const text = protocol === 'http' ? pathOfTarget(name) : name;
  const path = text === undefined ? undefined : bootPath(text);
  return path?.ok === true ? path.value : undefined;
};

export class BootProgress {
  readonly #files: MachineFiles;
  /** By address: what is still to be fetched. */
  readonly #boots = new Map<string, { readonly fetched: BootFetched; readonly missing: Set<string> }>();

  constructor(files: MachineFiles) {
    this.#files = files;
  }

  /** The machine whose last file this was. */
  sent(file: SentFile): BootFetched | undefined {
    const path = pathOf(file);
    if (path === undefined) return undefined;
    const digits = macNameOf(path)?.digits;
    if (digits?.startsWith(ethernet) === true) return this.#begin(file, digits.slice(2));
    const boot = this.#boots.get(file.client);
    boot?.missing.delete(path);
    if (boot === undefined || boot.missing.size > 0) return undefined;
    this.#boots.delete(file.client);
    return boot.fetched;
  }

  /** A file that is on disk or says to boot from there begins nothing, and ends what was begun. */
  #begin({ client, profile }: SentFile, mac: string): undefined {
    this.#boots.delete(client);
    const once = profile === '' ? undefined : this.#files.onceOf(mac);
    if (once === undefined) return;
    this.#boots.set(client, { fetched: once.fetched, missing: new Set(once.paths) });
    for (const oldest of this.#boots.keys())
      if (this.#boots.size > bootsMax) this.#boots.delete(oldest);
      else break;
  }
}
