// What a file says of the machines of a cluster, whatever its format.

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { SourceFile, Span } from '../../model/span.ts';
import type { OpenshiftRole } from '../../config/openshift-settings.ts';
import { error, warning } from '../../lang/diagnostics/make.ts';
import { parseIpv4 } from '../../std/ipv4.ts';

export interface ImportedHost {
  readonly name: string;
  /** With colons, lower case. */
  readonly mac: string;
  /** Dotted; empty for one from a pool. */
  readonly address: string;
  readonly role: OpenshiftRole | undefined;
  /** What it is installed on; empty where the file does not say. */
  readonly device: string;
  /** `agent`: it boots the live system of the agent-based installer, which has all else inside. */
  readonly boots: 'rhcos' | 'agent';
  /** Its name in the file. */
  readonly span: Span;
}

export interface Imported {
  /** Of the cluster; empty where the file does not say. */
  readonly cluster: string;
  readonly hosts: readonly ImportedHost[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The first line of a file, for what is said of all of it. */
export function wholeOf(file: SourceFile): Span {
  const end = file.text.indexOf('\n');
  return { file, start: 0, end: Math.max(1, end < 0 ? file.text.length : end) };
}

/** B3001: no YAML. */
export const noYaml = (span: Span, message: string): Diagnostic => error('B3001', span, `this cannot be read as YAML: ${message}`, { help: 'correct the file where the mark is, or right before it' });
/** B3002 */
export const unknownFormat = (file: SourceFile): Diagnostic =>
  error('B3002', wholeOf(file), 'this is no file that is known here', {
    help: 'import an agent-config.yaml, an install-config.yaml, a vars.yaml of ocp4-helpernode, or a CSV file with a heading such as name,mac,ip,role',
  });
/** B3003 */
export const wrongKind = (span: Span, what: string, wanted: string): Diagnostic => error('B3003', span, `${what} must be ${wanted}`, { help: `write ${what} as ${wanted}` });
/** B3004 */
export const missing = (span: Span, message: string, help: string): Diagnostic => error('B3004', span, message, { help });
/** B3005 */
const noMac = (span: Span, text: string): Diagnostic => error('B3005', span, `${JSON.stringify(text)} is no MAC address`, { help: 'write six bytes in hex, such as 52:54:00:12:34:56' });
/** B3006 */
const noAddress = (span: Span, text: string): Diagnostic => error('B3006', span, `${JSON.stringify(text)} is no IPv4 address`, { help: 'write four numbers with dots, such as 192.168.7.20, or leave it out for an address from a pool' });
/** B3008 */
const unknownRole = (span: Span, text: string): Diagnostic =>
  warning('B3008', span, `role ${text} has no boot profile: the host is imported without one`, { help: 'roles with a profile are bootstrap, master and worker; write a profile of your own for others' });
/** B3009 */
const noName = (span: Span, text: string): Diagnostic => error('B3009', span, `${JSON.stringify(text)} is no name of a host`, { help: 'a name is letters, digits, dots and hyphens' });
/** B3011: warning. */
export const notTakenOver = (span: Span, message: string, help: string): Diagnostic => warning('B3011', span, message, { help });

export interface Field {
  readonly text: string;
  readonly span: Span;
}
/** A host as a file has it, every field with its place; absent ones are undefined. */
export interface RawHost {
  /** Where to point when something is missing. */
  readonly span: Span;
  readonly name: Field | undefined;
  readonly mac: Field | undefined;
  readonly address: Field | undefined;
  readonly role: Field | undefined;
  readonly device: Field | undefined;
  readonly boots: ImportedHost['boots'];
  /** What the fields are called in the file. */
  readonly nameWord: string;
  readonly macWord: string;
}

const roles: Readonly<Record<string, OpenshiftRole>> = {
  bootstrap: 'bootstrap', master: 'master', 'control-plane': 'master', controlplane: 'master', worker: 'worker', compute: 'worker', infra: 'worker',
};

/** `52-54-00-12-34-56` and `5254.0012.3456` too; undefined for what is none. */
function macFrom(text: string): string | undefined {
  const parts = text.split(/[:-]/);
  const digits = (parts.length === 6 ? parts.map((part) => part.padStart(2, '0')).join('') : text.replaceAll('.', '')).toLowerCase();
  return /^[0-9a-f]{12}$/.test(digits) ? (digits.match(/../g) ?? []).join(':') : undefined;
}

/** undefined where a diagnostic says why. */
export function hostFrom(raw: RawHost, report: (diagnostic: Diagnostic) => void): ImportedHost | undefined {
  const { span, name, mac, address, role, device, boots, nameWord, macWord } = raw;
  if (name === undefined) report(missing(span, `this host has no ${nameWord}`, `add ${nameWord}: names say which host is which in dhcpd.conf and in boot profiles`));
  else if (!/^[\w.-]{1,253}$/.test(name.text)) report(noName(name.span, name.text));
  if (mac === undefined) report(missing(name?.span ?? span, `${name?.text ?? 'this host'} has no ${macWord}`, `add ${macWord}: it is how a machine that boots from the network is known`));
  const hardware = mac && macFrom(mac.text);
  if (mac !== undefined && hardware === undefined) report(noMac(mac.span, mac.text));
  const isAddress = address === undefined || parseIpv4(address.text) !== undefined;
  if (address !== undefined && !isAddress) report(noAddress(address.span, address.text));
  const known = role && roles[role.text.toLowerCase()];
  if (role !== undefined && known === undefined) report(unknownRole(role.span, role.text));
  if (name === undefined || !/^[\w.-]{1,253}$/.test(name.text) || hardware === undefined || !isAddress) return undefined;
  return { name: name.text, mac: hardware, address: address?.text ?? '', role: known, device: devicePath(device?.text ?? ''), boots, span: name.span };
}

/** The helper node and old installers leave `/dev/` out. */
const devicePath = (text: string): string => (text === '' || text.startsWith('/') ? text : `/dev/${text}`);
