// `dhcpd -t`: the configuration test in dhcpd's own words and form (dhcpd-conf reference §2), for scripts that read it.

import { loadConfig, type Loaded, type ReadText } from '../config/load-config.ts';
import { renderDhcpd } from '../lang/dhcpd-format.ts';
import { encodeSource } from '../lang/source-text.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { DhcpdArgs } from './dhcpd-args.ts';
import { banner } from '../shell/version.ts';
import { readConfigText } from './read-config.ts';

export interface DhcpdTestArgs {
  readonly configPath: string;
  readonly leasePath: string;
  readonly pidPath: string;
  /** leasehold.conf; its mistakes are told in our words. */
  readonly leaseholdConf?: string;
}

export interface DhcpdTest {
  /** For standard error, after the banner. */
  readonly lines: readonly string[];
  readonly status: 0 | 1;
  /** The configuration when it may be served. */
  readonly loaded: Loaded | undefined;
}

/** One complaint; nothing for what dhcpd does not say. What ends it at once is printed without file and line. */
export function dhcpdLines({ dhcpdPlace, ...diagnostic }: Diagnostic): readonly string[] {
  const isPlaced = dhcpdPlace !== undefined && diagnostic.dhcpdFatal !== true;
  const text = renderDhcpd([isPlaced ? { ...diagnostic, dhcpdPlace } : diagnostic]);
  return text === '' ? [] : text.slice(0, -1).split('\n');
}

/** What dhcpd says before it ends for good. */
const farewell = [
  '',
  'If you think you have received this message due to a bug rather',
  'than a configuration issue please read the section on reporting',
  'problems in docs/, or run `leasehold check` for the whole story.',
  '',
  'exiting.',
];

const isError = ({ severity }: Diagnostic): boolean => severity === 'error';
/** Where dhcpd crashes, and where we are stricter, our own words must do. */
const ownLine = ({ span, message, help }: Diagnostic): string => {
  const line = span.file.text.slice(0, span.start).split('\n').length;
  return `${span.file.name} line ${line}: ${message}${help === undefined ? '' : ` (${help})`}`;
};
const linesOf = (diagnostic: Diagnostic): readonly string[] =>
  diagnostic.dhcpdText === undefined && isError(diagnostic) ? [ownLine(diagnostic)] : dhcpdLines(diagnostic);

/** Complaints up to the one at which dhcpd ends at once. */
function upToFatal(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const fatal = diagnostics.findIndex(({ dhcpdFatal }) => dhcpdFatal === true);
  return fatal < 0 ? diagnostics : diagnostics.slice(0, fatal + 1);
}

export function testConfig(args: DhcpdTestArgs, read: ReadText): DhcpdTest {
  const loaded = loadConfig({
    path: args.configPath,
    read,
    ...(args.leaseholdConf === undefined ? {} : { leaseholdConf: args.leaseholdConf }),
  });
  if (!loaded.ok)
    return {
      lines: [`Can't open ${args.configPath}: ${loaded.error.problem}`, ...farewell],
      status: 1,
      loaded: undefined,
    };
  const { diagnostics, whileReadingCount } = loaded.value;
  const reading = upToFatal(diagnostics.slice(0, whileReadingCount));
  const said = reading.flatMap(linesOf);
  if (reading.at(-1)?.dhcpdFatal === true)
    return { lines: [...said, ...farewell], status: 1, loaded: undefined };
  if (reading.some(isError))
    return {
      lines: [...said, 'Configuration file errors encountered -- exiting', ...farewell],
      status: 1,
      loaded: undefined,
    };
  return atStart(loaded.value, args, said);
}

/** An omapi-key that does not exist, ad-hoc updates. */
const settingCodes = new Set(['C1315', 'C1316']);

/** What dhcpd checks when it has read everything: parameters, then peers; it ends when one of them is wrong. */
function atStart(loaded: Loaded, args: DhcpdTestArgs, before: readonly string[]): DhcpdTest {
  const late = loaded.diagnostics.slice(loaded.whileReadingCount);
  const fatal = late.find(({ code }) => settingCodes.has(code));
  if (fatal !== undefined)
    return { lines: [...before, ...linesOf(fatal), ...farewell], status: 1, loaded: undefined };
  const files = [
    `Config file: ${args.configPath}`,
    `Database file: ${args.leasePath}`,
    `PID file: ${args.pidPath}`,
  ];
  const lines = [...before, ...files, ...late.flatMap(linesOf)];
  if (!late.some(isError)) return { lines, status: 0, loaded };
  const isPeers = late.some(({ code }) => code === 'C1309');
  const sanity = isPeers ? ['Failover configuration sanity check failed'] : [];
  return { lines: [...lines, ...sanity, ...farewell], status: 1, loaded: undefined };
}

/** `-t`. `-T` reads the lease file as well, and like dhcpd never fails on it: `leases repair` does that. Prints to standard error. */
export function runDhcpdTest(args: DhcpdArgs): 0 | 1 {
  const { lines, status } = testConfig(
    { ...args, leaseholdConf: args.configPath.replace(/[^/]*$/, 'leasehold.conf') },
    readConfigText,
  );
  const head = args.isQuiet ? [] : banner;
  // dhcpd -q says nothing at all, and means the status alone.
  const said = args.isQuiet ? [] : lines;
  for (const line of [...head, ...said]) process.stderr.write(encodeSource(`${line}\n`));
  return status;
}
