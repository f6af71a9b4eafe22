// `leasehold keygen`: a key with a secret that both sides can read, and the lines that use it.

import { randomBytes } from 'node:crypto';
import { buildChoiceParser, buildCommand } from '@stricli/core';
import type { CliContext } from './cli-context.ts';

/** Bytes of secret: what the hash can use. */
const secretSizes = { 'hmac-md5': 16, 'hmac-sha1': 20, 'hmac-sha256': 32, 'hmac-sha512': 64 } as const;
type Algorithm = keyof typeof secretSizes;

/** A word for both files. */
const isKeyName = (name: string): boolean => /^[a-z_][\w.-]{0,62}$/i.test(name);

export interface KeyLines {
  readonly name: string;
  readonly algorithm: Algorithm;
  /** Base64. */
  readonly secret: string;
  /** For the dhcpd.conf of both nodes. */
  readonly dhcpdConf: string;
  /** For the leasehold.conf of both nodes, where the failover connection shall not use the omapi-key. */
  readonly leaseholdConf: string;
}
export function keyLines(name: string, algorithm: Algorithm, bytes: Uint8Array): KeyLines {
  const secret = Buffer.from(bytes).toString('base64');
  return {
    name, algorithm, secret,
    dhcpdConf: `key ${name} {\n  algorithm ${algorithm};\n  secret ${secret};\n}\nomapi-key ${name};`,
    leaseholdConf: `relationship { secure-key "${name}"; }`,
  };
}
/** Comments in both grammars, so that nobody breaks a file with the whole of it. */
export const textOf = ({ dhcpdConf, leaseholdConf }: KeyLines): string =>
  [
    '# dhcpd.conf, the same on both nodes. The omapi-key secures OMAPI, and the failover connection between two Leasehold nodes.',
    dhcpdConf,
    '# leasehold.conf, the same on both nodes, if this key shall be for the failover connection only (then without omapi-key above):',
    `# ${leaseholdConf}`,
  ].join('\n');

/** Random bytes whose base64 has no `+` and `/`, which some readers of dhcpd.conf split at. */
function newSecret(size: number): Uint8Array {
  for (;;) {
    const secret = randomBytes(size);
    if (!/[+/]/.test(secret.toString('base64'))) return secret;
  }
}

export const keygenCommand = buildCommand<{ readonly algorithm: Algorithm; readonly json: boolean }, [name: string], CliContext>({
  docs: { brief: 'Make a key for OMAPI and failover, and print the lines for both files' },
  parameters: {
    flags: {
      algorithm: {
        kind: 'parsed',
        parse: buildChoiceParser(Object.keys(secretSizes) as Algorithm[]),
        brief: 'What omshell before 4.4 understands is hmac-md5',
        default: 'hmac-sha256',
        placeholder: 'NAME',
      },
      json: { kind: 'boolean', brief: 'For machines', default: false },
    },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'Name of the key', default: 'omapi_key', placeholder: 'name' }],
    },
  },
  func({ algorithm, json }, name) {
    if (!isKeyName(name)) {
      this.err('leasehold: a key is named by letters, digits, dots, underscores and hyphens, up to 63 of them, and begins with a letter');
      this.exit(2);
      return;
    }
    const lines = keyLines(name, algorithm, newSecret(secretSizes[algorithm]));
    this.out(json ? JSON.stringify(lines) : textOf(lines));
  },
});
