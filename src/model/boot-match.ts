// Whether a machine fits a boot profile: by the name of its host declaration, its groups, its classes or its MAC address.

import type { BootMatch, BootProfile } from './boot-settings.ts';
import type { HostDeclaration } from './server-config.ts';

/** What is known of a machine when it boots. */
export interface Machine {
  /** Six bytes. */
  readonly mac: Uint8Array;
  /** Of its host declaration; empty for a machine without one. */
  readonly hostName: string;
  readonly groups: readonly string[];
  readonly classes: readonly string[];
}

const patterns = new Map<string, RegExp>();
const patternsMax = 1_000;

/** `*` stands for any text, `?` for one character; letter case does not count. */
export function fits(pattern: string, name: string): boolean {
  let made = patterns.get(pattern);
  if (made === undefined) {
    const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
    made = new RegExp(`^${source}$`, 'is');
    if (patterns.size >= patternsMax) patterns.clear();
    patterns.set(pattern, made);
  }
  return made.test(name);
}

const isMatch = (match: BootMatch, machine: Machine): boolean => {
  switch (match.kind) {
    case 'host': return machine.hostName !== '' && fits(match.pattern, machine.hostName);
    case 'group': return machine.groups.some((name) => fits(match.pattern, name));
    case 'class': return machine.classes.some((name) => fits(match.pattern, name));
    case 'mac': return match.prefix.every((byte, index) => byte === machine.mac[index]);
  }
};

/** The first profile in file order that fits. */
export const profileOf = (profiles: readonly BootProfile[], machine: Machine): BootProfile | undefined =>
  profiles.find(({ matches }) => matches.some((match) => isMatch(match, machine)));

/** Names of the groups around a host declaration, or that it joins; those without a name do not count. */
export const groupsOf = ({ scopes }: Pick<HostDeclaration, 'scopes'>): string[] =>
  scopes.flatMap(({ kind, title }) => (kind === 'group' && title.startsWith('group ') ? [title.slice('group '.length)] : []));
