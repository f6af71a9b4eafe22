// Names of configuration files that carry a MAC address: `pxelinux.cfg/01-52-54-00-aa-00-01`, `grub.cfg-01-52-54-…` and
// `ipxe/01-52-54-….ipxe`. Loaders ask in lower case with dashes; people write them otherwise, and their machine then boots the
// default instead.

export interface MacName {
  /** Up to the last slash, empty at the root. */
  readonly folder: string;
  /** Hardware type and address, hex digits in lower case: `0152540…`. */
  readonly digits: string;
  readonly form: 'pxelinux' | 'grub' | 'ipxe';
}

/** Hardware type, then six bytes; a dash, colon, dot, underscore or nothing between them. */
const macPattern = /^([0-9a-f]{2})[-:._]?([0-9a-f]{2}(?:[-:._]?[0-9a-f]{2}){5})$/i;
const grubPattern = /^(grub\.cfg-)(.*)$/;
const scriptPattern = /^(.*)\.ipxe$/i;

/** undefined for any other path. */
export function macNameOf(path: string): MacName | undefined {
  const slash = path.lastIndexOf('/');
  const folder = path.slice(0, Math.max(slash, 0));
  const name = path.slice(slash + 1);
  const script = scriptPattern.exec(name)?.[1];
  const [, prefix = '', rest = script ?? name] = grubPattern.exec(name) ?? [];
  const isPxelinux = folder === 'pxelinux.cfg' || folder.endsWith('/pxelinux.cfg');
  const form = prefix !== '' ? 'grub' : script !== undefined ? 'ipxe' : isPxelinux ? 'pxelinux' : undefined;
  const match = macPattern.exec(rest);
  if (form === undefined || match === null) return undefined;
  return { folder, digits: rest.replace(/[-:._]/g, '').toLowerCase(), form };
}

/** Of the names in its folder, the one that means the same machine; the first in order where there are several. */
export function sameMachine(wanted: MacName, names: readonly string[]): string | undefined {
  return names
    .filter((name) => {
      const other = macNameOf(wanted.folder === '' ? name : `${wanted.folder}/${name}`);
      return other !== undefined && other.form === wanted.form && other.digits === wanted.digits;
    })
    .toSorted()[0];
}
