// `leasehold explain` under stricli: flags to a description of the client, files of the disk.

import { readFileSync, statSync } from 'node:fs';
import { buildCommand } from '@stricli/core';
import { firmwareRows, firmwares } from '../../model/firmware.ts';
import { err, ok, type Result } from '../../std/result.ts';
import type { Ipv4 } from '../../std/ipv4.ts';
import type { MonoMillis, UnixSeconds } from '../../std/time.ts';
import type { CliContext } from '../cli-context.ts';
import { dottedAddress } from '../flag-values.ts';
import { leaseholdConfOf } from '../load-for-serving.ts';
import { readConfigText } from '../read-config.ts';
import { isMessageKind, messageRows, type MessageKind } from './client-message.ts';
import { runExplain, type ExplainArgs, type ExplainCli } from './explain.ts';

/** Option 93, by the words of boot settings and those that other tools use (RFC 4578 §2.1 and the registry that followed it). */
const architectures: Readonly<Record<string, number>> = {
  ...Object.fromEntries(firmwares.map((name) => [name, firmwareRows[name].codes[0]])),
  'efi-ia32': 6, 'efi-x64': 7, 'efi-bc': 9, 'efi-arm64': 11,
};

function parseArchitecture(text: string): number {
  const value = architectures[text] ?? (/^\d+$/.test(text) ? Number(text) : Number.NaN);
  if (!(value >= 0 && value <= 65_535)) throw new Error(`${text} is none of ${Object.keys(architectures).join(', ')}, nor a number`);
  return value;
}
function parseMessage(text: string): MessageKind {
  if (!isMessageKind(text)) throw new Error(`${text} is none of ${Object.keys(messageRows).join(', ')}`);
  return text;
}

interface ExplainFlags {
  readonly message?: MessageKind;
  readonly packet?: string;
  readonly packetNumber?: number;
  readonly config: string;
  readonly leases?: string;
  readonly vendorClass?: string;
  readonly userClass?: string;
  readonly arch?: number;
  readonly hostname?: string;
  readonly relay?: Ipv4;
  readonly circuitId?: string;
  readonly remoteId?: string;
  readonly request?: Ipv4;
  readonly serverId?: Ipv4;
  readonly on?: Ipv4;
  readonly json: boolean;
  readonly hex: boolean;
}

export const text = (brief: string, placeholder = 'TEXT') => ({ kind: 'parsed', parse: String, brief, optional: true, placeholder }) as const;
export const address = (brief: string) => ({ kind: 'parsed', parse: dottedAddress, brief, optional: true, placeholder: 'ADDRESS' }) as const;
/** Only what was said. */
export const said = <T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Of a lease file or a capture; both are read whole. */
const fileSizeMax = 1 << 30;

export const cliOf = (context: CliContext): ExplainCli => ({
  out: (line) => context.out(line),
  err: (line) => context.err(line),
  readText: readConfigText,
  readBytes: (path) => {
    try {
      const { size } = statSync(path);
      return size > fileSizeMax ? err(`${path} is larger than ${fileSizeMax >> 20} MiB; of a capture, take a part: editcap -c 100000 FILE PART`) : ok(readFileSync(path));
    } catch (error) {
      return err((error as Error).message);
    }
  },
  now: { mono: performance.now() as MonoMillis, wall: Math.floor(Date.now() / 1000) as UnixSeconds },
});

/** Words of the command line that describe a client; a packet tells all of that by itself. */
const describing = ['message', 'vendorClass', 'userClass', 'arch', 'hostname', 'relay', 'circuitId', 'remoteId', 'request', 'serverId'] as const;
const spelling = (name: string): string => `--${name.replaceAll(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;

/** A client with its message, or a packet: one of the two. */
export function subjectOf(flags: Omit<ExplainFlags, 'config' | 'leases' | 'json' | 'hex'>, who: string | undefined): Result<ExplainArgs['subject'], string> {
  const { packet, packetNumber: number, message = 'discover', on } = flags;
  if (packet === undefined) {
    if (number !== undefined) return err('--packet-number chooses from the capture that --packet names');
    if (who === undefined) return err('whose answer? Say a MAC address, id:HEX or an IP address, or --packet FILE');
    const { vendorClass, userClass, arch, hostname, circuitId, remoteId, relay, request, serverId } = flags;
    const client = said({ vendorClass, userClass, architecture: arch, hostname, circuitId, remoteId });
    return ok({ who, message, client, ...said({ relay, on, request, serverId }) });
  }
  const extra = describing.filter((name) => flags[name] !== undefined).map(spelling);
  if (who !== undefined) extra.unshift(who);
  if (extra.length > 0) return err(`the packet tells who its client is and what it says: leave out ${extra.join(', ')}`);
  return ok({ packet, ...said({ number, on }) });
}

function parseNumber(digits: string): number {
  if (!/^[1-9]\d{0,8}$/.test(digits)) throw new Error(`${digits} is not the number of a packet, from 1`);
  return Number(digits);
}

export const explainCommand = buildCommand<ExplainFlags, [who?: string], CliContext>({
  docs: {
    brief: 'Tell what a client would get, and which lines of the configuration decide it; nothing is sent or changed',
    fullDescription:
      'Tell what a client would get, and which lines of the configuration decide it. The client is a MAC address, id:HEX for a\nclient identifier, or an IP address that a host declaration or a lease gives to somebody; or --packet gives its message. The server’s own engine decides, on\npaper: it need not run, and nothing is offered, probed or written. Ends with 0 when the client would get what it asks for, 1 when not.',
  },
  parameters: {
    flags: {
      message: { kind: 'parsed', parse: parseMessage, brief: `What the client says: ${Object.keys(messageRows).join(', ')}; discover when not said`, optional: true, placeholder: 'NAME' },
      packet: text('The packet of a client instead: a capture file (pcap, pcapng), a file of hex, or hex', 'FILE'),
      packetNumber: { kind: 'parsed', parse: parseNumber, brief: 'Which packet of the capture, from 1; by default the first request of a client', optional: true, placeholder: 'N' },
      config: { kind: 'parsed', parse: String, brief: 'Configuration file', default: '/etc/dhcp/dhcpd.conf', placeholder: 'FILE' },
      leases: text('Lease file to start from; without it no lease was ever given', 'FILE'),
      vendorClass: text('Option 60, such as PXEClient:Arch:00007:UNDI:003000'),
      userClass: text('Option 77, such as iPXE'),
      arch: { kind: 'parsed', parse: parseArchitecture, brief: `Option 93: ${Object.keys(architectures).join(', ')}, or a number`, optional: true, placeholder: 'NAME' },
      hostname: text('Option 12'),
      relay: address('The client is behind the relay with this address (giaddr)'),
      circuitId: text('Circuit id of option 82'),
      remoteId: text('Remote id of option 82'),
      request: address('The address that the client asks for, has, gives back or refuses; by default the one it would be offered'),
      serverId: address('The server that the client names (option 54); by default this one'),
      on: address('The client is on the subnet of this address, which is the server’s own there'),
      json: { kind: 'boolean', brief: 'For machines', default: false },
      hex: { kind: 'boolean', brief: 'The reply in hex, too', default: false },
    },
    positional: { kind: 'tuple', parameters: [{ parse: String, brief: 'MAC address, id:HEX or IP address', placeholder: 'client', optional: true }] },
  },
  func({ config, leases, json, hex, ...flags }, who) {
    const subject = subjectOf(flags, who);
    if (!subject.ok) {
      this.err(subject.error);
      this.exit(2);
      return;
    }
    this.exit(runExplain({ subject: subject.value, config, leaseholdConf: leaseholdConfOf(config), json, hex, ...said({ leases }) }, cliOf(this)));
  },
});
