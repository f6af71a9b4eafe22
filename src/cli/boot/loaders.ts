// What a loader asks for once it runs, by the name it was fetched under, and what its configuration makes it fetch
// (pxe-boot reference §3).

import { ipv4ToBytes, type Ipv4 } from '../../std/ipv4.ts';
import { toHex } from '../../std/bytes.ts';

export type LoaderKind = 'pxelinux' | 'shim' | 'grub' | 'ipxe' | 'script' | 'unknown';

const kinds: readonly (readonly [pattern: RegExp, kind: LoaderKind])[] = [
  [/^l?pxelinux\.0$/i, 'pxelinux'],
  [/^shim.*\.efi/i, 'shim'],
  [/^(undionly.*\.k?pxe|ipxe.*\.(efi|pxe|kpxe|lkrn)|snponly.*\.efi)$/i, 'ipxe'],
  [/\.(ipxe|php|cgi)$/i, 'script'],
  [/^(grub|core|boot(x64|aa64|ia32|arm|riscv64|loongarch64)).*\.(efi|elf|0|signed)$/i, 'grub'],
];
const splitPath = (path: string): readonly [folder: string, name: string] => {
  const slash = path.lastIndexOf('/');
  return [path.slice(0, Math.max(slash, 0)), path.slice(slash + 1)];
};
const join = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);

export const loaderKindOf = (path: string): LoaderKind => kinds.find(([pattern]) => pattern.test(splitPath(path)[1]))?.[1] ?? 'unknown';

/** `needed`: without them it stops. `oneOf`: the first that is there is its configuration. */
export interface Wishes {
  readonly needed: readonly string[];
  readonly oneOf: readonly string[];
}

/** `0A4D0066`, then one digit less each time. */
const hexNames = (ip: Ipv4): string[] => {
  const digits = toHex(ipv4ToBytes(ip)).toUpperCase();
  return Array.from({ length: digits.length }, (_, cut) => digits.slice(0, digits.length - cut));
};
const macName = (mac: Uint8Array): string => `01-${toHex(mac, '-')}`;

/** `mac`: six bytes. A name by UUID comes first with pxelinux and is not known here. */
export function wishesOf(kind: LoaderKind, path: string, mac: Uint8Array, ip: Ipv4): Wishes {
  const [folder, name] = splitPath(path);
  switch (kind) {
    case 'pxelinux': {
      const names = [macName(mac), ...hexNames(ip), 'default'];
      return { needed: [join(folder, 'ldlinux.c32')], oneOf: names.map((each) => join(folder, `pxelinux.cfg/${each}`)) };
    }
    case 'shim': return { needed: [join(folder, name.replace(/^shim/i, 'grub').replace(/\.signed$/i, ''))], oneOf: grubNames(folder, mac, ip) };
    case 'grub': return { needed: [], oneOf: grubNames(folder, mac, ip) };
    default: return { needed: [], oneOf: [] };
  }
}

/** Which folder it is, the image says: /grub for the images of distributions, else often its own. */
function grubNames(folder: string, mac: Uint8Array, ip: Ipv4): string[] {
  const folders = [...new Set(['grub', folder, join(folder, 'grub')])];
  const names = [`grub.cfg-${macName(mac)}`, ...hexNames(ip).map((digits) => `grub.cfg-${digits}`), 'grub.cfg'];
  return names.flatMap((each) => folders.map((one) => join(one, each)));
}

/** Of a configuration's words: files that it makes the loader fetch, in its order, without URLs and variables. */
export function filesIn(kind: LoaderKind, path: string, text: string): string[] {
  const folder = splitPath(path)[0].replace(/(^|\/)pxelinux\.cfg$/, '');
  const found = text.split('\n').flatMap((line) => (kind === 'pxelinux' ? pxelinuxFiles(line, folder) : commandFiles(line)));
  return [...new Set(found)].filter((name) => name !== '' && !/[$]|:\/\//.test(name));
}
/** Of a configuration's words: whole URLs, without those that a loader's variables make. */
export const urlsIn = (text: string): string[] =>
  [...new Set(text.match(/\bhttps?:\/\/[^\s'"]+/g) ?? [])].filter((url) => !url.includes('$') && !url.endsWith('/'));

function pxelinuxFiles(line: string, folder: string): string[] {
  const [, word = '', rest = ''] = /^\s*(kernel|linux|initrd|append|com32)\s+(.*\S)/i.exec(line) ?? [];
  const list = word.toLowerCase() === 'append' ? (/(?:^|\s)initrd=(\S+)/.exec(rest)?.[1] ?? '') : rest.split(/\s/)[0] ?? '';
  return list.split(',').map((name) => (name.startsWith('::') ? name.slice(2) : name === '' ? '' : join(folder, name.replace(/^\/+/, ''))));
}
function commandFiles(line: string): string[] {
  const [, word = '', rest = ''] = /^\s*(?:if\s+)?(linux|linuxefi|initrd|initrdefi|kernel|chain)\s+(.*?)(?:;\s*then)?$/.exec(line) ?? [];
  const words = rest.replace(/^(--\w+ \S+ )+/, '').split(/\s+/).map((each) => each.replace(/^'(.*)'$/, '$1'));
  const files = word.startsWith('initrd') ? words.slice(0, words.includes('||') ? words.indexOf('||') : undefined) : words.slice(0, 1);
  return files.map((name) => name.replace(/^\/+/, ''));
}

