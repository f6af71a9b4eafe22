// `openshift "NAME" { … }` of the boot block: profiles of bootstrap, master and worker machines from a handful of settings, with the
// kernel arguments of RHCOS (pxe-boot reference §7.1). The rows are also the text of docs/boot.md.

import type { Diagnostic } from '../model/diagnostic.ts';
import type { BootMatch, BootProfile } from '../model/boot-settings.ts';
import type { Span } from '../model/span.ts';
import { fromLatin1 } from '../std/bytes.ts';
import type * as ast from '../lang/ast.ts';
import { error, textOf } from '../lang/diagnostics/make.ts';
import { nearest } from '../lang/suggest.ts';
import { argumentsProblem, emptyProfile, profileRows, variableProblems, type ProfileDraft } from './boot-profiles.ts';
import { settingOf, withCodes, type NamedRow } from './setting-rows.ts';

export const openshiftRoles = ['bootstrap', 'master', 'worker'] as const;
export type OpenshiftRole = (typeof openshiftRoles)[number];

/** What hosts of a role are usually called; they count where a block matches nobody itself. */
export const usualNames: Readonly<Record<OpenshiftRole, readonly string[]>> = {
  bootstrap: ['bootstrap*'],
  master: ['master*', 'control*'],
  worker: ['worker*', 'compute*', 'infra*'],
};

interface Draft extends ProfileDraft {
  rootfs: string;
  ignition: string;
  installDevice: string;
  consoles: readonly string[];
  network: string;
}

export const openshiftDefaults = {
  kernel: 'rhcos/kernel', initrds: ['rhcos/initramfs.img'], rootfs: 'rhcos/rootfs.img', ignition: 'ignition',
  installDevice: '/dev/sda', consoles: ['tty0', 'ttyS0,115200n8'], network: 'ip=dhcp rd.neednet=1',
} as const;

const isUrl = (text: string): boolean => /^[a-z]+:\/\//i.test(text);
const oneWord = (bytes: Uint8Array): string | undefined => {
  const text = fromLatin1(bytes);
  if (text === '' || /\s/.test(text)) return 'one word, without blanks';
  if (!isUrl(text) && (text.split('/').includes('..') || text.includes('$'))) return 'a path below the root, or a URL';
  return argumentsProblem(bytes);
};

const rows: readonly NamedRow<Draft>[] = [
  {
    name: 'rootfs',
    format: 't',
    unit: 'file name or URL in quotes',
    byDefault: `"${openshiftDefaults.rootfs}"`,
    example: 'rootfs "rhcos/rootfs.img";',
    help: 'The live root file system, below the root and then fetched by HTTP from the node that boots the machine, or a URL.',
    apply: (draft, bytes) => {
      draft.rootfs = fromLatin1(bytes);
    },
    problem: oneWord,
  },
  {
    name: 'ignition',
    format: 't',
    unit: 'folder or URL in quotes',
    byDefault: `"${openshiftDefaults.ignition}"`,
    example: 'ignition "http://${node}:8080/ignition";',
    help: 'Where `bootstrap.ign`, `master.ign` and `worker.ign` are: a folder below the root, or a URL without the file name.',
    apply: (draft, bytes) => {
      draft.ignition = fromLatin1(bytes);
    },
    problem: oneWord,
  },
  {
    name: 'install-device',
    format: 't',
    unit: 'device in quotes',
    byDefault: `"${openshiftDefaults.installDevice}"`,
    example: 'install-device "/dev/vda";',
    help: 'The disk that RHCOS is written to.',
    apply: (draft, bytes) => {
      draft.installDevice = fromLatin1(bytes);
    },
    problem: (bytes) => (/^\/dev\/[\w./:+-]+$/.test(fromLatin1(bytes)) ? undefined : 'a device is a path, such as /dev/sda'),
  },
  {
    name: 'console',
    format: 't',
    unit: 'console in quotes',
    byDefault: openshiftDefaults.consoles.map((name) => `"${name}"`).join(' and '),
    example: 'console "ttyS1,115200n8";',
    help: 'Where the kernel shows what it does. May be repeated: the last one is the console of logins. Those that are named here are all.',
    apply: (draft, bytes) => {
      draft.consoles = [...draft.consoles, fromLatin1(bytes)];
    },
    problem: (bytes) => (/^[\w,.:-]+$/.test(fromLatin1(bytes)) ? undefined : 'a console is a device with its speed, such as ttyS0,115200n8'),
  },
  {
    name: 'network-arguments',
    format: 't',
    unit: 'text in quotes',
    byDefault: `"${openshiftDefaults.network}"`,
    example: 'network-arguments "ip=${ip}::10.0.0.1:255.255.255.0:${hostname}:ens3:none nameserver=10.0.0.2";',
    help: "How the machine gets its network while it installs, and the installed system after it: dracut's `ip=`, `nameserver=`, `bond=`, `vlan=`.",
    apply: (draft, bytes) => {
      draft.network = fromLatin1(bytes).trim();
    },
    problem: argumentsProblem,
  },
];

/** Codes of options of space `server` that nobody else has; see leasehold-settings.ts. */
const codeBase = 10_400;
export const openshiftRows = withCodes(rows, codeBase);

/** C1411 */
const notASetting = (item: ast.Item): Diagnostic =>
  error('C1411', item.span, 'this is no setting of openshift', { help: 'docs/boot.md lists what may stand in openshift "NAME" { … }' });
/** C1412 */
const badValue = (span: Span, problem: string, help = 'docs/boot.md tells what openshift "NAME" { … } may hold'): Diagnostic => error('C1412', span, problem, { help });
/** C1416 */
function unknownRole(span: Span): Diagnostic {
  const near = nearest(textOf(span), openshiftRoles);
  return error('C1416', span, `hosts are matched to ${openshiftRoles.join(', ')}`, {
    help: near === undefined ? 'machines with another task have a profile of their own' : `did you mean ${near}?`,
  });
}

/** `profiles`: by the port on which the same node serves files over HTTP, 0 for none. */
export interface OpenshiftBlock {
  readonly profiles: (httpPort: number) => { readonly profiles: readonly BootProfile[]; readonly diagnostics: readonly Diagnostic[] };
  readonly diagnostics: readonly Diagnostic[];
}

export function readOpenshift(block: ast.OwnBlock): OpenshiftBlock {
  const draft: Draft = { ...emptyProfile, isOnce: true, rootfs: openshiftDefaults.rootfs, ignition: openshiftDefaults.ignition, installDevice: openshiftDefaults.installDevice, consoles: [], network: openshiftDefaults.network };
  const matches: { readonly role: OpenshiftRole; readonly match: BootMatch }[] = [];
  const diagnostics: Diagnostic[] = [];
  const read = (item: ast.Item): void => {
    if (item.kind === 'include') item.body.forEach(read);
    else if (item.kind === 'own-match') {
      const role = openshiftRoles.find((known) => known === item.subject.text.toLowerCase());
      if (role === undefined) diagnostics.push(unknownRole(item.subject.span));
      else for (const value of item.values) if (value.kind === 'name') matches.push({ role, match: { kind: 'host', pattern: value.text, span: value.span } });
    } else if (item.kind !== 'skipped' && item.kind !== 'not-served') diagnostics.push(...applyTo(draft, item));
  };
  block.body.forEach(read);
  const matchesOf = (role: OpenshiftRole): BootMatch[] =>
    matches.length > 0
      ? matches.filter((each) => each.role === role).map(({ match }) => match)
      : usualNames[role].map((pattern) => ({ kind: 'host', pattern, isUsual: true, span: block.head }));
  return { diagnostics, profiles: (httpPort) => profilesOf(block, draft, matchesOf, httpPort) };
}

function applyTo(draft: Draft, item: ast.Item): Diagnostic[] {
  const setting = settingOf(item, openshiftRows) ?? settingOf(item, profileRows);
  if (setting === undefined) return [notASetting(item)];
  const { row, bytes } = setting;
  const problem = row.problem?.(bytes);
  const wrong = [...(problem === undefined ? [] : [badValue(item.span, problem)]), ...variableProblems(item)];
  if (wrong.length === 0) row.apply(draft, bytes, item.span);
  return wrong;
}

/** A role that nobody has gives no profile. */
function profilesOf(block: ast.OwnBlock, draft: Draft, matchesOf: (role: OpenshiftRole) => BootMatch[], httpPort: number): ReturnType<OpenshiftBlock['profiles']> {
  const profiles = openshiftRoles.map((role): BootProfile => ({
    name: `${block.name?.text ?? 'openshift'}-${role}`,
    matches: matchesOf(role),
    kernel: draft.kernel || openshiftDefaults.kernel,
    initrds: draft.initrds.length > 0 ? draft.initrds : openshiftDefaults.initrds,
    arguments: argumentsOf(draft, role, httpPort),
    isOnce: draft.isOnce,
    span: block.head,
  })).filter(({ matches }) => matches.length > 0);
  const problem = argumentsProblem(new TextEncoder().encode(profiles[0]?.arguments ?? ''));
  const needsHttp = httpPort === 0 && ![draft.rootfs, draft.ignition].every(isUrl);
  return {
    profiles,
    diagnostics: [
      ...(problem === undefined ? [] : [badValue(block.head, problem, 'make the arguments shorter')]),
      ...(needsHttp ? [badValue(block.head, 'the live system fetches rootfs and ignition files by HTTP, which this server does not serve', 'say http-port 8080; or name URLs of another server in rootfs and ignition')] : []),
    ],
  };
}

function argumentsOf({ rootfs, ignition, installDevice, consoles, network, arguments: more }: Draft, role: OpenshiftRole, httpPort: number): string {
  const here = `http://\${node}${httpPort === 80 ? '' : `:${httpPort}`}/`;
  const urlOf = (text: string): string => (isUrl(text) ? text : `${here}${text.replace(/^\/+/, '')}`);
  return [
    ...(consoles.length > 0 ? consoles : openshiftDefaults.consoles).map((name) => `console=${name}`),
    network,
    `coreos.live.rootfs_url=${urlOf(rootfs)}`,
    `coreos.inst.install_dev=${installDevice}`,
    `coreos.inst.ignition_url=${urlOf(ignition).replace(/\/+$/, '')}/${role}.ign`,
    more,
  ].filter((part) => part !== '').join(' ');
}
