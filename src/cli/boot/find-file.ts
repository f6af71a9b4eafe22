// One boot file as the file server would find it, and whether the file server's user could read it.

import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fromLatin1 } from '../../std/bytes.ts';
import type { Ipv4 } from '../../std/ipv4.ts';
import type { MachineFiles } from '../../boot/machine-files.ts';
import { bootDefaults } from '../../config/boot-settings.ts';
import type { ServerConfig } from '../../model/server-config.ts';
import { BootFiles, type BootFault } from '../../shell/boot/boot-files.ts';
import { nearName } from '../../shell/boot/near-name.ts';
import { lookUpIdentity, type Identity } from '../../shell/privileges.ts';
import type { Finding } from './preview.ts';

const problems: Readonly<Record<BootFault, string>> = {
  missing: 'not there', kind: 'not a regular file', name: 'no file name', escape: 'the name leads out of the root',
  outside: 'a symbolic link leads out of the root', unreadable: 'may not be read', failed: 'cannot be read',
};
/** Files up to this size, without a NUL byte, are shown. */
const shownSizeMax = 16_384;

/** Whether the permission bits let them: 4 read, 1 pass through a folder. */
function allows(path: string, { uid, groups }: Identity, bit: 4 | 1): boolean {
  const { mode, uid: owner, gid } = statSync(path);
  const shift = owner === uid ? 6 : groups.includes(gid) ? 3 : 0;
  return uid === 0 || ((mode >> shift) & bit) !== 0;
}
function foldersAbove(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [] : [...foldersAbove(parent), parent];
}

/** What keeps a user from a file; undefined when nothing does. */
function barrier(path: string, user: string): string | undefined {
  const identity = lookUpIdentity(user, undefined);
  if (!identity.ok) return identity.error;
  const folder = foldersAbove(path).find((each) => !allows(each, identity.value, 1));
  if (folder !== undefined) return `user ${user} may not enter ${folder} (chmod o+x)`;
  return allows(path, identity.value, 4) ? undefined : `user ${user} may not read it (chmod o+r)`;
}

export async function findFile({ leasehold }: ServerConfig, machines: MachineFiles, name: string, node: Ipv4): Promise<Finding> {
  const { root, user } = leasehold.boot ?? bootDefaults;
  const opened = await new BootFiles(root, machines).open(name, node);
  if (!opened.ok) {
    const near = opened.error === 'missing' ? nearName(root, name) : undefined;
    return { isThere: false, problem: problems[opened.error], ...(near === undefined ? {} : { near }) };
  }
  const file = opened.value;
  try {
    const isMade = file.modified === undefined;
    const path = file.found.startsWith('/') ? file.found : `${root}/${file.found === '' ? file.path : file.found}`;
    const problem = isMade ? undefined : barrier(path, user);
    if (problem !== undefined) return { isThere: false, problem };
    const bytes = file.size <= shownSizeMax ? await file.read(0, file.size) : undefined;
    const text = bytes === undefined || bytes.includes(0) ? undefined : fromLatin1(bytes);
    return { isThere: true, from: isMade ? (file.profile === '' ? 'made by the server' : `made from profile ${file.profile}`) : path, size: file.size, text };
  } finally {
    file.close();
  }
}
