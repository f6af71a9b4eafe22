// Names of boot files as clients write them, made relative to the root. What is not a plain path below it never reaches the disk.

import { err, ok, type Result } from '../std/result.ts';

/** `escape`: leads out of the root. `name`: empty, a NUL or another control character, or longer than a path may be. */
export type PathFault = 'escape' | 'name';

const pathSizeMax = 1_024;
const partSizeMax = 255;

/**
 * `/pxelinux.cfg//default` and Windows loaders' `\Boot\BCD` become `pxelinux.cfg/default` and `Boot/BCD`; `..` is refused even
 * where it would stay inside, because nothing that boots needs it.
 */
export function bootPath(name: string): Result<string, PathFault> {
  // oxlint-disable-next-line no-control-regex -- exactly these are refused
  if (name.length > pathSizeMax || /[\u0000-\u001f\u007f]/.test(name)) return err('name');
  const parts = name.replaceAll('\\', '/').split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) return err('escape');
  if (parts.length === 0 || parts.some((part) => part.length > partSizeMax)) return err('name');
  return ok(parts.join('/'));
}

/** The path of an HTTP request target: its percent signs decoded once, without query; undefined when they are malformed. */
export function pathOfTarget(target: string): string | undefined {
  const [path = ''] = target.replace(/^https?:\/\/[^/]*/i, '').split(/[?#]/);
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
