// dhcpd's own command line (dhcpd-conf reference §18), so that an existing unit file needs one changed path.

import { parseIpv4, type Ipv4 } from '../std/ipv4.ts';

export interface DhcpdArgs {
  readonly configPath: string;
  /** From -lf or the environment; `lease-file-name` in the configuration outranks it. */
  readonly leasePath: string;
  readonly pidPath: string;
  readonly usesPidFile: boolean;
  readonly isForeground: boolean;
  readonly logsToStderr: boolean;
  readonly isQuiet: boolean;
  readonly test: 'none' | 'config' | 'leases';
  /** undefined: what the configuration says, else 67. */
  readonly port: number | undefined;
  /** `-s`: replies go here instead of to 255.255.255.255. */
  readonly sendTo: Ipv4 | undefined;
  readonly user: string | undefined;
  readonly group: string | undefined;
  readonly chroot: string | undefined;
  /** `-control`, which dhcpd does not have. */
  readonly controlPath: string | undefined;
  readonly interfaceNames: readonly string[];
}

export type DhcpdCommand =
  | { readonly kind: 'run'; readonly args: DhcpdArgs }
  | { readonly kind: 'version' }
  | { readonly kind: 'help' }
  /** `showsUsage`: dhcpd prints its usage behind the message. */
  | { readonly kind: 'mistake'; readonly message: string; readonly showsUsage: boolean };

type Draft = { -readonly [Key in keyof DhcpdArgs]: DhcpdArgs[Key] };

interface FlagRow {
  /** Words that follow the flag. */
  readonly words: 0 | 1;
  /** A message refuses the value. */
  readonly apply: (draft: Draft, value: string) => string | undefined | void;
}

const flag = (apply: (draft: Draft) => void): FlagRow => ({ words: 0, apply: (draft) => void apply(draft) });
const value = (apply: FlagRow['apply']): FlagRow => ({ words: 1, apply });
const refused = (name: string): FlagRow => ({
  words: 1,
  apply: () => `${name} is not supported: Leasehold records no traces (its simulation replays seeds instead).`,
});

function portOf(text: string): number | undefined {
  const port = Number(text);
  return /^\d+$/.test(text) && port >= 1 && port <= 65534 ? port : undefined;
}

const flags: Readonly<Record<string, FlagRow>> = {
  '-4': flag(() => {}),
  '-6': { words: 0, apply: () => 'DHCPv6 is not served by this program.' },
  '-f': flag((draft) => (draft.isForeground = true)),
  '-d': flag((draft) => {
    draft.isForeground = true;
    draft.logsToStderr = true;
  }),
  '-q': flag((draft) => (draft.isQuiet = true)),
  '-t': flag((draft) => (draft.test = 'config')),
  '-T': flag((draft) => (draft.test = 'leases')),
  '-cf': value((draft, path) => void (draft.configPath = path)),
  '-lf': value((draft, path) => void (draft.leasePath = path)),
  '-pf': value((draft, path) => void (draft.pidPath = path)),
  '--no-pid': flag((draft) => (draft.usesPidFile = false)),
  '-p': value((draft, text) => {
    draft.port = portOf(text);
    return draft.port === undefined ? `Invalid port number specification: ${text}` : undefined;
  }),
  '-s': value((draft, text) => {
    draft.sendTo = parseIpv4(text);
    return draft.sendTo === undefined ? `${text} is not an address; -s takes one like 10.0.0.255.` : undefined;
  }),
  '-user': value((draft, name) => void (draft.user = name)),
  '-group': value((draft, name) => void (draft.group = name)),
  '-chroot': value((draft, path) => void (draft.chroot = path)),
  '-control': value((draft, path) => void (draft.controlPath = path)),
  '-tf': refused('-tf'),
  '-play': refused('-play'),
};

export const usage = `Usage: dhcpd [-p <UDP port #>] [-f] [-d] [-q] [-t|-T]
             [-4] [-cf config-file] [-lf lease-file]
             [-user user] [-group group] [-chroot dir]
             [-pf pid-file] [--no-pid] [-s server]
             [-control control-socket]
             [if0 [...ifN]]
       dhcpd {--version|--help|-h}`;

/** `leaseDefault`: where this distribution keeps the file. */
export function parseDhcpdArgs(
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
  leaseDefault: string,
): DhcpdCommand {
  const interfaceNames: string[] = [];
  const draft: Draft = {
    configPath: environment['PATH_DHCPD_CONF'] ?? '/etc/dhcp/dhcpd.conf',
    leasePath: environment['PATH_DHCPD_DB'] ?? leaseDefault,
    pidPath: environment['PATH_DHCPD_PID'] ?? '/var/run/dhcpd.pid',
    usesPidFile: true,
    isForeground: false,
    logsToStderr: false,
    isQuiet: false,
    test: 'none',
    port: portOf(environment['DHCPD_PORT'] ?? ''),
    sendTo: undefined,
    user: undefined,
    group: undefined,
    chroot: undefined,
    controlPath: undefined,
    interfaceNames,
  };
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--version') return { kind: 'version' };
    if (word === '--help' || word === '-h') return { kind: 'help' };
    if (!word.startsWith('-')) {
      interfaceNames.push(word);
      continue;
    }
    const row = flags[word];
    if (row === undefined) return { kind: 'mistake', message: `Unknown command ${word}`, showsUsage: true };
    const given = row.words === 1 ? words[++at] : '';
    if (given === undefined) return { kind: 'mistake', message: `No argument for command: ${word}`, showsUsage: true };
    const problem = row.apply(draft, given);
    if (typeof problem === 'string') return { kind: 'mistake', message: problem, showsUsage: false };
  }
  return { kind: 'run', args: draft };
}
