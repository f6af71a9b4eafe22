// `profile "NAME" { … }` of the boot block: what machines boot, and which. The rows are also the text of docs/boot.md.

import type { Diagnostic } from '../model/diagnostic.ts';
import { profileVariables, type BootMatch, type BootProfile } from '../model/boot-settings.ts';
import type { ServerConfig } from '../model/server-config.ts';
import type { Span } from '../model/span.ts';
import { fromLatin1 } from '../std/bytes.ts';
import type * as ast from '../lang/ast.ts';
import { error, warning, textOf } from '../lang/diagnostics/make.ts';
import { nearest } from '../lang/suggest.ts';
import { fits, groupsOf } from '../model/boot-match.ts';
import { isOn, settingOf, withCodes, type NamedRow } from './setting-rows.ts';

export type ProfileDraft = { -readonly [K in 'kernel' | 'initrds' | 'arguments' | 'isOnce']: BootProfile[K] };

export const emptyProfile: Readonly<ProfileDraft> = { kernel: '', initrds: [], arguments: '', isOnce: false };

/** A kernel's own limit on x86 is 2048 bytes. */
const argumentsSizeMax = 1_800;
const subjects = ['host', 'group', 'class', 'mac'] as const;

const fileProblem = (bytes: Uint8Array): string | undefined => {
  const name = fromLatin1(bytes);
  if (/^[a-z]+:\/\//i.test(name)) return 'a file below the root, not a URL: each node serves the files that it names';
  // The characters that no loader needs to have quoted.
  if (!/^[\w./+@%~-]+$/.test(name)) return 'a file name has letters, digits and . _ - + @ % ~ / only';
  return name.split('/').includes('..') ? 'the name leads out of the root' : undefined;
};
export const argumentsProblem = (bytes: Uint8Array): string | undefined => {
  const text = fromLatin1(bytes);
  if (!/^[\u0020-\u007e]*$/.test(text)) return 'arguments are printable ASCII on one line';
  // Every loader quotes in its own way; without quotes all give the kernel the same words.
  if (/["'\\]/.test(text)) return 'arguments cannot have quotes or backslashes';
  if (text.split(' ').some((word) => word === '||' || word === '&&')) return 'iPXE would take || and && for its own';
  return text.length > argumentsSizeMax ? `arguments have at most ${argumentsSizeMax} bytes` : undefined;
};
const rooted = (bytes: Uint8Array): string => fromLatin1(bytes).replace(/^\/+/, '');

const rows: readonly NamedRow<ProfileDraft>[] = [
  {
    name: 'kernel',
    format: 't',
    unit: 'file name in quotes',
    byDefault: 'none',
    example: 'kernel "rhcos/kernel";',
    help: 'The kernel, below the root.',
    apply: (profile, bytes) => {
      profile.kernel = rooted(bytes);
    },
    problem: fileProblem,
  },
  {
    name: 'initrd',
    format: 't',
    unit: 'file name in quotes',
    byDefault: 'none',
    example: 'initrd "rhcos/initramfs.img";',
    help: 'A file for the kernel to start from. May be repeated: they are loaded in this order.',
    apply: (profile, bytes) => {
      profile.initrds = [...profile.initrds, rooted(bytes)];
    },
    problem: fileProblem,
  },
  {
    name: 'arguments',
    format: 't',
    unit: 'text in quotes',
    byDefault: 'none',
    example: 'arguments "console=ttyS0 host=${hostname} from=${node}";',
    help: "The kernel's command line. May be repeated: the parts are joined by blanks.",
    apply: (profile, bytes) => {
      profile.arguments = [profile.arguments, fromLatin1(bytes).trim()].filter((part) => part !== '').join(' ');
    },
    problem: argumentsProblem,
  },
  {
    name: 'boot-once',
    format: 'f',
    unit: '`on` or `off`',
    byDefault: 'off',
    example: 'boot-once on;',
    help: 'A machine that has fetched everything is told to boot from its own disk from then on, until `leasehold boot set MAC install`: for installers, which would begin again at every boot.',
    apply: (profile, bytes) => {
      profile.isOnce = isOn(bytes);
    },
  },
];

/** Codes of options of space `server` that nobody else has; see leasehold-settings.ts. */
const codeBase = 10_200;
export const profileRows = withCodes(rows, codeBase);

/** C1411: something that has no place in a profile. */
const notAProfileSetting = (item: ast.Item): Diagnostic =>
  error('C1411', item.span, 'this is no setting of a profile', { help: 'a profile has match, kernel, initrd, arguments and boot-once' });

/** C1412 */
const badValue = (span: Span, problem: string): Diagnostic => error('C1412', span, problem, { help: 'docs/boot.md tells what a profile may hold' });

/** C1413: nothing to boot, or nobody to boot it. */
const incomplete = (head: Span, what: string, help: string): Diagnostic => error('C1413', head, `this profile ${what}`, { help });

/** C1414 */
export const profileTwice = (name: Span, first: Span): Diagnostic =>
  error('C1414', name, 'there is a profile of this name already', { notes: [{ span: first, message: 'declared here' }], help: 'one profile may have several match statements: join the two' });

/** C1415: `$` that begins no variable we know. */
function unknownVariable(span: Span): Diagnostic {
  const word = /^\$\{?(\w*)/.exec(textOf(span))?.[1] ?? '';
  const list = profileVariables.map((name) => `\${${name}}`).join(', ');
  const near = profileVariables.find((name) => name === word) ?? nearest(word, profileVariables);
  return error('C1415', span, `this is no variable of a profile: there are ${list}`, {
    help: near === undefined ? 'a $ in arguments begins a variable; write the value itself' : `did you mean \${${near}}?`,
  });
}

/** C1416 */
function unknownSubject(span: Span): Diagnostic {
  const near = nearest(textOf(span), subjects);
  return error('C1416', span, `machines are matched by ${subjects.join(', ')}`, {
    help: near === undefined ? 'for anything else write a class in dhcpd.conf and match that' : `did you mean ${near}?`,
  });
}

/** C1417: warning, since a host may still come by OMAPI. */
const matchesNobody = ({ kind, span }: BootMatch): Diagnostic =>
  warning('C1417', span, `dhcpd.conf declares no ${kind} that this fits`, {
    help: kind === 'host' ? 'patterns are compared with the names of host declarations; * stands for any text' : `name a ${kind} of dhcpd.conf; * stands for any text`,
  });

/** C1418: warning; the names that a block of OpenShift takes for granted are nobody's. */
const usuallyNobody = (span: Span): Diagnostic =>
  warning('C1418', span, 'dhcpd.conf declares no host with a usual name of bootstrap, master or worker machines', {
    help: 'say which hosts are which: match master "node-1", "node-2";',
  });

/** Only what is wrong with `$` inside the quotes of an item. */
export function variableProblems(item: ast.Item): Diagnostic[] {
  const { file, start } = item.span;
  const known = new Set<string>(profileVariables.map((name) => `\${${name}}`));
  return [...textOf(item.span).matchAll(/\$(?:\{[^}"\s]*\}?|\w*)/g)]
    .filter(([text]) => !known.has(text))
    .map(({ 0: text, index }) => unknownVariable({ file, start: start + index, end: start + index + text.length }));
}

function readMatch({ subject, values }: ast.OwnMatch): { matches: BootMatch[]; diagnostics: Diagnostic[] } {
  const kind = subjects.find((known) => known === subject.text.toLowerCase());
  if (kind === undefined) return { matches: [], diagnostics: [unknownSubject(subject.span)] };
  const matches: BootMatch[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const value of values)
    if (value.kind === 'name') {
      if (kind !== 'mac') matches.push({ kind, pattern: value.text, span: value.span });
    } else if (value.bytes.length > 6) diagnostics.push(badValue(value.span, 'a MAC address has six bytes'));
    else matches.push({ kind: 'mac', prefix: value.bytes, span: value.span });
  return { matches, diagnostics };
}

/** A profile with errors is not served: the configuration is refused. */
export function readProfile(block: ast.OwnBlock): { profile: BootProfile; diagnostics: Diagnostic[] } {
  const draft: ProfileDraft = { ...emptyProfile };
  const matches: BootMatch[] = [];
  const diagnostics: Diagnostic[] = [];
  const read = (item: ast.Item): void => {
    if (item.kind === 'include') item.body.forEach(read);
    else if (item.kind === 'own-match') {
      const found = readMatch(item);
      matches.push(...found.matches);
      diagnostics.push(...found.diagnostics);
    } else if (item.kind !== 'skipped' && item.kind !== 'not-served') diagnostics.push(...applyTo(draft, item));
  };
  block.body.forEach(read);
  const name = block.name?.text ?? '';
  // What the parser skipped may have been just that.
  const isWhole = diagnostics.length === 0 && !block.body.some(({ kind }) => kind === 'skipped');
  if (isWhole && draft.kernel === '') diagnostics.push(incomplete(block.head, 'has no kernel', 'say what is booted: kernel "FILE";'));
  if (isWhole && matches.length === 0)
    diagnostics.push(incomplete(block.head, 'is nobody’s', 'say whose it is: match host "web-*";'));
  return { profile: { name, matches, ...draft, span: block.head }, diagnostics };
}

function applyTo(draft: ProfileDraft, item: ast.Item): Diagnostic[] {
  const setting = settingOf(item, profileRows);
  if (setting === undefined) return [notAProfileSetting(item)];
  const { row, bytes } = setting;
  const problem = row.problem?.(bytes);
  const wrong = [...(problem === undefined ? [] : [badValue(item.span, problem)]), ...variableProblems(item)];
  if (wrong.length === 0) row.apply(draft, bytes, item.span);
  return wrong;
}

/** What the profiles say of hosts, groups and classes, held against dhcpd.conf. */
export function profilesAgainst({ hosts, classes }: ServerConfig, profiles: readonly BootProfile[]): Diagnostic[] {
  const names: Readonly<Record<'host' | 'group' | 'class', readonly string[]>> = {
    host: hosts.map(({ name }) => name),
    group: [...new Set(hosts.flatMap(groupsOf))],
    class: classes.map(({ name }) => name),
  };
  const matches = profiles.flatMap((profile) => profile.matches);
  const isNobodys = (match: BootMatch): boolean => match.kind !== 'mac' && !names[match.kind].some((name) => fits(match.pattern, name));
  const usual = matches.filter((match) => match.kind === 'host' && match.isUsual === true);
  const heads = [...new Set(usual.map(({ span }) => span))].filter((head) => usual.every((match) => match.span !== head || isNobodys(match)));
  return [...matches.filter((match) => !usual.includes(match) && isNobodys(match)).map(matchesNobody), ...heads.map(usuallyNobody)];
}
