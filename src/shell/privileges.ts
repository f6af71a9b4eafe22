// -user, -group and -chroot: another user with only the capabilities a DHCP server needs.
// Why by execve and not process.setuid: that drops every capability, and capset changes one thread of the many a Node
// process has. Ambient capabilities (capabilities(7)) raised by this thread before execve belong to all of the next image.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { err, ok, type Result } from '../std/result.ts';
import { hasReadinessPipe, readyFd } from './daemon.ts';
import { ownCommandLine, replaceProcess } from './exec.ts';
import { errnoName, libc } from './libc.ts';
import { NativeBlock } from './native.ts';

/** linux/capability.h */
const CAP = { netBindService: 10, netRaw: 13, sysChroot: 18, sysNice: 23 } as const;
const PR = { setKeepCaps: 8, noNewPrivileges: 38, capAmbient: 47, ambientRaise: 2, ambientClear: 4 } as const;
const capabilityVersion = 0x20080522;
/** Set for the second image, so that it does not drop again. */
const marker = 'LEASEHOLD_PRIVILEGES';

export interface Identity {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/** Fields of the first line of `file` that `matches`, then of what getent(1) knows (LDAP and the like). */
function entry(database: 'passwd' | 'group', name: string): string[] | undefined {
  const matches = (line: string): boolean => line.split(':')[0] === name || line.split(':')[2] === name;
  const find = (text: string): string[] | undefined => text.split('\n').find(matches)?.split(':');
  const own = find(readFileSync(`/etc/${database}`, 'utf8'));
  if (own !== undefined) return own;
  try {
    return find(execFileSync('getent', [database, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return undefined;
  }
}

export function lookUpIdentity(user: string | undefined, group: string | undefined): Result<Identity, string> {
  const passwd = user === undefined ? undefined : entry('passwd', user);
  if (user !== undefined && passwd === undefined) return err(`no such user: ${user}`);
  const groupEntry = group === undefined ? undefined : entry('group', group);
  if (group !== undefined && groupEntry === undefined) return err(`no such group: ${group}`);
  const uid = Number(passwd?.[2] ?? process.getuid?.() ?? 0);
  const gid = Number(groupEntry?.[2] ?? passwd?.[3] ?? process.getgid?.() ?? 0);
  const groups = readFileSync('/etc/group', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => passwd !== undefined && (fields[3] ?? '').split(',').includes(passwd[0] ?? ''))
    .map((fields) => Number(fields[2]));
  return ok({ uid, gid, groups: [...new Set([gid, ...groups])] });
}

/** Whether this process may do now what the capability is for (capabilities(7)). */
export function hasCapability(name: keyof typeof CAP): boolean {
  const [, effective = '0'] = /^CapEff:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return (BigInt(`0x${effective}`) & (1n << BigInt(CAP[name]))) !== 0n;
}

export const isDropped = (): boolean => process.env[marker] === 'dropped';

/**
 * Becomes that user and starts this program again with the same words; returns only on failure. Call before anything
 * is opened. With `keepsChroot` the next image may still call chroot(2).
 */
export function dropPrivileges(identity: Identity, keepsChroot: boolean): string {
  const capabilities: number[] = [CAP.netBindService, CAP.netRaw, ...(keepsChroot ? [CAP.sysChroot] : [])];
  const problem = becomeUser(identity) ?? raiseAmbient(capabilities);
  if (problem !== undefined) return problem;
  return replaceProcess(ownCommandLine(), { ...process.env, [marker]: 'dropped' }, hasReadinessPipe() ? [readyFd] : []);
}

/**
 * Starts this program again with the same words as a user without any capability, keeping `kept` descriptors; returns only on
 * failure. `identity` undefined: the user stays. Linux gives a new image of a plain user no capability but its ambient ones.
 */
export function replaceAsPlainUser(identity: Identity | undefined, environment: NodeJS.ProcessEnv, kept: readonly number[]): string {
  const problem = identity === undefined ? undefined : becomeUser(identity);
  if (problem !== undefined) return problem;
  if (libc.prctl(PR.capAmbient, PR.ambientClear, 0, 0, 0) < 0) return `clear ambient capabilities: ${errnoName()}`;
  libc.prctl(PR.noNewPrivileges, 1, 0, 0, 0);
  return replaceProcess(ownCommandLine(), environment, kept);
}

function becomeUser({ uid, gid, groups }: Identity): string | undefined {
  const list = new NativeBlock(groups.length * 4);
  for (const [i, id] of groups.entries()) list.view.setUint32(i * 4, id, true);
  if (libc.setgroups(groups.length, list.address) < 0) return `setgroups: ${errnoName()}`;
  if (libc.setresgid(gid, gid, gid) < 0) return `setgid: ${errnoName()}`;
  if (libc.prctl(PR.setKeepCaps, 1, 0, 0, 0) < 0) return `keep capabilities: ${errnoName()}`;
  if (libc.setresuid(uid, uid, uid) < 0) return `setuid: ${errnoName()}`;
  return undefined;
}

function setCapabilities(capabilities: readonly number[]): string | undefined {
  const header = new NativeBlock(8);
  header.view.setUint32(0, capabilityVersion, true);
  const mask = capabilities.reduce((bits, capability) => bits | (1 << capability), 0) >>> 0;
  const data = new NativeBlock(24);
  for (let set = 0; set < 3; set++) data.view.setUint32(set * 4, mask, true);
  return libc.capset(header.address, data.address) < 0 ? `capset: ${errnoName()}` : undefined;
}

function raiseAmbient(capabilities: readonly number[]): string | undefined {
  const problem = setCapabilities(capabilities);
  if (problem !== undefined) return problem;
  for (const capability of capabilities)
    if (libc.prctl(PR.capAmbient, PR.ambientRaise, capability, 0, 0) < 0)
      return `ambient capability ${capability}: ${errnoName()}`;
  return undefined;
}

/** chroot(2) and its `cd /`; every path given on the command line lies inside from now on, as with dhcpd. */
export function changeRoot(directory: string): string | undefined {
  const path = Buffer.from(`${directory}\0`);
  const block = new NativeBlock(path.length);
  block.bytes.set(path);
  if (libc.chroot(block.address) < 0) return `chroot(${directory}): ${errnoName()}`;
  process.chdir('/');
  return isDropped() ? setCapabilities([CAP.netBindService, CAP.netRaw]) : undefined;
}
