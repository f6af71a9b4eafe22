// `leasehold explain` under stricli: flags to a description of the client, files of the disk.

import { readFileSync } from 'node:fs';
import { buildCommand } from '@stricli/core';
import { err, ok } from '../../std/result.ts';
import { parseIpv4, type Ipv4 } from '../../std/ipv4.ts';
import type { MonoMillis, UnixSeconds } from '../../std/time.ts';
import type { CliContext } from '../cli-context.ts';
import { leaseholdConfOf } from '../load-for-serving.ts';
import { readConfigText } from '../read-config.ts';
import { runExplain, type ExplainCli } from './explain.ts';

/** Option 93, by the words people use (RFC 4578 §2.1 and the registry that followed it). */
const architectures: Readonly<Record<string, number>> = {
  bios: 0, 'efi-ia32': 6, 'efi-x64': 7, 'efi-bc': 9, 'efi-arm64': 11, 'http-x64': 16, 'http-arm64': 19,
};

function parseArchitecture(text: string): number {
  const value = architectures[text] ?? (/^\d+$/.test(text) ? Number(text) : Number.NaN);
  if (!(value >= 0 && value <= 65_535)) throw new Error(`${text} is none of ${Object.keys(architectures).join(', ')}, nor a number`);
  return value;
}
function parseAddress(text: string): Ipv4 {
  const ip = parseIpv4(text);
  if (ip === undefined) throw new Error(`${text} is not a dotted address`);
  return ip;
}

interface ExplainFlags {
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
  readonly on?: Ipv4;
  readonly json: boolean;
  readonly hex: boolean;
}

export const text = (brief: string, placeholder = 'TEXT') => ({ kind: 'parsed', parse: String, brief, optional: true, placeholder }) as const;
export const address = (brief: string) => ({ kind: 'parsed', parse: parseAddress, brief, optional: true, placeholder: 'ADDRESS' }) as const;
/** Only what was said. */
export const said = <T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [Key in keyof T]?: Exclude<T[Key], undefined> };

export const cliOf = (context: CliContext): ExplainCli => ({
  out: (line) => context.out(line),
  err: (line) => context.err(line),
  readText: readConfigText,
  readBytes: (path) => {
    try {
      return ok(readFileSync(path));
    } catch (error) {
      return err((error as Error).message);
    }
  },
  now: { mono: performance.now() as MonoMillis, wall: Math.floor(Date.now() / 1000) as UnixSeconds },
});

export const explainCommand = buildCommand<ExplainFlags, [who: string], CliContext>({
  docs: {
    brief: 'Tell what a client would get, and which lines of the configuration decide it; nothing is sent or changed',
    fullDescription:
      'Tell what a client would get, and which lines of the configuration decide it. The client is a MAC address, id:HEX for a\nclient identifier, or an IP address that a host declaration or a lease gives to somebody. The server’s own engine decides, on\npaper: it need not run, and nothing is offered, probed or written. Ends with 0 when there would be an offer, 1 when not.',
  },
  parameters: {
    flags: {
      config: { kind: 'parsed', parse: String, brief: 'Configuration file', default: '/etc/dhcp/dhcpd.conf', placeholder: 'FILE' },
      leases: text('Lease file to start from; without it no lease was ever given', 'FILE'),
      vendorClass: text('Option 60, such as PXEClient:Arch:00007:UNDI:003000'),
      userClass: text('Option 77, such as iPXE'),
      arch: { kind: 'parsed', parse: parseArchitecture, brief: `Option 93: ${Object.keys(architectures).join(', ')}, or a number`, optional: true, placeholder: 'NAME' },
      hostname: text('Option 12'),
      relay: address('The client is behind the relay with this address (giaddr)'),
      circuitId: text('Circuit id of option 82'),
      remoteId: text('Remote id of option 82'),
      request: address('The address that the client asks for (option 50)'),
      on: address('The client is on the subnet of this address, which is the server’s own there'),
      json: { kind: 'boolean', brief: 'For machines', default: false },
      hex: { kind: 'boolean', brief: 'The reply in hex, too', default: false },
    },
    positional: { kind: 'tuple', parameters: [{ parse: String, brief: 'MAC address, id:HEX or IP address', placeholder: 'client' }] },
  },
  func({ config, leases, vendorClass, userClass, arch, hostname, relay, circuitId, remoteId, request, on, json, hex }, who) {
    const client = said({ vendorClass, userClass, architecture: arch, hostname, circuitId, remoteId, requestedAddress: request });
    const args = { who, config, leaseholdConf: leaseholdConfOf(config), json, hex, client, ...said({ leases, relay, on }) };
    this.exit(runExplain(args, cliOf(this)));
  },
});
