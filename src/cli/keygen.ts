// `leasehold keygen`: a key declaration with a secret that both sides can read.

import { randomBytes } from 'node:crypto';
import { buildChoiceParser, buildCommand } from '@stricli/core';
import type { CliContext } from './cli-context.ts';

/** Bytes of secret: what the hash can use. */
const secretSizes = { 'hmac-md5': 16, 'hmac-sha1': 20, 'hmac-sha256': 32, 'hmac-sha512': 64 } as const;
type Algorithm = keyof typeof secretSizes;

export const keyText = (name: string, algorithm: Algorithm, secret: Uint8Array): string =>
  `key ${name} {\n  algorithm ${algorithm};\n  secret ${Buffer.from(secret).toString('base64')};\n}`;

/** Random bytes whose base64 has no `+` and `/`, which some readers of dhcpd.conf split at. */
function newSecret(size: number): Uint8Array {
  for (;;) {
    const secret = randomBytes(size);
    if (!/[+/]/.test(secret.toString('base64'))) return secret;
  }
}

export const keygenCommand = buildCommand<{ readonly algorithm: Algorithm }, [name: string], CliContext>({
  docs: { brief: 'Make a key for OMAPI and failover, ready for dhcpd.conf' },
  parameters: {
    flags: {
      algorithm: {
        kind: 'parsed',
        parse: buildChoiceParser(Object.keys(secretSizes) as Algorithm[]),
        brief: 'What omshell before 4.4 understands is hmac-md5',
        default: 'hmac-sha256',
        placeholder: 'NAME',
      },
    },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'Name of the key', default: 'omapi_key', placeholder: 'name' }],
    },
  },
  func({ algorithm }, name) {
    this.out(keyText(name, algorithm, newSecret(secretSizes[algorithm])));
  },
});
